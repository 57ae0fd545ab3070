#include <vethwork/diagnose/words.hpp>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/rule_words.hpp>

namespace vethwork::diagnose {

std::string table_words(std::uint32_t table) {
    if (table == topology::main_table) return "main";
    if (table == topology::local_table) return "local";
    return table == topology::default_table ? "default" : std::to_string(table);
}

std::string prefix_words(topology::Route const& route) {
    if (!route.destination || route.destination->length == 0) return "default";
    return route.destination->is_host() ? route.destination->address.to_string()
                                        : route.destination->to_string();
}

std::string route_words(Site& site, topology::Route const& route) {
    std::string words;
    if (route.type == topology::RouteType::blackhole) words = "blackhole ";
    if (route.type == topology::RouteType::unreachable) words = "unreachable ";
    if (route.type == topology::RouteType::prohibit) words = "prohibit ";
    words += prefix_words(route);
    if (route.via)
        words += fmt::format(" via {}{}", route.via->family != route.family ? "inet6 " : "",
                             route.via->to_string());
    if (route.link && words.find("blackhole") == std::string::npos &&
        route.type == topology::RouteType::unicast)
        words += " dev " + site.device(route.link->index);
    if (route.table != topology::main_table) words += " table " + table_words(route.table);
    std::uint32_t const usual = route.family == Family::ipv4 ? 0 : 1024;
    if (route.priority && *route.priority != usual) words += fmt::format(" metric {}", *route.priority);
    if (route.flags & topology::route_flag::onlink) words += " onlink";
    return words;
}

std::string rule_words(topology::Rule const& rule) {
    return join(plan::rule_words(rule, plan::RulePurpose::find), " ");
}

std::string decision_words(Hop const& hop, IpAddress const& destination) {
    auto const dev = hop.out ? " dev " + hop.out->name : std::string();
    if (hop.route) return route_words(*hop.site, *hop.route);
    if (hop.next && *hop.next != destination) return "via " + hop.next->to_string() + dev;
    return destination.to_string() + dev;
}

}  // namespace vethwork::diagnose
