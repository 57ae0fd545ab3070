#include <vethwork/diagnose/trace.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/both_ways.hpp>

namespace vethwork::diagnose {

namespace {

std::vector<Crossing> crossings(Track::const_iterator begin, Track::const_iterator end) {
    std::vector<Crossing> found;
    for (auto item = begin; item != end; ++item)
        if (auto const* const crossing = std::get_if<Crossing>(&*item)) found.push_back(*crossing);
    return found;
}

bool contains(std::vector<TracePoint> const& points, Crossing const& crossing) {
    return std::ranges::find(points, crossing, &TracePoint::at) != points.end();
}

/// A bridge sends a frame to every port where it does not know better; what its ports see is for others.
bool is_bridge_port(Site& site, std::uint32_t index) {
    auto const* const link = site.link(index);
    auto const* const master = link && link->master ? site.link(link->master->index) : nullptr;
    return master && master->kind_name == "bridge";
}

class Tracer {
public:
    explicit Tracer(Flow const& flow) : flow_(flow) {}

    Trace tell(Walks const& walks, Experiment const& experiment) {
        auto const& attempts = experiment.probe().attempts();
        choose_attempt(attempts);
        sightings_ = experiment.watch().sightings();
        std::ranges::stable_sort(sightings_, {}, &Sighting::time);
        auto const& track = walks.story.track;
        auto const boundary = track.begin() + static_cast<std::ptrdiff_t>(walks.story.boundary);
        bool const failed = trace_.answer == Answer::error;
        auto const there = crossings(track.begin(), boundary);
        auto const back = failed ? std::vector<Crossing>() : crossings(boundary, track.end());
        trace_.there = merge_points(there, seen(Sighting::Kind::request, there));
        auto const returned = seen(failed ? Sighting::Kind::error : Sighting::Kind::reply, back);
        if (!returned.empty() || (!trace_.there.empty() && trace_.there.back().after))
            trace_.back = merge_points(back, returned);
        if (trace_.answer == Answer::none) find_question();
        for (auto const& [site, drop] : experiment.watch().drops())
            trace_.drops.push_back(
                {"drop", site->name(), fmt::format("{} on {}", drop.reason_name, drop.device)});
        return std::move(trace_);
    }

private:
    /// The last that was answered, or else the first.
    void choose_attempt(std::vector<Attempt> const& attempts) {
        trace_.flow = flow_;
        trace_.sent = static_cast<unsigned>(attempts.size());
        auto chosen = attempts.begin();
        for (auto one = attempts.begin(); one != attempts.end(); ++one) {
            if (one->answer == Answer::none) continue;
            if (one != chosen && chosen->answer == Answer::good)
                trace_.first_round_trip = chosen->answered_at - chosen->sent_at;
            chosen = one;
        }
        trace_.answer = chosen->answer;
        trace_.code = chosen->code;
        trace_.sender = chosen->from;
        trace_.was_sent = chosen->sent;
        trace_.sent_at = chosen->sent_at;
        if (chosen->answer != Answer::none) trace_.round_trip = chosen->answered_at - chosen->sent_at;
    }

    std::vector<TracePoint> seen(Sighting::Kind kind, std::vector<Crossing> const& expected) {
        std::vector<TracePoint> points;
        for (auto const& sighting : sightings_) {
            if (sighting.kind != kind || sighting.time < trace_.sent_at) continue;
            Crossing const at{sighting.site->name(), sighting.site->device(sighting.index), sighting.index,
                              sighting.way};
            bool const is_port = is_bridge_port(*sighting.site, at.index);
            bool const flooded = is_port && std::ranges::find(expected, at) == expected.end();
            if (!flooded && (is_port || !sighting.for_others) && !contains(points, at))
                points.push_back({at, {}, sighting.time - trace_.sent_at});
        }
        return points;
    }

    void find_question() {
        for (auto const& one : sightings_) {
            if (one.kind != Sighting::Kind::question || one.way != Way::out || !one.target) continue;
            bool const answered = std::ranges::any_of(sightings_, [&one](Sighting const& other) {
                return other.kind == Sighting::Kind::answer && other.site == one.site &&
                       other.target == one.target;
            });
            // What goes into a tunnel is seen again on the device below.
            bool const again = trace_.question && trace_.question->netns == one.site->name() &&
                               trace_.question->target == *one.target;
            if (!answered && !again && !is_bridge_port(*one.site, one.index))
                trace_.question = {one.site->name(), one.site->device(one.index), *one.target};
        }
    }

    Flow flow_;
    Trace trace_;
    std::vector<Sighting> sightings_;
};

void add_addresses(Sites& sites, Family family, std::vector<TracePoint>& points) {
    for (auto& point : points)
        if (auto* const site = sites.find(point.at.netns))
            if (auto const* const address = site->global_address(point.at.index, family))
                point.address = address->local;
}

}  // namespace

TracePoint const* Trace::last_seen() const {
    for (auto const* const way : {&back, &there})
        for (auto point = way->rbegin(); point != way->rend(); ++point)
            if (point->after) return &*point;
    return nullptr;
}

std::vector<TracePoint> merge_points(std::vector<Crossing> const& expected,
                                     std::vector<TracePoint> const& seen) {
    std::vector<TracePoint> points = seen;
    std::size_t unseen = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (contains(seen, expected[i])) unseen = i + 1;
    for (; unseen < expected.size(); ++unseen) points.push_back({expected[unseen], {}, {}});
    return points;
}

Result<Trace> trace(Sites& sites, Flow const& flow, ExperimentOptions options) {
    auto* const start = sites.find(flow.from);
    if (!start) return lookup_error(fmt::format("there is no namespace \"{}\"", flow.from));
    TRY(start->connection());
    auto const walks = walk_both(sites, *start, flow);
    std::vector<std::string> gaps;
    options.tries = 0;
    Experiment experiment(flow, *start, Watch::open(sites_of(sites, walks.story, *start), gaps), options);
    experiment.run(has_certain_loss(walks.story.track));
    if (experiment.answered() > 0) experiment.once_more();
    auto trace = Tracer(flow).tell(walks, experiment);
    trace.to = walks.target ? walks.target->name() : std::string();
    trace.flow.source = experiment.probe().source();
    trace.gaps = std::move(gaps);
    add_addresses(sites, flow.destination.family, trace.there);
    add_addresses(sites, flow.destination.family, trace.back);
    return trace;
}

}  // namespace vethwork::diagnose
