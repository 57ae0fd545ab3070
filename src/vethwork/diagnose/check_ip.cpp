#include <vethwork/diagnose/check_ip.hpp>

#include <linux/if_addr.h>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/words.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;

Finding reverse_path(Site& site, Link const& in, IpAddress const& source, Link const* back, int mode) {
    auto const all = parse_number<int>(site.sysctl("net.ipv4.conf.all.rp_filter")).value_or(0);
    std::vector<Action> repair;
    if (mode == 1 && back) {
        repair.push_back(sysctl(site, "net.ipv4.conf.all.rp_filter=2"));
    } else {
        repair.push_back(sysctl(site, "net.ipv4.conf.all.rp_filter=0"));
        if (all == 0) repair.clear();
        repair.push_back(sysctl(site, topology::interface_sysctl(Family::ipv4, in.name, "rp_filter") + "=0"));
    }
    auto const what = back ? fmt::format("rp_filter: {} comes in by {}, the way back is {}",
                                         source.to_string(), in.name, back->name)
                           : fmt::format("rp_filter: {} comes in by {}, and there is no way back",
                                         source.to_string(), in.name);
    return losing("rp-filter-drop", site, what, std::move(repair));
}

}  // namespace

Link const* exit_towards(Site& site, IpAddress const& to, std::optional<IpAddress> const& source,
                         std::string const& incoming) {
    PacketKey const key{.destination = to, .source = source, .incoming = incoming};
    auto const found = look_up(site.rules(to.family), site.routes(to.family), key);
    if (!found.route || found.route->type != topology::RouteType::unicast) return nullptr;
    auto const link = found.route->link           ? found.route->link
                      : found.route->hops.empty() ? std::nullopt
                                                  : found.route->hops.front().link;
    return link ? site.link(link->index) : nullptr;
}

std::vector<Finding> arriving_obstacles(Site& site, Link const& in, WalkedPacket const& packet) {
    std::vector<Finding> found;
    if (!packet.source || packet.source->family != Family::ipv4) return found;
    int const mode = site.interface_setting(Family::ipv4, in.name, "rp_filter");
    if (mode == 0) return found;
    auto const* const back = exit_towards(site, *packet.source, {}, in.name);
    bool const passes = back && (mode == 2 || back->index == in.index);
    if (!passes) found.push_back(reverse_path(site, in, *packet.source, back, mode));
    return found;
}

std::vector<Finding> martian_obstacles(Site& site, Link const& in) {
    if (in.name == "lo" || site.interface_setting(Family::ipv4, in.name, "route_localnet") != 0) return {};
    auto const name = topology::interface_sysctl(Family::ipv4, in.name, "route_localnet");
    return {losing("route-localnet-off", site,
                   fmt::format("it takes no packet to a loopback address by {} ({}=0)", in.name, name),
                   {sysctl(site, name + "=1")})};
}

std::vector<Finding> forwarding_obstacles(Site& site, Link const& in, Family family) {
    if (family == Family::ipv4) {
        auto const own = topology::interface_sysctl(family, in.name, "forwarding");
        if (site.sysctl(own) != "0") return {};
        auto const setting = site.sysctl("net.ipv4.ip_forward") != "0" ? own : "net.ipv4.ip_forward";
        return {losing("ip-forward-off", site, fmt::format("it does not forward IPv4 ({}=0)", setting),
                       {sysctl(site, setting + "=1")})};
    }
    if (site.sysctl("net.ipv6.conf.all.forwarding") != "0" ||
        site.sysctl(topology::interface_sysctl(family, in.name, "force_forwarding")) == "1")
        return {};
    return {losing("ip6-forwarding-off", site, "it does not forward IPv6 (net.ipv6.conf.all.forwarding=0)",
                   {sysctl(site, "net.ipv6.conf.all.forwarding=1")})};
}

std::vector<Finding> loopback_obstacles(Site& site, IpAddress const&) {
    auto const* const loopback = site.link("lo");
    if (!loopback || is_up(*loopback)) return {};
    return {stopping("loopback-down", site, "lo is down", {ip(site, "link set lo up")})};
}

std::vector<Finding> source_obstacles(Site& site, Link const& out, Walk const& walk,
                                      WalkedPacket const& packet) {
    if (walk.hops.size() != 1 || !walk.source || !walk.source->is_link_local()) return {};
    if (packet.destination.is_link_local() || packet.destination.family != Family::ipv6) return {};
    for (auto const& address : site.addresses()) {
        if (!address.local || (address.flags & IFA_F_DADFAILED) == 0) continue;
        auto fresh = *address.local;
        fresh.octets[15] = static_cast<std::uint8_t>(fresh.octets[15] ^ 0x10);
        std::vector<Action> repair{ip(site, fmt::format("addr del {}/{} dev {}", address.local->to_string(),
                                                        address.prefix_length, out.name)),
                                   add_address(site, fresh, address.prefix_length, out.name)};
        auto const& here = walk.hops.front();
        if (here.route && here.route->via)
            repair.push_back(ip(site, Family::ipv6, "route replace " + route_words(site, *here.route)));
        return {misleading("ipv6-dad-failed", site,
                           fmt::format("{} is somebody else's too (duplicate address detection failed)",
                                       address.local->to_string()),
                           std::move(repair))};
    }
    return {misleading(
        "link-local-only", site,
        fmt::format("{} has no global IPv6 address; it sends from {}", out.name, walk.source->to_string()),
        {})};
}

}  // namespace vethwork::diagnose
