#include <vethwork/topology/state.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vethwork::topology {

namespace {

std::string text_of(std::optional<IpPrefix> const& prefix, Family family) {
    return prefix ? prefix->to_string() : IpPrefix{IpAddress::any(family), 0}.to_string();
}

std::string text_of(std::optional<IpAddress> const& address) { return address ? address->to_string() : "-"; }

}  // namespace

Link const* NamespaceState::link(std::string_view called) const {
    auto const found = std::ranges::find(links, called, &Link::name);
    return found == links.end() ? nullptr : &*found;
}

NamespaceState const* NetworkState::find(std::string_view name) const {
    auto const found = std::ranges::find(namespaces, name, &NamespaceState::name);
    return found == namespaces.end() ? nullptr : &*found;
}

std::uint32_t priority_of(Route const& route) {
    constexpr std::uint32_t ipv6_default = 1024;
    if (route.priority && (route.family == Family::ipv4 || *route.priority != 0)) return *route.priority;
    return route.family == Family::ipv4 ? 0 : ipv6_default;
}

std::string key_of(std::string_view netns) { return std::string(netns); }

std::string key_of(std::string_view netns, Link const& link) {
    return fmt::format("{}/link/{}", netns, link.name);
}

std::string key_of(std::string_view netns, InterfaceAddress const& address) {
    std::string key = fmt::format("{}/address/{}/{}/{}", netns, address.link.name, text_of(address.local),
                                  address.prefix_length);
    if (address.peer && address.peer != address.local) key += "/peer/" + address.peer->to_string();
    return key;
}

std::string key_of(std::string_view netns, Route const& route) {
    std::string key = fmt::format("{}/route/{}", netns, text_of(route.destination, route.family));
    if (route.table != main_table) key += fmt::format("/table/{}", route.table);
    if (priority_of(route) != priority_of({.family = route.family}))
        key += fmt::format("/metric/{}", priority_of(route));
    if (route.tos != 0) key += fmt::format("/tos/{}", route.tos);
    return key;
}

std::string key_of(std::string_view netns, Rule const& rule) {
    return fmt::format("{}/rule/{}/{}/{}/{}", netns, rule.family == Family::ipv4 ? 4 : 6,
                       rule.priority.value_or(0), text_of(rule.source, rule.family),
                       text_of(rule.destination, rule.family));
}

std::string key_of(std::string_view netns, Neighbour const& neighbour) {
    return fmt::format("{}/neighbour/{}/{}", netns, neighbour.link.name, text_of(neighbour.address));
}

std::string key_of(std::string_view netns, BridgeVlan const& vlan) {
    return fmt::format("{}/vlan/{}/{}", netns, vlan.link.name, vlan.id);
}

std::string key_of(std::string_view netns, Qdisc const& qdisc) {
    return fmt::format("{}/qdisc/{}", netns, qdisc.link.name);
}

std::string key_of_link_setting(std::string_view netns, std::string_view link, std::string_view setting) {
    return fmt::format("{}/link/{}/{}", netns, link, setting);
}

std::string key_of_offload(std::string_view netns, std::string_view link) {
    return fmt::format("{}/offload/{}", netns, link);
}

std::string key_of_sysctl(std::string_view netns, std::string_view name) {
    return fmt::format("{}/sysctl/{}", netns, name);
}

std::string key_of_ruleset(std::string_view netns) { return fmt::format("{}/ruleset", netns); }

}  // namespace vethwork::topology
