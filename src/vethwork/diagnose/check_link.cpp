#include <vethwork/diagnose/check_link.hpp>

#include <linux/if.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/findings.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;

constexpr std::uint32_t macvlan_private = 1, macvlan_vepa = 2, macvlan_bridge = 4;

std::uint32_t macvlan_mode(Link const& link) {
    auto const* const kind = std::get_if<topology::Macvlan>(&link.kind);
    if (!kind) {
        auto const* const tap = std::get_if<topology::Macvtap>(&link.kind);
        return tap ? tap->mode.value_or(macvlan_vepa) : macvlan_bridge;
    }
    return kind->mode.value_or(macvlan_vepa);
}

/// What the device is in its namespace decides what its being down is called.
std::string down_cause(Site& site, Link const& link) {
    if (link.kind_name == "bridge") return "bridge-down";
    auto const* const master = link.master ? site.link(link.master->index) : nullptr;
    return master && master->kind_name == "bridge" ? "bridge-port-down" : "link-down";
}

}  // namespace

bool is_up(Link const& link) { return (link.flags & IFF_UP) != 0; }

std::vector<Finding> leaving_obstacles(Site& site, Link const& link) {
    if (!is_up(link)) {
        auto const cause = link.name == "lo" ? "loopback-down" : down_cause(site, link);
        return {stopping(cause, site, fmt::format("{} is down", link.name),
                         {ip(site, fmt::format("link set {} up", link.name))})};
    }
    bool const no_carrier = link.carrier.value_or(1) == 0;
    if (no_carrier && (link.kind_name == "tun" || link.kind_name == "tap"))
        return {
            stopping("tunnel-down", site, fmt::format("{} has no carrier: nobody serves it", link.name), {})};
    return {};
}

std::vector<Finding> cable_obstacles(Site& site, Link const& link, Site& peer_site, Link const& peer,
                                     std::size_t size) {
    std::vector<Finding> found;
    if (!is_up(peer)) {
        auto cause = down_cause(peer_site, peer);
        if (cause == "link-down") cause = "peer-down";
        found.push_back(
            stopping(cause, peer_site,
                     fmt::format("{}, the other end of {} in {}, is down", peer.name, link.name, site.name()),
                     {ip(peer_site, fmt::format("link set {} up", peer.name))}));
    }
    if (peer.xdp) {
        auto finding =
            stopping("xdp-drop", peer_site,
                     fmt::format("an XDP program ({}) on {} may discard", peer.xdp->number, peer.name),
                     {ip(peer_site, fmt::format("link set {} xdp off", peer.name)),
                      ip(peer_site, fmt::format("link set {} xdpgeneric off", peer.name))});
        finding.certain_loss = false;
        found.push_back(std::move(finding));
    }
    // A veth takes frames of up to its own MTU and a VLAN tag's octets more.
    if (peer.mtu && size > *peer.mtu && link.mtu.value_or(0) >= size)
        found.push_back(
            losing("mtu-mismatch", peer_site,
                   fmt::format("{} takes {} octets, {} in {} sends up to {}", peer.name, *peer.mtu, link.name,
                               site.name(), link.mtu.value_or(0)),
                   {ip(peer_site, fmt::format("link set {} mtu {}", peer.name, link.mtu.value_or(0)))}));
    return found;
}

std::vector<Finding> sibling_obstacles(Site& site, Link const& link, Site& sibling_site,
                                       Link const& sibling) {
    std::vector<Finding> found = leaving_obstacles(sibling_site, sibling);
    if (!found.empty()) found.front().cause = "peer-down";
    auto const check = [&found](Site& one, Link const& its) {
        auto const mode = macvlan_mode(its);
        if (its.kind_name == "ipvlan" || mode == macvlan_bridge) return;
        std::string_view const name = mode == macvlan_private ? "private"
                                      : mode == macvlan_vepa  ? "vepa"
                                                              : "passthru";
        found.push_back(
            stopping("macvlan-private", one,
                     fmt::format("{} is a macvlan of mode {}: no word to its siblings", its.name, name),
                     {ip(one, fmt::format("link set {} type macvlan mode bridge", its.name))}));
    };
    check(site, link);
    if (found.empty()) check(sibling_site, sibling);
    return found;
}

namespace {

/// A macvlan of its own for the host, which takes over the addresses and routes of the device.
std::vector<Action> move_to_sibling(Site& site, Link const& lower) {
    std::string const name = lower.name.size() < 12 ? "mv-" + lower.name : std::string("mv-host");
    if (site.link(name)) return {};
    std::vector<Action> actions{
        ip(site, fmt::format("link add {} link {} type macvlan mode bridge", name, lower.name)),
        ip(site, fmt::format("link set {} up", name))};
    for (auto const& address : site.addresses())
        if (address.link.index == lower.index && address.local && !address.local->is_link_local()) {
            actions.push_back(ip(site, fmt::format("addr del {}/{} dev {}", address.local->to_string(),
                                                   address.prefix_length, lower.name)));
            actions.push_back(add_address(site, *address.local, address.prefix_length, name));
        }
    for (auto const family : {Family::ipv4, Family::ipv6})
        for (auto const& route : site.routes(family))
            if (route.via && route.link && route.link->index == lower.index &&
                route.table == topology::main_table)
                actions.push_back(
                    ip(site, family,
                       fmt::format("route replace {} via {} dev {}",
                                   route.destination ? route.destination->to_string() : "default",
                                   route.via->to_string(), name)));
    return actions;
}

}  // namespace

Finding host_isolation(Site& lower_site, Link const& lower, Site& site, Link const& link) {
    return stopping(
        "macvlan-host-isolation", lower_site,
        fmt::format("{} cannot speak with {} in {}, which stands on it", lower.name, link.name, site.name()),
        move_to_sibling(lower_site, lower));
}

bool ends_unused(Site& site, Link const& link) {
    if (link.master || link.kind_name != "veth") return false;
    bool const has_bridge =
        std::ranges::any_of(site.links(), [](auto const& one) { return one.kind_name == "bridge"; });
    return has_bridge && !has_address(site, link);
}

bool is_stray_port(Site& site, Link const& port, Link const& bridge) {
    if (port.kind_name != "veth" && port.kind_name != "vxlan") return false;
    if (!port.master) return !has_address(site, port);
    auto const* const master = site.link(port.master->index);
    return master && master->kind_name == "bridge" && master->index != bridge.index &&
           !has_address(site, *master);
}

Finding port_missing(Site& site, Link const& port, Link const& bridge) {
    auto const* const other = port.master ? site.link(port.master->index) : nullptr;
    auto const repair = ip(site, fmt::format("link set {} master {}", port.name, bridge.name));
    if (other && other->index != bridge.index)
        return stopping("wrong-bridge", site,
                        fmt::format("{} is a port of {}, not of {}", port.name, other->name, bridge.name),
                        {repair});
    return stopping("bridge-port-missing", site, fmt::format("{} is no port of {}", port.name, bridge.name),
                    {repair});
}

}  // namespace vethwork::diagnose
