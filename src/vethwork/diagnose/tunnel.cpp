#include <vethwork/diagnose/tunnel.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;
using topology::Vxlan;

constexpr std::uint16_t usual_vxlan_port = 8472;

Vxlan const* vxlan_of(Link const& link) { return std::get_if<Vxlan>(&link.kind); }

std::uint16_t port_of(Vxlan const& vxlan) { return vxlan.port.value_or(usual_vxlan_port); }

/// Entries of this address get what no other entry is for.
bool is_flood(LinkAddress const& address) {
    return std::ranges::all_of(address.bytes(), [](auto octet) { return octet == 0; });
}

/// The remote of the device, and those of flood entries.
std::vector<IpAddress> remotes_of(Site& site, Link const& link) {
    std::vector<IpAddress> all;
    auto const* const vxlan = vxlan_of(link);
    if (vxlan->remote && !vxlan->remote->is_any()) all.push_back(*vxlan->remote);
    for (auto const& entry : site.forwarding())
        if (entry.link == link.index && entry.destination && is_flood(entry.address) &&
            std::ranges::find(all, *entry.destination) == all.end())
            all.push_back(*entry.destination);
    return all;
}

/// The address that the other end sends from, as far as can be told.
std::optional<IpAddress> underlay_address(Site& site, Link const& link, Family family) {
    auto const* const vxlan = vxlan_of(link);
    if (vxlan && vxlan->local && !vxlan->local->is_any()) return vxlan->local;
    for (auto const& address : site.addresses())
        if (address.local && address.local->family == family && !address.local->is_loopback() &&
            !address.local->is_link_local() && address.link.index != link.index)
            return address.local;
    return {};
}

/// Who has to change where two ends differ: the one whose value is rarer among all of the network.
template <class Value>
bool near_is_odd(std::map<Value, int> const& count, Value const& near, Value const& far) {
    return count.at(near) < count.at(far);
}

struct Vxlans {
    struct One {
        Site* site;
        Link const* link;
    };
    std::vector<One> all;
    std::map<std::uint32_t, int> by_id;
    std::map<std::uint16_t, int> by_port;
};

Vxlans vxlans_in(Sites& sites) {
    Vxlans found;
    for (auto const& site : sites.all())
        for (auto const& link : site->links())
            if (auto const* const vxlan = vxlan_of(link)) {
                found.all.push_back({site.get(), &link});
                ++found.by_id[vxlan->id.value_or(0)];
                ++found.by_port[port_of(*vxlan)];
            }
    return found;
}

/// What has to be typed to make the device anew with another id or port: a VXLAN's cannot be changed.
std::vector<Action> remake(Site& site, Link const& link, std::uint32_t id, std::uint16_t port) {
    auto const* const vxlan = vxlan_of(link);
    std::string add = fmt::format("link add {} type vxlan id {}", link.name, id);
    if (vxlan->local && !vxlan->local->is_any()) add += " local " + vxlan->local->to_string();
    if (vxlan->remote && !vxlan->remote->is_any()) add += " remote " + vxlan->remote->to_string();
    if (vxlan->underlay && vxlan->underlay->index != 0) add += " dev " + site.device(vxlan->underlay->index);
    add += fmt::format(" dstport {}", port);
    std::vector<Action> actions{ip(site, "link del " + link.name), ip(site, add)};
    if (link.address)
        actions.push_back(
            ip(site, fmt::format("link set {} address {}", link.name, link.address->to_string())));
    if (link.master)
        actions.push_back(
            ip(site, fmt::format("link set {} master {}", link.name, site.device(link.master->index))));
    for (auto const& address : site.addresses())
        if (address.link.index == link.index && address.local && !address.local->is_link_local())
            actions.push_back(add_address(site, *address.local, address.prefix_length, link.name));
    actions.push_back(ip(site, fmt::format("link set {} up", link.name)));
    for (auto const& entry : site.forwarding())
        if (entry.link == link.index && entry.destination && entry.destination != vxlan->remote)
            actions.push_back(
                bridge(site, fmt::format("fdb append {} dev {} dst {}", entry.address.to_string(), link.name,
                                         entry.destination->to_string())));
    return actions;
}

std::vector<Finding> differences(Vxlans const& all, Site& site, Link const& link, Site& far_site,
                                 Link const& far) {
    std::vector<Finding> found;
    auto const& near = *vxlan_of(link);
    auto const& there = *vxlan_of(far);
    auto const near_id = near.id.value_or(0), far_id = there.id.value_or(0);
    if (near_id != far_id) {
        bool const mine = near_is_odd(all.by_id, near_id, far_id);
        found.push_back(stopping("vxlan-vni-mismatch", mine ? site : far_site,
                                 fmt::format("{} in {} has VNI {}, {} in {} has {}", link.name, site.name(),
                                             near_id, far.name, far_site.name(), far_id),
                                 mine ? remake(site, link, far_id, port_of(near))
                                      : remake(far_site, far, near_id, port_of(there))));
    }
    if (port_of(near) != port_of(there)) {
        bool const mine = near_is_odd(all.by_port, port_of(near), port_of(there));
        found.push_back(
            stopping("vxlan-port-mismatch", mine ? site : far_site,
                     fmt::format("{} in {} uses UDP port {}, {} in {} uses {}", link.name, site.name(),
                                 port_of(near), far.name, far_site.name(), port_of(there)),
                     mine ? remake(site, link, near_id, port_of(there))
                          : remake(far_site, far, far_id, port_of(near))));
    }
    auto more = leaving_obstacles(far_site, far);
    found.insert(found.end(), more.begin(), more.end());
    return found;
}

