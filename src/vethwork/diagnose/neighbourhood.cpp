#include <vethwork/diagnose/neighbourhood.hpp>

#include <algorithm>
#include <deque>
#include <map>

#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/tunnel.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;

/// Devices over which a namespace may speak IP to others.
bool is_outlet(Site& site, Link const& link) {
    if (link.name == "lo") return false;
    if (BelowTunnels::depth() > 0 && (link.kind_name == "vxlan" || is_tunnel(link))) return false;
    auto const* const master = link.master ? site.link(link.master->index) : nullptr;
    return !master || master->kind_name == "vrf";
}

std::vector<Leg> legs_of(Sites& sites, Site& site, Family family) {
    std::vector<Leg> legs;
    for (auto const& link : site.links()) {
        if (!is_outlet(site, link)) continue;
        for (auto const& landing : landings(sites, site, link, {.family = family}))
            if (landing.site != &site) legs.push_back({&site, &link, landing.site, landing.link});
    }
    return legs;
}

std::vector<IpPrefix> prefixes_on(Site& site, Link const& link, Family family) {
    std::vector<IpPrefix> found;
    for (auto const& address : site.addresses())
        if (address.link.index == link.index && address.local && address.local->family == family)
            found.push_back({*address.local, address.prefix_length});
    return found;
}

}  // namespace

std::optional<std::vector<Leg>> shortest_way(Sites& sites, Site& from, Site& to, Family family,
                                             Site const* avoided) {
    std::map<Site*, Leg> came_by;
    std::deque<Site*> waiting{&from};
    while (!waiting.empty() && !came_by.contains(&to)) {
        auto* const site = waiting.front();
        waiting.pop_front();
        for (auto const& leg : legs_of(sites, *site, family)) {
            if (leg.to == &from || leg.to == avoided) continue;
            auto const [known, is_new] = came_by.try_emplace(leg.to, leg);
            if (is_new) waiting.push_back(leg.to);
            // Over one cable there may be several networks: that of the addresses is meant.
            bool const is_same = !is_new && known->second.from == site;
            if (is_same && !gateway_of(known->second, family) && gateway_of(leg, family)) known->second = leg;
        }
    }
    if (!came_by.contains(&to)) return {};
    std::vector<Leg> legs;
    for (auto* site = &to; site != &from; site = legs.back().from) legs.push_back(came_by[site]);
    std::ranges::reverse(legs);
    return legs;
}

std::optional<IpAddress> gateway_of(Leg const& leg, Family family) {
    auto const near = prefixes_on(*leg.from, *leg.out, family);
    auto const far = prefixes_on(*leg.to, *leg.in, family);
    for (auto const& prefix : near)
        for (auto const& candidate : far)
            if (!prefix.address.is_link_local() && prefix.contains(candidate.address))
                return candidate.address;
    for (auto const& candidate : far)
        if (candidate.address.is_link_local() && family == Family::ipv6) return candidate.address;
    return {};
}

std::string via_words(Leg const& leg, IpAddress const& gateway) {
    auto words = "via " + gateway.to_string();
    if (gateway.is_link_local()) words += " dev " + leg.out->name;
    return words;
}

IpPrefix network_of(Site& owner, IpAddress const& address) {
    auto const* const found = owner.address(address);
    if (!found) return IpPrefix::host(address);
    return IpPrefix{address, found->prefix_length}.network();
}

}  // namespace vethwork::diagnose
