#include <vethwork/diagnose/check_mtu.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/tunnel.hpp>

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
    return about(
        *verdict->chain, verdict->rule,
        losing("mtu-blackhole", site,
               fmt::format("packets over {} octets are lost, and {} {} keeps the sender from being told", mtu,
                           verdict->chain->words(), verdict->rule ? verdict->rule->text : "policy drop"),
               {{Action::Tool::nft, site.name(),
                 fmt::format("insert rule {}{} {} {} accept", verdict->chain->words(), place, type,
                             packet.icmp_type)}}));
}

/// What the network below has to carry besides: outer IP, UDP, VXLAN, inner Ethernet.
std::uint32_t overhead_of(IpAddress const& remote) { return remote.family == Family::ipv4 ? 50 : 70; }

std::optional<Finding> oversized(Sites& sites, Site& site, topology::Link const& link) {
    auto const* const vxlan = std::get_if<topology::Vxlan>(&link.kind);
    if (!vxlan || !vxlan->remote || vxlan->remote->is_any() || !link.mtu) return {};
    BelowTunnels const below;
    auto const under =
        walk(sites, site, {.destination = *vxlan->remote, .protocol = Protocol::udp}, Direction::forward);
    auto const carried = smallest_mtu(under);
    if (carried == 0 || *link.mtu + overhead_of(*vxlan->remote) <= carried) return {};
    auto const right = carried - overhead_of(*vxlan->remote);
    std::vector<Action> repair{ip(site, fmt::format("link set {} mtu {}", link.name, right))};
    for (auto& end : vxlan_ends(sites, site, link))
        if (end.link->mtu.value_or(0) > right)
            repair.push_back(ip(*end.site, fmt::format("link set {} mtu {}", end.link->name, right)));
    auto finding = losing(
        "vxlan-mtu", site,
        fmt::format("{} takes {} octets, of which the network below carries {}", link.name, *link.mtu, right),
        std::move(repair));
    finding.stops_everything = vxlan->dont_fragment.value_or(0) == 1;  // never in pieces
    return finding;
}

/// A tunnel's own sender learns what the network below carries, unless somebody keeps it from being told.
std::optional<Finding> untold_tunnel(Sites& sites, Site& site, topology::Link const& link) {
    auto const remote = tunnel_remote(link);
    if (!remote) return {};
    BelowTunnels const below;
    auto const under = walk(sites, site, {.destination = *remote}, Direction::forward);
    auto const carried = smallest_mtu(under);
    std::uint32_t const outer_header = remote->family == Family::ipv4 ? 20 : 40;
    if (carried == 0 || link.mtu.value_or(0) + outer_header <= carried) return {};
    return untold_sender(under);
}

template <class Visit>
void for_each_crossing(Sites& sites, Walk const& way, Visit const& visit) {
    for (auto const& item : way.track) {
        auto const* const crossing = std::get_if<Crossing>(&item);
        auto* const site = crossing ? sites.find(crossing->netns) : nullptr;
        auto const* const link = site ? site->link(crossing->index) : nullptr;
        if (link) visit(*crossing, *site, *link);
    }
}

/// "… maxseg size set 1460": the number.
std::uint32_t segment_set_by(std::string const& rule) {
    static constexpr std::string_view words = "maxseg size set ";
    auto const place = rule.find(words);
    if (place == std::string::npos) return 0;
    auto const text = rule.substr(place + words.size());
    return parse_number<std::uint32_t>(text.substr(0, text.find(' '))).value_or(0);
}

}  // namespace

std::uint32_t smallest_mtu(Walk const& way) {
    std::uint32_t smallest = 0;
    for (auto const& hop : way.hops)
        for (auto const* const link : {hop.in, hop.out})
            if (link && link->mtu && link->name != "lo" && (smallest == 0 || *link->mtu < smallest))
                smallest = *link->mtu;
    return smallest;
}

std::vector<Finding> oversized_tunnels(Sites& sites, Walk const& way) {
    std::vector<Finding> found;
    for_each_crossing(sites, way, [&](Crossing const& crossing, Site& site, topology::Link const& link) {
        if (crossing.way != Way::out) return;
        if (auto finding = oversized(sites, site, link)) found.push_back(std::move(*finding));
        if (auto finding = untold_tunnel(sites, site, link)) found.push_back(std::move(*finding));
    });
    return found;
}

std::optional<Finding> segments_too_large(Walk const& way, std::uint32_t mtu) {
    for (auto const& hop : way.hops)
        for (auto const& chain : hop.site->ruleset().chains)
            for (auto const& rule : chain.rules) {
                auto const size = segment_set_by(rule.text);
                std::uint32_t const headers = hop.next && hop.next->family == Family::ipv6 ? 60 : 40;
                if (size == 0 || size + headers <= mtu) continue;
                auto text = rule.text;
                auto const old = std::to_string(size);
                text.replace(text.find("size set ") + 9, old.size(), std::to_string(mtu - headers));
                return about(
                    chain, &rule,
                    losing(
                        "tcp-wrong-mss", *hop.site,
                        fmt::format("chain {}, rule {} announces segments of {} octets, the way carries {}",
                                    chain.words(), rule.handle, size, mtu - headers),
                        {{Action::Tool::nft, hop.site->name(),
                          fmt::format("'replace rule {} handle {} {}'", chain.words(), rule.handle, text)}}));
            }
    return {};
}

std::optional<Finding> unequal_ports(Sites& sites, Walk const& way, std::size_t size) {
    std::optional<Finding> found;
    topology::Link const* before = nullptr;
    for_each_crossing(sites, way, [&](Crossing const& crossing, Site& site, topology::Link const& link) {
        auto const* const from = std::exchange(before, crossing.way == Way::in ? &link : nullptr);
        bool const bridged = from && from->master && link.master && from->master->index == link.master->index;
        if (found || !bridged || crossing.way != Way::out || link.mtu.value_or(size) >= size) return;
        found = losing("mtu-mismatch", site,
                       fmt::format("port {} takes {} octets, port {} {}", link.name, *link.mtu, from->name,
                                   from->mtu.value_or(0)),
                       {ip(site, fmt::format("link set {} mtu {}", link.name, size))});
    });
    return found;
}

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