/// The underlay's own faults on the way to an address.
std::vector<Finding> underlay_obstacles(Sites& sites, Site& site, IpAddress const& to, std::uint16_t port) {
    auto walked = walk_underlay(sites, site, to, port);
    for (auto& finding : walked)
        if (finding.cause == "no-route-forward") finding.cause = "underlay-no-route";
    return walked;
}

Finding remote_wrong(Site& site, Link const& link, std::vector<IpAddress> const& remotes,
                     IpAddress const& right) {
    auto const* const vxlan = vxlan_of(link);
    if (remotes.empty())
        return stopping("vxlan-fdb-missing", site,
                        fmt::format("{} knows no address to send floods to", link.name),
                        {bridge(site, fmt::format("fdb append 00:00:00:00:00:00 dev {} dst {}", link.name,
                                                  right.to_string()))});
    std::vector<Action> repair{ip(site, fmt::format("link set {} type vxlan id {} remote {}", link.name,
                                                    vxlan->id.value_or(0), right.to_string()))};
    if (!vxlan->remote || vxlan->remote->is_any())
        repair = {bridge(
            site, fmt::format("fdb append 00:00:00:00:00:00 dev {} dst {}", link.name, right.to_string()))};
    return stopping(
        vxlan->remote && !vxlan->remote->is_any() ? "vxlan-remote-wrong" : "vxlan-fdb-missing", site,
        fmt::format("{} sends to {}, where no VXLAN ends", link.name, remotes.front().to_string()),
        std::move(repair));
}

/// Of the tunnels' many types the two addresses; nothing where they are not set.
struct Addresses {
    std::optional<IpAddress> local, remote;
};
Addresses addresses_of(Link const& link) {
    if (auto const* const geneve = std::get_if<topology::Geneve>(&link.kind)) return {{}, geneve->remote};
    return std::visit(
        [](auto const& kind) -> Addresses {
            if constexpr (
                requires {
                    kind.local;
                    kind.remote;
                } &&
                !requires {
                    kind.external;
                    kind.id;
                })
                return {kind.local, kind.remote};
            return {};
        },
        link.kind);
}

thread_local int tunnels_above = 0;

}  // namespace

BelowTunnels::BelowTunnels() { ++tunnels_above; }
BelowTunnels::~BelowTunnels() { --tunnels_above; }
int BelowTunnels::depth() { return tunnels_above; }

std::vector<TunnelEnd> vxlan_ends(Sites& sites, Site& site, Link const& link) {
    std::vector<TunnelEnd> ends;
    if (!vxlan_of(link)) return ends;
    auto const all = vxlans_in(sites);
    auto const remotes = remotes_of(site, link);
    for (auto const& [far_site, far] : all.all) {
        if (far_site == &site) continue;
        auto const owned =
            std::ranges::find_if(remotes, [&](auto const& one) { return far_site->address(one) != nullptr; });
        if (owned != remotes.end()) {
            auto obstacles = underlay_obstacles(sites, site, *owned, port_of(*vxlan_of(link)));
            auto more = differences(all, site, link, *far_site, *far);
            obstacles.insert(obstacles.end(), more.begin(), more.end());
            ends.push_back({far_site, far, std::move(obstacles)});
            continue;
        }
        auto const right =
            underlay_address(*far_site, *far, remotes.empty() ? Family::ipv4 : remotes.front().family);
        if (!right || vxlan_of(*far)->id != vxlan_of(link)->id) continue;
        ends.push_back({far_site, far, {remote_wrong(site, link, remotes, *right)}});
    }
    return ends;
}

bool is_tunnel(Link const& link) {
    static constexpr std::string_view kinds[] = {"gre",    "gretap", "ip6gre", "ip6gretap", "ipip",
                                                 "geneve", "sit",    "ip6tnl", "vti",       "vti6"};
    return std::ranges::find(kinds, link.kind_name) != std::end(kinds);
}

std::optional<IpAddress> tunnel_remote(Link const& link) {
    auto const remote = is_tunnel(link) ? addresses_of(link).remote : std::nullopt;
    return remote && !remote->is_any() ? remote : std::nullopt;
}

std::vector<TunnelEnd> tunnel_ends(Sites& sites, Site& site, Link const& link) {
    std::vector<TunnelEnd> ends;
    auto const near = addresses_of(link);
    if (!near.remote || near.remote->is_any()) return ends;
    for (auto const& other : sites.all()) {
        if (other.get() == &site || !other->address(*near.remote)) continue;
        for (auto const& far : other->links())
            if (far.kind_name == link.kind_name) {
                auto obstacles = underlay_obstacles(sites, site, *near.remote, 0);
                auto more = leaving_obstacles(*other, far);
                obstacles.insert(obstacles.end(), more.begin(), more.end());
                ends.push_back({other.get(), &far, std::move(obstacles)});
            }
    }
    return ends;
}

}  // namespace vethwork::diagnose
