#include <vethwork/report/event_line.hpp>

#include <linux/if.h>
#include <linux/neighbour.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/route_words.hpp>
#include <vethwork/plan/rule_words.hpp>

namespace vethwork::report {

namespace {

struct NeighbourState {
    std::uint16_t bit;
    std::string_view name;
};
constexpr NeighbourState neighbour_states[] = {{NUD_INCOMPLETE, "incomplete"}, {NUD_REACHABLE, "reachable"},
                                               {NUD_STALE, "stale"},           {NUD_DELAY, "delay"},
                                               {NUD_PROBE, "probe"},           {NUD_FAILED, "failed"},
                                               {NUD_NOARP, "noarp"},           {NUD_PERMANENT, "permanent"}};

EventFacts facts(topology::Link const& link) {
    EventFacts facts{.kind = "link", .object = link.name, .details = {}};
    bool const up = (link.flags & IFF_UP) != 0;
    facts.details.push_back(up ? "up" : "down");
    if (up && (link.flags & IFF_LOWER_UP) == 0) facts.details.push_back("no carrier");
    if (link.mtu) facts.details.push_back(fmt::format("mtu {}", *link.mtu));
    if (link.master && link.master->index != 0) facts.details.push_back("master " + link.master->name);
    if (!link.kind_name.empty()) facts.details.push_back(link.kind_name);
    if (link.address) facts.details.push_back(link.address->to_string());
    return facts;
}

EventFacts facts(topology::InterfaceAddress const& address) {
    auto const& shown = address.local ? address.local : address.peer;
    std::string const prefix =
        shown ? IpPrefix{*shown, address.prefix_length}.to_string() : std::string("no address");
    return {.kind = "address", .object = prefix + " dev " + address.link.name, .details = {}};
}

EventFacts facts(topology::Route const& route) {
    auto told = route;
    told.preference.reset();
    auto const words = plan::route_words(told, plan::RoutePurpose::put);
    return {.kind = "route", .object = join(words, " "), .details = {}};
}

EventFacts facts(topology::Neighbour const& neighbour) {
    EventFacts facts{.kind = "neighbour",
                     .object = (neighbour.address ? neighbour.address->to_string() : std::string("?")) +
                               " dev " + neighbour.link.name,
                     .details = {}};
    if (neighbour.link_address) facts.details.push_back(neighbour.link_address->to_string());
    for (auto const& state : neighbour_states)
        if ((neighbour.state & state.bit) != 0) facts.details.emplace_back(state.name);
    return facts;
}

EventFacts facts(topology::Rule const& rule) {
    auto const words = plan::rule_words(rule, plan::RulePurpose::put);
    return {.kind = "rule", .object = join(words, " "), .details = {}};
}

}  // namespace

EventFacts facts_of(observe::Event const& event) {
    auto told = std::visit([](auto const& what) { return facts(what); }, event.what);
    if (event.gone) told.details.clear();
    return told;
}

std::string event_line(std::string_view time, std::string_view node, observe::Event const& event) {
    auto const told = facts_of(event);
    auto text = fmt::format("{}  {:<12}  {:<9}  {}", time, node, told.kind, told.object);
    if (!told.details.empty()) text += "  " + join(told.details, ", ");
    return text + (event.gone ? "  gone\n" : "\n");
}

std::string event_json(std::string_view time, std::string_view node, observe::Event const& event) {
    auto const told = facts_of(event);
    return nlohmann::ordered_json{
               {"time", time},      {"node", node},          {"event", event.gone ? "gone" : "new"},
               {"kind", told.kind}, {"object", told.object}, {"details", told.details}}
               .dump() +
           "\n";
}

}  // namespace vethwork::report
