#include <vethwork/diagnose/check_mtu.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/findings.hpp>

namespace vethwork::diagnose {

namespace {

bool is_narrow(Hop const& hop, std::uint32_t mtu) { return hop.out && hop.out->mtu.value_or(mtu) < mtu; }

/// The message that says "too big", as the router sends it.
FirewallPacket notice(Walk const& forward, Hop const& hop) {
    auto const& to = *forward.source;
    FirewallPacket packet{
        .source = IpAddress::any(to.family), .destination = to, .incoming = {}, .outgoing = {}};
    packet.icmp_type = to.family == Family::ipv4 ? "destination-unreachable" : "packet-too-big";
    packet.answers = true;
    if (hop.in) packet.outgoing = hop.in->name;
    return packet;
}

std::optional<Finding> stopped_at(Site& site, std::string_view hook, FirewallPacket const& packet,
                                  std::uint32_t mtu) {
    auto const verdict = firewall_verdict(site.ruleset(), hook, "", packet);
    if (!verdict) return {};
    auto const type = packet.destination.family == Family::ipv4 ? "icmp type" : "icmpv6 type";
    auto const place = verdict->rule ? fmt::format(" position {}", verdict->rule->handle) : std::string();
    return losing(
        "mtu-blackhole", site,
        fmt::format("packets over {} octets are lost, and {} {} keeps the sender from being told", mtu,
                    verdict->chain->words(), verdict->rule ? verdict->rule->text : "policy drop"),
        {{Action::Tool::nft, site.name(),
          fmt::format("insert rule {}{} {} {} accept", verdict->chain->words(), place, type,
                      packet.icmp_type)}});
}

}  // namespace

bool narrows(Walk const& forward) {
    if (forward.hops.size() < 2 || !forward.hops.front().out) return false;
    auto const mtu = forward.hops.front().out->mtu.value_or(0);
    return std::ranges::any_of(forward.hops, [mtu](Hop const& hop) { return is_narrow(hop, mtu); });
}

std::optional<Finding> untold_sender(Walk const& forward) {
    if (!forward.source || !narrows(forward)) return {};
    auto const first = forward.hops.front().out->mtu.value_or(0);
    for (std::size_t i = 1; i < forward.hops.size(); ++i) {
        auto const& router = forward.hops[i];
        if (!is_narrow(router, first)) continue;
        auto const mtu = router.out->mtu.value_or(0);
        if (auto found = stopped_at(*router.site, "output", notice(forward, router), mtu)) return found;
        for (std::size_t back = i; back-- > 1;) {
            auto packet = notice(forward, forward.hops[back]);
            packet.incoming = forward.hops[back].out ? forward.hops[back].out->name : "";
            if (auto found = stopped_at(*forward.hops[back].site, "forward", packet, mtu)) return found;
        }
        return stopped_at(*forward.hops.front().site, "input", notice(forward, forward.hops.front()), mtu);
    }
    return {};
}

}  // namespace vethwork::diagnose
