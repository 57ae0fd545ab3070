#include <vethwork/diagnose/why.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vethwork/diagnose/both_ways.hpp>
#include <vethwork/diagnose/bulk.hpp>
#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/check_mtu.hpp>
#include <vethwork/diagnose/experiment.hpp>

namespace vethwork::diagnose {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

double milliseconds_between(std::int64_t from, std::int64_t to) {
    return static_cast<double>(to - from) / 1e6;
}

std::vector<PathStep> steps_of(Walk const& walk, Story const& story, Progress const& progress,
                               std::size_t offset) {
    std::vector<PathStep> steps;
    for (auto const& hop : walk.hops) {
        PathStep step{
            .netns = hop.site->name(), .in = hop.in ? hop.in->name : "", .out = hop.out ? hop.out->name : ""};
        for (std::size_t i = 0; i < walk.track.size() && offset + i < story.track.size(); ++i) {
            auto const* const crossing = std::get_if<Crossing>(&walk.track[i]);
            if (crossing && crossing->netns == step.netns && progress.seen[offset + i]) step.seen = true;
            auto const* const decision = std::get_if<Decision>(&walk.track[i]);
            if (decision && decision->netns == step.netns) step.decision = decision->text;
        }
        steps.push_back(std::move(step));
    }
    return steps;
}

/// A UDP server answers from another address than it was asked at: the client's kernel knows of no such peer.
std::optional<Finding> strange_reply(Experiment const& experiment, Walks const& walks, Flow const& flow) {
    if (flow.protocol != Protocol::udp || !walks.target) return {};
    for (auto const& sighting : experiment.watch().sightings())
        if (sighting.kind == Sighting::Kind::reply && sighting.site == walks.target &&
            sighting.way == Way::out && sighting.source &&
            *sighting.source != walks.forward.destination.value_or(flow.destination))
            return Finding{.cause = "udp-wrong-source-reply",
                           .netns = walks.target->name(),
                           .what = fmt::format("the server answers from {}, not from {}",
                                               sighting.source->to_string(), flow.destination.to_string()),
                           .repair = {},
                           .certainty = Certainty::proven};
    return {};
}

/// A filter that nft's rules do not explain: the older tables, or rules that could not be read.
std::string netfilter_cause(Site& site, Walks const& walks) {
    (void)site.enter();
    for (auto const* const path :
         {"/proc/thread-self/net/ip_tables_names", "/proc/thread-self/net/ip6_tables_names"})
        if (auto const tables = read_file(path); tables && !tables->empty()) return "iptables-legacy-drop";
    if (!walks.forward.hops.empty() && &site == walks.forward.hops.front().site) return "nft-drop-output";
    return &site == walks.target ? "nft-drop-input" : "nft-drop-forward";
}

/// What the kernel's reason alone says, where nothing in the configuration explains the loss.
std::optional<Finding> told_by_kernel(std::vector<std::pair<Site*, observe::Drop>> const& drops,
                                      Walks const& walks) {
    struct Meaning {
        std::string_view reason, cause;
    };
    static constexpr Meaning meanings[] = {{"IP_RPFILTER", "rp-filter-drop"},
                                           {"IP_LOCALNET", "route-localnet-off"},
                                           {"TC_INGRESS", "tc-drop"},
                                           {"TC_EGRESS", "tc-drop"},
                                           {"QDISC_DROP", "tc-drop"},
                                           {"XFRM_POLICY", "xfrm-policy-block"},
                                           {"OTHERHOST", "neighbour-stale-mac"},
                                           {"XDP", "xdp-drop"},
                                           {"IP_INHDR", "ttl-expired"},
                                           {"VXLAN_VNI_NOT_FOUND", "vxlan-vni-mismatch"},
                                           {"BRIDGE_INGRESS_STP_STATE", "bridge-stp-blocking"},
                                           {"IP_INADDRERRORS", "ip-forward-off"},
                                           {"NO_SOCKET", "port-closed"},
                                           {"PKT_TOO_BIG", "mtu-blackhole"}};
    for (auto const& [site, drop] : drops) {
        Finding finding{.cause = {},
                        .netns = site->name(),
                        .what = fmt::format("the kernel drops it on {}: {}", drop.device, drop.reason_name),
                        .repair = {},
                        .certainty = Certainty::observed};
        if (drop.reason_name == "NETFILTER_DROP") {
            finding.cause = netfilter_cause(*site, walks);
            return finding;
        }
        for (auto const& meaning : meanings)
            if (drop.reason_name == meaning.reason) {
                finding.cause = meaning.cause;
                return finding;
            }
    }
    return {};
}

void judge(Diagnosis& diagnosis, Walks const& walks, Experiment const& experiment) {
    auto const progress = progress_of(walks.story, experiment.watch().sightings(), !experiment.was_refused());
    diagnosis.forward = steps_of(walks.forward, walks.story, progress, 0);
    diagnosis.back = steps_of(walks.back, walks.story, progress, walks.story.boundary);
    diagnosis.on_the_way_back = progress.arrived(walks.story);
    auto const& attempts = experiment.probe().attempts();
    diagnosis.sent = static_cast<unsigned>(attempts.size());
    diagnosis.answered = experiment.answered();
    for (auto const& attempt : attempts)
        if (attempt.answer == Answer::good)
            diagnosis.round_trip_ms = milliseconds_between(attempt.sent_at, attempt.answered_at);
    for (auto const& [site, drop] : experiment.watch().drops())
        diagnosis.evidence.push_back(
            {"drop", site->name(), fmt::format("{} on {}", drop.reason_name, drop.device)});
    if (diagnosis.answered == diagnosis.sent) {
        diagnosis.verdict = Verdict::reachable;
        return;
    }
    diagnosis.verdict = diagnosis.answered > 0 ? Verdict::degraded : Verdict::unreachable;
    auto const place = diagnosis.answered > 0 ? what_may_lose(walks.story) : culprit(walks.story, progress);
    if (auto strange = strange_reply(experiment, walks, diagnosis.flow)) {
        diagnosis.cause = std::move(strange);
        return;
    }
    if (!place) {
        diagnosis.cause = told_by_kernel(experiment.watch().drops(), walks);
        return;
    }
    diagnosis.cause = std::get<Finding>(walks.story.track[*place]);
    for (auto const& [site, drop] : experiment.watch().drops())
        if (site->name() == diagnosis.cause->netns) diagnosis.cause->certainty = Certainty::proven;
    if (diagnosis.answered == 0) diagnosis.also = others_behind(walks.story, *place);
}

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

/// It works; whether it does for large packets too.
void judge_bulk(Diagnosis& diagnosis, Sites& sites, Walks const& walks, Site& start) {
    if (diagnosis.verdict != Verdict::reachable || walks.forward.hops.empty() ||
        !walks.forward.hops.front().out)
        return;
    std::size_t const mtu = walks.forward.hops.front().out->mtu.value_or(1500);
    auto const mismatch = unequal_ends(sites, walks.forward, mtu);
    if (!mismatch && !narrows(walks.forward)) return;
    (void)start.enter();
    if (try_bulk(diagnosis.flow, mtu, milliseconds(600)) != Bulk::stalls) return;
    diagnosis.verdict = Verdict::degraded;
    diagnosis.evidence.push_back(
        {"bulk", start.name(), fmt::format("packets of {} octets are not answered", mtu)});
    diagnosis.cause = mismatch ? mismatch : untold_sender(walks.forward);
}

}  // namespace

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::reachable:
            return "reachable";
        case Verdict::unreachable:
            return "unreachable";
        case Verdict::degraded:
            return "degraded";
        case Verdict::undecided:
            break;
    }
    return "undecided";
}

