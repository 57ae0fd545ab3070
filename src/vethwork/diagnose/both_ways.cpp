#include <vethwork/diagnose/both_ways.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/check_route.hpp>
#include <vethwork/diagnose/check_translation.hpp>

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
    auto source = forward.destination.value_or(flow.destination);
    if (source.is_loopback()) source = flow.destination;
    WalkedPacket packet{.destination = forward.translated_source.value_or(*forward.source),
                        .source = source,
                        .protocol = flow.protocol,
                        .source_port = forward.port != 0 ? forward.port : flow.port};
    if (!forward.delivered) return packet;
    for (auto const& hop : forward.hops) packet.acquainted.push_back(hop.site);
    auto const& arrival = *forward.last();
    if (arrival.in) packet.vrf = arrival.site->vrf_of(*arrival.in);
    return packet;
}

/// The answer leaves by another device than the question came by, is lost, and a table that no rule leads to
/// would send it back the way it came.
void blame_missing_rule(Sites& sites, Walks& walks, WalkedPacket packet) {
    if (walks.forward.hops.size() < 2 || walks.back.hops.empty() || !has_certain_loss(walks.back.track))
        return;
    auto const& arrival = *walks.forward.last();
    auto const departure = walks.back.hops.front();
    if (!arrival.in || departure.out == arrival.in || departure.site != arrival.site) return;
    for (auto const table : unruled_tables(*departure.site, packet.destination.family)) {
        packet.table = table;
        auto const other = walk(sites, *departure.site, packet, Direction::back);
        if (!is_clean(other) || other.hops.front().out != arrival.in) continue;
        RouteContext const context{&sites, &packet, Direction::back};
        walks.back.track.insert(walks.back.track.begin(), rule_missing(context, departure, table));
        return;
    }
}

/// A filter that would let the answer pass had it seen the question: who sends the answer past those who did
/// is to blame.
void blame_asymmetry(Walks& walks) {
    auto const& forward = walks.forward.hops;
    auto const& back = walks.back.hops;
    for (auto& item : walks.back.track) {
        auto* const finding = std::get_if<Finding>(&item);
        if (!finding || finding->cause != "asymmetric-routing" || forward.size() < 2) continue;
        std::size_t place = 0;
        auto const knows = [&forward](Site* site) {
            return std::ranges::find(forward, site, &Hop::site) != forward.end();
        };
        while (place + 1 < back.size() && knows(back[place + 1].site)) ++place;
        auto const here = std::ranges::find(forward, back[place].site, &Hop::site);
        if (here == forward.begin() || here == forward.end() || !here->in) continue;
        auto const& before = *(here - 1);
        Leg const leg{here->site, here->in, before.site, before.out};
        finding->netns = here->site->name();
        finding->what =
            fmt::format("the answer does not go back through {}; {}", before.site->name(), finding->what);
        finding->misleads = true;
        auto const gateway = gateway_of(leg, forward.front().next->family);
        if (gateway && before.site != forward.front().site)
            finding->repair = {replace_gateway(back[place], leg, *gateway)};
    }
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
            auto const answer = answer_to(walks.forward, flow);
            walks.back = walk(sites, *walks.target, answer, Direction::back);
            blame_missing_rule(sites, walks, answer);
            blame_asymmetry(walks);
            go_on_from_translator(sites, start, flow, walks);
        }
    }
    blame_missing_translation(walks.forward, walks.back);
    blame_source_translation(sites, walks.forward, walks.back, flow);
    blame_missing_hairpin(start, walks.forward, walks.back);
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

}  // namespace vethwork::diagnose
