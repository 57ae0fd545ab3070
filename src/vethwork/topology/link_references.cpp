#include <vethwork/topology/link_references.hpp>

namespace vethwork::topology {

namespace {

void add(std::vector<LinkReference>& list, LinkRole role, std::optional<LinkRef>& link) {
    if (link) list.push_back({role, &*link});
}

template <class Kind>
void add_from_kind(std::vector<LinkReference>& list, Kind& kind) {
    if constexpr (requires { kind.underlay; }) add(list, LinkRole::underlay, kind.underlay);
    if constexpr (requires { kind.active_port; }) add(list, LinkRole::port, kind.active_port);
    if constexpr (requires { kind.primary; }) add(list, LinkRole::port, kind.primary);
    if constexpr (requires { kind.backup_port; }) add(list, LinkRole::backup_port, kind.backup_port);
    if constexpr (requires { kind.peer; })
        for (auto& peer : kind.peer)
            for (auto const& one : link_references(peer)) list.push_back(one);
}

}  // namespace

std::vector<LinkReference> link_references(Link& link) {
    std::vector<LinkReference> list;
    add(list, link.master_is_vrf ? LinkRole::vrf : LinkRole::master, link.master);
    std::visit([&list](auto& kind) { add_from_kind(list, kind); }, link.kind);
    std::visit([&list](auto& port) { add_from_kind(list, port); }, link.port);
    add(list, LinkRole::lower, link.lower);
    return list;
}

std::vector<std::string> links_below(Link const& link) {
    std::vector<std::string> names;
    if (link.lower) names.push_back(link.lower->name);
    std::visit(
        [&names](auto const& kind) {
            if constexpr (requires { kind.underlay; })
                if (kind.underlay) names.push_back(kind.underlay->name);
        },
        link.kind);
    return names;
}

std::vector<NamespaceRef*> namespace_references(Link& link) {
    std::vector<NamespaceRef*> list;
    if (link.netns) list.push_back(&*link.netns);
    if (auto* const veth = std::get_if<Veth>(&link.kind))
        for (auto& peer : veth->peer)
            for (auto* const one : namespace_references(peer)) list.push_back(one);
    return list;
}

}  // namespace vethwork::topology
