#include <vethwork/diagnose/both_ways.hpp>

#include <algorithm>

#include <vethwork/diagnose/check_delivery.hpp>

namespace vethwork::diagnose {

namespace {

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

}  // namespace

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

bool is_suspicious(Story const& story) {
    return std::ranges::any_of(story.track, [](auto const& item) {
        auto const* const finding = std::get_if<Finding>(&item);
        return finding && finding->certain_loss;
    });
}

}  // namespace vethwork::diagnose