Result<Diagnosis> why(Sites& sites, Flow const& flow, WhyOptions const& options) {
    auto const begin = Clock::now();
    auto* const start = sites.find(flow.from);
    if (!start) return lookup_error(fmt::format("there is no namespace \"{}\"", flow.from));
    TRY(start->connection());
    Diagnosis diagnosis{.flow = flow};
    auto const walks = walk_both(sites, *start, flow);
    diagnosis.to = walks.target ? walks.target->name() : std::string();
    auto watch = Watch::open(sites_of(sites, walks.story, *start), diagnosis.gaps);
    diagnosis.observers = {"packets"};
    if (watch.sees_drops()) diagnosis.observers.push_back("drops");
    Experiment experiment(flow, *start, std::move(watch), options);
    experiment.run(is_suspicious(walks.story));
    judge(diagnosis, walks, experiment);
    judge_bulk(diagnosis, sites, walks, *start);
    diagnosis.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    return diagnosis;
}

Result<std::vector<Finding>> suspicions(Sites& sites, Flow const& flow) {
    auto* const start = sites.find(flow.from);
    if (!start) return lookup_error(fmt::format("there is no namespace \"{}\"", flow.from));
    TRY(start->connection());
    auto const walks = walk_both(sites, *start, flow);
    std::vector<Finding> findings;
    for (auto const& item : walks.story.track)
        if (auto const* const finding = std::get_if<Finding>(&item)) findings.push_back(*finding);
    return findings;
}

}  // namespace vethwork::diagnose
