#include <vethwork/diagnose/why.hpp>

#include <poll.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vethwork/diagnose/bulk.hpp>
#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/check_mtu.hpp>
#include <vethwork/diagnose/judge.hpp>
#include <vethwork/diagnose/probe.hpp>
#include <vethwork/diagnose/walk.hpp>
#include <vethwork/diagnose/watch.hpp>

namespace vethwork::diagnose {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The two walks of an exchange.
struct Walks {
    Walk forward, back;
    Site* target = nullptr;
    Story story;
};

std::vector<IpAddress> asked(Walk const& walk) {
    std::vector<IpAddress> all;
    for (auto const& hop : walk.hops)
        if (hop.next) all.push_back(*hop.next);
    return all;
}

/// The answer to what the sender sent, as far as it was translated.
WalkedPacket answer_to(Walk const& forward, Flow const& flow) {
    return {.destination = forward.translated_source.value_or(*forward.source),
            .source = forward.destination.value_or(flow.destination),
            .protocol = flow.protocol,
            .source_port = forward.port != 0 ? forward.port : flow.port};
}

/// The answer reaches the translator, and from there the sender.
void go_on_from_translator(Sites& sites, Site& start, Flow const& flow, Walks& walks) {
    auto* const translator = walks.forward.translator;
    if (!translator || !walks.back.delivered || walks.back.last()->site != translator || translator == &start)
        return;
    auto rest = walk(sites, *translator,
                     {.destination = *walks.forward.source,
                      .source = flow.destination,
                      .protocol = flow.protocol,
                      .source_port = flow.port},
                     Direction::back);
    walks.back.delivered = rest.delivered;
    walks.back.track.insert(walks.back.track.end(), rest.track.begin(), rest.track.end());
    walks.back.hops.insert(walks.back.hops.end(), rest.hops.begin() + 1, rest.hops.end());
}

Walks walk_both(Sites& sites, Site& start, Flow const& flow) {
    Walks walks;
    walks.forward = walk(sites, start,
                         {.destination = flow.destination,
                          .source = flow.source,
                          .protocol = flow.protocol,
                          .port = flow.port},
                         Direction::forward);
    auto const to = walks.forward.destination.value_or(flow.destination);
    walks.target = walks.forward.delivered ? walks.forward.last()->site : owner_of(sites, to);
    if (walks.target) {
        for (auto& finding : delivery_obstacles(sites, *walks.target, walks.forward, flow))
            walks.forward.track.push_back(std::move(finding));
        if (walks.forward.source && walks.target != &start) {
            walks.back = walk(sites, *walks.target, answer_to(walks.forward, flow), Direction::back);
            go_on_from_translator(sites, start, flow, walks);
        }
    }
    blame_missing_translation(walks.forward, walks.back);
    blame_source(sites, start, walks.forward, walks.back, flow);
    walks.story = story_of(walks.forward.track, walks.back.track);
    walks.story.asked_there = asked(walks.forward);
    walks.story.asked_back = asked(walks.back);
    return walks;
}

std::vector<Site*> sites_of(Sites& sites, Story const& story, Site& start) {
    std::vector<Site*> found{&start};
    for (auto const& item : story.track)
        if (auto const* const crossing = std::get_if<Crossing>(&item)) {
            auto* const site = sites.find(crossing->netns);
            if (site && std::ranges::find(found, site) == found.end()) found.push_back(site);
        }
    return found;
}

/// Sends, waits and watches.
class Experiment {
public:
    Experiment(Flow const& flow, Site& start, Watch watch, WhyOptions const& options)
        : probe_(flow, 56), start_(&start), watch_(std::move(watch)), options_(options), flow_(flow) {}

    void run(bool suspicion) {
        (void)start_->enter();
        auto const patience = suspicion ? std::min(options_.patience, milliseconds(200)) : options_.patience;
        auto const begin = Clock::now();
        probe_.send();
        wait_for_answers(begin, patience, suspicion);
        if (first_is(Answer::good)) repeat();
        settle(milliseconds(2));
        watch_.collect(probe_);
    }

    [[nodiscard]] Probe const& probe() const { return probe_; }
    [[nodiscard]] Watch const& watch() const { return watch_; }
    [[nodiscard]] bool was_refused() const { return first_is(Answer::refused) || first_is(Answer::error); }
    [[nodiscard]] unsigned answered() const {
        return static_cast<unsigned>(std::ranges::count(probe_.attempts(), Answer::good, &Attempt::answer));
    }

private:
    bool first_is(Answer answer) const {
        return std::ranges::any_of(probe_.attempts(),
                                   [answer](auto const& one) { return one.answer == answer; });
    }

    /// Until an answer or an error, or a drop where the configuration tells why; more attempts on the way.
    void wait_for_answers(Clock::time_point begin, milliseconds patience, bool suspicion) {
        auto const again = patience / 6;
        for (unsigned sent = 1;;) {
            auto const elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
            constexpr milliseconds drops_are_in{25};
            if (suspicion && elapsed >= drops_are_in && !watch_.drops().empty()) return;
            if (!first_is(Answer::none) || first_is(Answer::good) || elapsed >= patience) return;
            if (sent < 5 && elapsed >= again * static_cast<int>(sent) && flow_.protocol != Protocol::tcp) {
                (void)start_->enter();
                probe_.send();
                ++sent;
            }
            poll_for(std::max(milliseconds(1), std::min(patience - elapsed, again - elapsed % again)));
        }
    }

    /// More of the same, to see whether it always works.
    void repeat() {
        (void)start_->enter();
        unsigned const more = flow_.protocol == Protocol::icmp  ? options_.tries
                              : flow_.protocol == Protocol::udp ? 3
                                                                : 1;
        for (unsigned i = 0; i < more; ++i) {
            probe_.send();
            poll_for(milliseconds(4));
        }
        settle(milliseconds(60));
    }

    void settle(milliseconds longest) {
        auto const end = Clock::now() + longest;
        do {
            auto const left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
            poll_for(std::max(left, milliseconds(0)));
        } while (!probe_.all_settled() && Clock::now() < end);
    }

    void poll_for(milliseconds time) {
        std::vector<pollfd> waiting;
        for (int const fd : probe_.fds())
            waiting.push_back(
                {fd, static_cast<short>(flow_.protocol == Protocol::tcp ? POLLOUT : POLLIN), 0});
        (void)::poll(waiting.data(), waiting.size(), static_cast<int>(time.count()));
        (void)probe_.collect();
        watch_.collect(probe_);
    }

    Probe probe_;
    Site* start_;
    Watch watch_;
    WhyOptions options_;
    Flow flow_;
};

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
    bool const suspicion = std::ranges::any_of(walks.story.track, [](auto const& item) {
        auto const* const finding = std::get_if<Finding>(&item);
        return finding && finding->certain_loss;
    });
    Experiment experiment(flow, *start, std::move(watch), options);
    experiment.run(suspicion);
    judge(diagnosis, walks, experiment);
    judge_bulk(diagnosis, sites, walks, *start);
    diagnosis.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
    return diagnosis;
}

}  // namespace vethwork::diagnose
