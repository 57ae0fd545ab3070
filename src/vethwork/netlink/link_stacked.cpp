#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Ipvlan;
using topology::Macvlan;
using topology::Vlan;
using topology::Vrf;
using topology::VrfPort;

/// Several addresses lie in a nest (action `set`, and what is read), one alone lies flat (add, del).
void write_addresses(Macvlan const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    constexpr std::uint32_t set = MACVLAN_MACADDR_SET;
    if (link.addresses.empty()) return;
    bool const nested = !link.address_action || *link.address_action == set;
    auto const nest = nested ? to.begin_nest(type | NLA_F_NESTED, name) : 0;
    for (auto const& one : link.addresses)
        HostOrder::write(to, IFLA_MACVLAN_MACADDR, "IFLA_MACVLAN_MACADDR", one);
    if (nested) to.end_nest(nest);
}

bool read_address(Macvlan& link, Bytes bytes) {
    LinkAddress address;
    if (!HostOrder::read(bytes, address)) return false;
    link.addresses.push_back(address);
    return true;
}

bool read_addresses(Macvlan& link, Bytes bytes) {
    AttributeReader reader(bytes);
    while (auto const one = reader.next())
        if (one->type == IFLA_MACVLAN_MACADDR && !read_address(link, one->payload)) return false;
    return !reader.failed();
}

constexpr auto macvlan_fields = make_table<Macvlan>(
    field<&Macvlan::mode>(IFLA_MACVLAN_MODE, "IFLA_MACVLAN_MODE"),
    field<&Macvlan::flags>(IFLA_MACVLAN_FLAGS, "IFLA_MACVLAN_FLAGS"),
    field<&Macvlan::address_action>(IFLA_MACVLAN_MACADDR_MODE, "IFLA_MACVLAN_MACADDR_MODE"),
    Row<Macvlan>{IFLA_MACVLAN_MACADDR, "IFLA_MACVLAN_MACADDR", nullptr, read_address},
    Row<Macvlan>{IFLA_MACVLAN_MACADDR_DATA, "IFLA_MACVLAN_MACADDR_DATA", write_addresses, read_addresses},
    field<&Macvlan::address_count>(IFLA_MACVLAN_MACADDR_COUNT, "IFLA_MACVLAN_MACADDR_COUNT"),
    field<&Macvlan::broadcast_queue>(IFLA_MACVLAN_BC_QUEUE_LEN, "IFLA_MACVLAN_BC_QUEUE_LEN"),
    field<&Macvlan::broadcast_queue_used>(IFLA_MACVLAN_BC_QUEUE_LEN_USED, "IFLA_MACVLAN_BC_QUEUE_LEN_USED"));

constexpr auto ipvlan_fields =
    make_table<Ipvlan>(field<&Ipvlan::mode>(IFLA_IPVLAN_MODE, "IFLA_IPVLAN_MODE"),
                       field<&Ipvlan::flags>(IFLA_IPVLAN_FLAGS, "IFLA_IPVLAN_FLAGS"));

/// Mappings, each an attribute of its own inside the nest.
struct QosMap {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      std::vector<topology::QosMapping> const& map) {
        auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
        for (auto const& one : map) to.value(IFLA_VLAN_QOS_MAPPING, "IFLA_VLAN_QOS_MAPPING", one);
        to.end_nest(nest);
    }
    static bool read(Bytes bytes, std::vector<topology::QosMapping>& map) {
        AttributeReader reader(bytes);
        while (auto const one = reader.next())
            if (one->type == IFLA_VLAN_QOS_MAPPING) HostOrder::read(one->payload, map.emplace_back());
        return !reader.failed();
    }
};

constexpr auto vlan_fields =
    make_table<Vlan>(field<&Vlan::id>(IFLA_VLAN_ID, "IFLA_VLAN_ID"),
                     field<&Vlan::protocol, NetworkOrder>(IFLA_VLAN_PROTOCOL, "IFLA_VLAN_PROTOCOL"),
                     field<&Vlan::flags>(IFLA_VLAN_FLAGS, "IFLA_VLAN_FLAGS"),
                     field<&Vlan::ingress, QosMap>(IFLA_VLAN_INGRESS_QOS, "IFLA_VLAN_INGRESS_QOS"),
                     field<&Vlan::egress, QosMap>(IFLA_VLAN_EGRESS_QOS, "IFLA_VLAN_EGRESS_QOS"));

constexpr auto vrf_fields = make_table<Vrf>(field<&Vrf::table>(IFLA_VRF_TABLE, "IFLA_VRF_TABLE"));
constexpr auto vrf_port_fields =
    make_table<VrfPort>(field<&VrfPort::table>(IFLA_VRF_PORT_TABLE, "IFLA_VRF_PORT_TABLE"));

}  // namespace

constinit LinkKindRow const macvlan_kind = table_kind<Macvlan, macvlan_fields>("macvlan");
constinit LinkKindRow const macvtap_kind = table_kind<topology::Macvtap, macvlan_fields>("macvtap");
constinit LinkKindRow const ipvlan_kind = table_kind<Ipvlan, ipvlan_fields>("ipvlan");
constinit LinkKindRow const ipvtap_kind = table_kind<topology::Ipvtap, ipvlan_fields>("ipvtap");
constinit LinkKindRow const vlan_kind = table_kind<Vlan, vlan_fields>("vlan");
constinit LinkKindRow const vrf_kind = table_kind<Vrf, vrf_fields, VrfPort, vrf_port_fields>("vrf");

}  // namespace vethwork::netlink
