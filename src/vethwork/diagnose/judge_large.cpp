#include <vethwork/diagnose/judge_large.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vethwork/diagnose/bulk.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/check_mtu.hpp>

namespace vethwork::diagnose {

namespace {

using std::chrono::milliseconds;

/// Two ends of a cable on the way there, of which the second takes smaller packets than the sender sends.
std::optional<Finding> unequal_ends(Sites& sites, Walk const& forward, std::size_t size) {
    Crossing const* before = nullptr;
    for (auto const& item : forward.track) {
        auto const* const here = std::get_if<Crossing>(&item);
        if (!here) continue;
        auto const* const last = std::exchange(before, here);
        if (!last || last->way != Way::out || here->way != Way::in) continue;
        auto& site = *sites.find(last->netns);
        auto& peer_site = *sites.find(here->netns);
        auto const* const link = site.link(last->index);
        auto const* const peer = peer_site.link(here->index);
        if (!link || !peer || link->kind_name != "veth") continue;
        for (auto& finding : cable_obstacles(site, *link, peer_site, *peer, size))
            if (finding.cause == "mtu-mismatch") return std::move(finding);
    }
    return {};
}

/// What may be wrong for large packets on one way.
struct LargePackets {
    bool is_narrow = false;
    std::vector<Finding> findings;  ///< those that say so themselves

    LargePackets(Sites& sites, Walk const& way) {
        if (way.hops.empty() || !way.hops.front().out) return;
        std::size_t const size = way.hops.front().out->mtu.value_or(1500);
        is_narrow = narrows(way);
        if (auto ends = unequal_ends(sites, way, size)) findings.push_back(std::move(*ends));
        if (auto ports = unequal_ports(sites, way, size)) findings.push_back(std::move(*ports));
        for (auto& tunnel : oversized_tunnels(sites, way)) findings.push_back(std::move(tunnel));
    }
    [[nodiscard]] bool loses_first() const {
        return std::ranges::any_of(
            findings, [](auto const& one) { return one.cause == "vxlan-mtu" && one.stops_everything; });
    }
    [[nodiscard]] bool is_suspicious() const { return is_narrow || !findings.empty(); }
};

std::optional<Finding> blame_for(LargePackets const& large, Walk const& way, Walks const& walks,
                                 Flow const& flow) {
    if (!large.findings.empty()) return large.findings.front();
    if (flow.protocol == Protocol::tcp)
        if (auto const mtu = std::min(smallest_mtu(walks.forward), smallest_mtu(walks.back)); mtu != 0)
            for (auto const* const one : {&walks.forward, &walks.back})
                if (auto segments = segments_too_large(*one, mtu)) return segments;
    return untold_sender(way);
}

}  // namespace

void judge_bulk(Diagnosis& diagnosis, Sites& sites, Walks const& walks, Site& start) {
    if (diagnosis.verdict != Verdict::reachable || walks.forward.hops.empty() ||
        !walks.forward.hops.front().out)
        return;
    LargePackets const there(sites, walks.forward), back(sites, walks.back);
    if (!there.is_suspicious() && !back.is_suspicious()) return;
    std::size_t const mtu = walks.forward.hops.front().out->mtu.value_or(1500);
    (void)start.enter();
    auto const bulk = try_bulk(diagnosis.flow, mtu, milliseconds(600));
    // A tunnel that forbids fragments loses the first large packet for certain, whatever is learned from it.
    bool const loses_first = diagnosis.flow.protocol == Protocol::icmp && there.loses_first();
    if (bulk != Bulk::stalls && bulk != Bulk::answers_stall && !loses_first) return;
    bool const forward = bulk != Bulk::answers_stall && there.is_suspicious();
    diagnosis.verdict = Verdict::degraded;
    diagnosis.on_the_way_back = !forward;
    diagnosis.evidence.push_back(
        {"bulk", start.name(), fmt::format("packets of {} octets are not answered", mtu)});
    diagnosis.cause = forward ? blame_for(there, walks.forward, walks, diagnosis.flow)
                              : blame_for(back, walks.back, walks, diagnosis.flow);
}

}  // namespace vethwork::diagnose
