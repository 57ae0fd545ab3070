#include <vethwork/diagnose/check_proxy.hpp>

#include <linux/neighbour.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_ip.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

namespace {

bool has_proxy_entry(Landing const& landing, IpAddress const& address) {
    return std::ranges::any_of(landing.site->neighbours(), [&](auto const& entry) {
        return (entry.flags & NTF_PROXY) != 0 && entry.address == address &&
               (entry.link.index == 0 || entry.link.index == landing.link->index);
    });
}

/// The way to the address leads on by another device than the one that is asked at.
bool lies_behind(Landing const& landing, IpAddress const& address) {
    auto const* const out = exit_towards(*landing.site, address, {}, landing.link->name);
    return out && out->index != landing.link->index;
}

bool is_proxy_on(Site& site, std::string const& device) {
    return site.interface_setting(Family::ipv4, device, "proxy_arp") > 0;
}

bool is_proxy_elsewhere(Site& site) {
    return std::ranges::any_of(site.links(),
                               [&site](auto const& link) { return is_proxy_on(site, link.name); });
}

/// Its own subnet where it is asked holds the address, which it routes elsewhere.
bool is_in_own_subnet(Landing const& landing, IpAddress const& address) {
    auto const* const own = landing.site->global_address(landing.link->index, address.family);
    return own && IpPrefix{*own->local, own->prefix_length}.contains(address);
}

bool knows_a_gateway(Site& site, Family family) {
    return std::ranges::any_of(site.routes(family), [](auto const& route) {
        return route.via.has_value() || route.hops.size() > 1;
    });
}

}  // namespace

bool answers_for(Landing const& landing, IpAddress const& address) {
    auto& site = *landing.site;
    auto const& dev = landing.link->name;
    if (address.family == Family::ipv6)
        return site.interface_setting(Family::ipv6, dev, "proxy_ndp") > 0 &&
               has_proxy_entry(landing, address);
    if (site.sysctl(topology::interface_sysctl(Family::ipv4, dev, "forwarding")) != "1") return false;
    return (is_proxy_on(site, dev) || has_proxy_entry(landing, address)) && lies_behind(landing, address);
}

Landing const* meant_to_answer(RouteContext const& context, Walk const& walk,
                               std::vector<Landing> const& found) {
    auto const& to = context.packet->destination;
    auto& asker = *walk.last()->site;
    if (to.family != Family::ipv4) return nullptr;
    for (auto const& landing : found) {
        if (landing.site == &asker || !lies_behind(landing, to)) continue;
        if (is_proxy_elsewhere(*landing.site) || is_in_own_subnet(landing, to) ||
            !knows_a_gateway(asker, to.family))
            return &landing;
    }
    return nullptr;
}

Finding proxy_off(Landing const& landing, IpAddress const& address) {
    auto const name = topology::interface_sysctl(Family::ipv4, landing.link->name, "proxy_arp");
    return stopping("proxy-arp-off", *landing.site,
                    fmt::format("it does not answer on {} for {}, which lies behind it ({}=0)",
                                landing.link->name, address.to_string(), name),
                    {sysctl(*landing.site, name + "=1")});
}

}  // namespace vethwork::diagnose
