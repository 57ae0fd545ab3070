#include <vethwork/netlink/link_kinds.hpp>

#include <algorithm>

namespace vethwork::netlink {

std::span<LinkKindRow const* const> link_kinds() {
    static constexpr LinkKindRow const* rows[] = {
        &veth_kind,   &bridge_kind, &vxlan_kind,  &macvlan_kind,   &vlan_kind,   &tun_kind,
        &bond_kind,   &vrf_kind,    &geneve_kind, &macvtap_kind,   &ipvlan_kind, &ipvtap_kind,
        &gre_kind,    &gretap_kind, &ip6gre_kind, &ip6gretap_kind, &ipip_kind,   &sit_kind,
        &ip6tnl_kind, &vti_kind,    &vti6_kind,   &xfrm_kind};
    return rows;
}

LinkKindRow const* find_link_kind(std::string_view name) {
    auto const rows = link_kinds();
    auto const found = std::ranges::find(rows, name, [](LinkKindRow const* row) { return row->name; });
    return found == rows.end() ? nullptr : *found;
}

std::string_view kind_name(topology::LinkKind const& kind) {
    if (auto const* const plain = std::get_if<topology::PlainKind>(&kind)) return plain->name;
    for (auto const* const row : link_kinds())
        if (row->place == kind.index()) return row->name;
    return {};
}

std::string_view port_kind_name(topology::PortKind const& port) {
    for (auto const* const row : link_kinds())
        if (row->make_port && row->port_place == port.index()) return row->name;
    return {};
}

}  // namespace vethwork::netlink
