#include <vethwork/diagnose/why.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <vethwork/diagnose/both_ways.hpp>
#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/experiment.hpp>
#include <vethwork/diagnose/judge_large.hpp>
#include <vethwork/diagnose/told_by_kernel.hpp>
#include <vethwork/diagnose/traced_rules.hpp>

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
    auto const asked = walks.forward.destination.value_or(flow.destination);
    for (auto const& sighting : experiment.watch().sightings())
        if (sighting.kind == Sighting::Kind::reply && sighting.site == walks.target &&
            sighting.way == Way::out && sighting.source && *sighting.source != asked)
            return Finding{.cause = "udp-wrong-source-reply",
                           .netns = walks.target->name(),
                           .what = fmt::format("the server answers from {}, not from {}",
                                               sighting.source->to_string(), flow.destination.to_string()),
                           .repair = walks.back.hops.empty() ? std::vector<Action>{}
                                                             : answering_from(walks.back.hops.front(), asked),
                           .certainty = Certainty::proven};
    return {};
}

void judge(Diagnosis& diagnosis, Sites& sites, Walks const& walks, Experiment const& experiment) {
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
        diagnosis.cause = told_by_kernel(experiment.watch().drops(), walks, diagnosis.flow);
        if (!diagnosis.cause && !attempts.empty() && attempts.front().code == EPERM)
            diagnosis.cause = refused_at_home(walks, diagnosis.flow);
        if (!diagnosis.cause && !experiment.watch().sees_drops())
            diagnosis.cause = vanished_before_a_filter(sites, walks, progress, diagnosis.flow);
        return;
    }
    diagnosis.cause = std::get<Finding>(walks.story.track[*place]);
    for (auto const& [site, drop] : experiment.watch().drops())
        if (site->name() == diagnosis.cause->netns) diagnosis.cause->certainty = Certainty::proven;
    if (diagnosis.answered == 0) diagnosis.also = others_behind(walks.story, *place);
}

/// Where something lets only some packets pass, more are sent, and not faster than people's tools do.
ExperimentOptions adapted(ExperimentOptions options, Walks const& walks) {
    constexpr milliseconds proxies_take{2500};  // each up to 0.8 s, on both ways
    if (walks.forward.asks_proxies || walks.back.asks_proxies)
        options.patience = std::max(options.patience, proxies_take);
    for (auto const& item : walks.story.track) {
        auto const* const finding = std::get_if<Finding>(&item);
        if (!finding || finding->certain_loss) continue;
        if (finding->cause == "rate-limited") options.pace = milliseconds(100);
        if (finding->cause == "rate-limited" || finding->cause == "lossy" ||
            finding->cause == "ecmp-leg-dead")
            options.many_flows = true;
    }
    return options;
}

/// Whether the rule of the first lets too few pass, so that the second of the same chain drops the rest.
bool leaves_the_rest_to(Finding const& limit, Finding const& drop) {
    bool const limits =
        limit.cause == "rate-limited" || limit.cause == "lossy" || limit.cause == "connection-limit";
    return limits && limit.rule && drop.rule && limit.netns == drop.netns &&
           limit.rule->chain == drop.rule->chain;
}

/// Of a rule that the walk could not read, or only guessed at, the kernel itself is asked.
void ask_the_rules(Diagnosis& diagnosis, std::vector<Site*> const& sites, Site& start) {
    auto const& cause = diagnosis.cause;
    bool const is_known =
        cause && cause->certainty != Certainty::observed && !(cause->rule && !cause->certain_loss);
    if (diagnosis.verdict != Verdict::unreachable || is_known) return;
    auto traced = rule_that_drops(sites, start, diagnosis.flow);
    if (!traced) return;
    diagnosis.observers.emplace_back("nftrace");
    diagnosis.evidence.push_back({"trace", traced->netns, traced->what});
    if (cause && ((cause->rule && cause->rule == traced->rule) || leaves_the_rest_to(*cause, *traced)))
        diagnosis.cause->certainty = Certainty::proven;  // a good guess
    else
        diagnosis.cause = *std::move(traced);
}

/// The older tables are not read, but they count what their rules meet.
void ask_the_older_rules(Diagnosis& diagnosis, std::vector<Site*> const& sites, Walks const& walks) {
    bool const is_known = diagnosis.cause && diagnosis.cause->certainty != Certainty::observed;
    if (diagnosis.verdict != Verdict::unreachable || is_known) return;
    if (auto found = older_rule_that_drops(sites, walks, diagnosis.flow, diagnosis.on_the_way_back))
        diagnosis.cause = *std::move(found);
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
    auto const passed = sites_of(sites, walks.story, *start);
    auto watch = Watch::open(passed, diagnosis.gaps);
    diagnosis.observers = {"packets"};
    if (watch.sees_drops()) diagnosis.observers.push_back("drops");
    Experiment experiment(flow, *start, std::move(watch), adapted(options, walks));
    experiment.run(has_certain_loss(walks.story.track));
    judge(diagnosis, sites, walks, experiment);
    ask_the_rules(diagnosis, passed, *start);
    ask_the_older_rules(diagnosis, passed, walks);
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
