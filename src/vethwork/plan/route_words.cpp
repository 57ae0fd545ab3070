#include <vethwork/plan/route_words.hpp>

#include <vethwork/plan/encapsulation_words.hpp>
#include <vethwork/plan/route_metric_words.hpp>
#include <vethwork/plan/route_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::NameKind;
using topology::Route;
using topology::RouteHop;
using topology::RouteType;

struct RouteParser {
    WordReader& words;
    RoutingContext& context;
    Route route;
    std::optional<Family> family;
    bool has_via = false, has_destination = false, has_scope = false, has_table = false, has_hops = false;

    /// A number that must follow, complained of as `"CALLED" value is invalid`.
    template <class T>
    Result<T> number(std::string_view called) {
        return words.number<T>(fmt::format("\"{}\" value is invalid\n", called));
    }
    Result<std::uint32_t> named(NameKind kind, std::string_view what) {
        return context.number(kind, TRY(words.value()), what);
    }
};

using Row = Keyword<RouteParser>;
constexpr auto whole = Row::Spelling::whole, abbreviable = Row::Spelling::abbreviable;

Result<> take_via(RouteParser& parser) {
    if (parser.has_via) return wrong_argument("use nexthop syntax to specify multiple via\n", "via");
    parser.has_via = true;
    parser.route.via = TRY(read_gateway(parser.words, parser.family));
    return {};
}

Result<> take_new_destination(RouteParser& parser) {
    auto word = TRY(parser.words.value());
    if (word == "to") word = TRY(parser.words.value());
    parser.route.new_destination = TRY(read_address_of(word, parser.family));
    return {};
}

Result<> take_priority(RouteParser& parser) {
    parser.route.priority = TRY(parser.number<std::uint32_t>("metric"));
    return {};
}

Result<> take_tos(RouteParser& parser) {
    parser.route.tos =
        static_cast<std::uint8_t>(TRY(parser.named(NameKind::ds_field, "\"tos\" value is invalid\n")));
    return {};
}

Result<> take_link(RouteParser& parser) {
    parser.route.link = topology::LinkRef{TRY(parser.words.value())};
    return {};
}

Result<> take_realms(RouteParser& parser) {
    auto const word = TRY(parser.words.value());
    parser.route.realms = read_realms(*parser.context.names, word);
    if (!parser.route.realms) return wrong_argument("\"realm\" value is invalid\n", word);
    return {};
}

Result<> take_vrf(RouteParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const table = parser.context.vrf_table(word);
    if (!table) return wrong_argument("Invalid VRF\n", word);
    parser.route.table = *table;
    parser.has_table = true;
    return {};
}

Result<> take_preference(RouteParser& parser) {
    auto const word = TRY(parser.words.value());
    auto& preference = parser.route.preference;
    if (word == "low")
        preference = 3;
    else if (word == "medium")
        preference = 0;
    else if (word == "high")
        preference = 1;
    else if (preference = parse_number<std::uint8_t>(word); !preference)
        return wrong_argument("\"pref\" value is invalid\n", word);
    return {};
}

Result<> take_ttl_propagate(RouteParser& parser) {
    auto& words = parser.words;
    if (words.done()) return incomplete_line();
    if (words.take_prefix("enabled"))
        parser.route.ttl_propagate = 1;
    else if (words.take_prefix("disabled"))
        parser.route.ttl_propagate = 0;
    else
        return wrong_argument("\"ttl-propagate\" value is invalid\n", words.peek());
    return {};
}

constexpr Row early[] = {
    {"src", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.preferred_source = TRY(read_address_of(TRY(parser.words.value()), parser.family));
         return {};
     }},
    {"as", whole, take_new_destination},
    {"via", whole, take_via},
    {"from", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.source = TRY(read_network(TRY(parser.words.value()), parser.family));
         return {};
     }},
    {"tos", whole, take_tos},
    {"dsfield", abbreviable, take_tos},
    {"expires", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.expires = TRY(parser.number<std::uint32_t>("expires"));
         return {};
     }},
    {"metric", abbreviable, take_priority},
    {"priority", abbreviable, take_priority},
    {"preference", whole, take_priority},
    {"scope", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.scope =
             static_cast<std::uint8_t>(TRY(parser.named(NameKind::scope, "invalid \"scope\" value\n")));
         parser.has_scope = true;
         return {};
     }},
};

constexpr Row late[] = {
    {"realms", abbreviable, take_realms},
    {"onlink", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.flags |= topology::route_flag::onlink;
         return {};
     }},
    {"nhid", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.nexthop_id = TRY(parser.number<std::uint32_t>("id"));
         return {};
     }},
    {"protocol", abbreviable,
     [](RouteParser& parser) -> Result<> {
         parser.route.protocol = static_cast<std::uint8_t>(
             TRY(parser.named(NameKind::route_protocol, "\"protocol\" value is invalid\n")));
         return {};
     }},
    {"table", abbreviable,
     [](RouteParser& parser) -> Result<> {
         parser.route.table = TRY(parser.named(NameKind::route_table, "\"table\" value is invalid\n"));
         parser.has_table = true;
         return {};
     }},
    {"vrf", abbreviable, take_vrf},
    {"dev", whole, take_link},
    {"oif", whole, take_link},
    {"pref", abbreviable, take_preference},
    {"encap", whole,
     [](RouteParser& parser) -> Result<> {
         parser.route.encapsulation = TRY(parse_encapsulation(parser.words, parser.context));
         return {};
     }},
    {"ttl-propagate", whole, take_ttl_propagate},
};

/// [ to ] [ TYPE ] PREFIX
Result<> take_destination(RouteParser& parser) {
    auto& words = parser.words;
    words.take_exact("to");
    if (words.done()) return incomplete_line();
    bool const digit = words.peek().starts_with('0') || (words.peek() >= "1" && words.peek() < ":");
    if (auto const type = digit ? std::nullopt : read_route_type(words.peek(), TypeNumbers::refused)) {
        words.skip();
        if (words.done()) return incomplete_line();
        parser.route.type = *type;
    }
    if (words.is_prefix("help")) return route_usage();
    if (parser.has_destination) return garbage_argument("to", words.peek());
    parser.route.destination = TRY(read_network(words.take(), parser.family));
    parser.has_destination = true;
    return {};
}

/// One setting of a hop; false where the present word is none.
Result<bool> take_hop_setting(RouteParser& parser, RouteHop& hop) {
    auto& words = parser.words;
    if (words.take_exact("via")) {
        hop.via = TRY(read_gateway(words, parser.family));
    } else if (words.take_exact("dev")) {
        hop.link = topology::LinkRef{TRY(words.value())};
    } else if (words.take_exact("weight")) {
        auto const word = TRY(words.value());
        auto const weight = parse_number<std::uint16_t>(word);
        if (!weight || *weight == 0 || *weight > 256) return wrong_argument("\"weight\" is invalid\n", word);
        hop.weight = *weight;
    } else if (words.take_exact("onlink")) {
        hop.flags |= topology::route_flag::onlink;
    } else if (words.take_prefix("realms")) {
        auto const word = TRY(words.value());
        hop.realms = read_realms(*parser.context.names, word);
        if (!hop.realms) return wrong_argument("\"realm\" value is invalid\n", word);
    } else if (words.take_exact("encap")) {
        hop.encapsulation = TRY(parse_encapsulation(words, parser.context));
    } else if (words.take_exact("as")) {
        auto word = TRY(words.value());
        if (word == "to") word = TRY(words.value());
        hop.new_destination = TRY(read_address(word, parser.family));
    } else {
        return false;
    }
    return true;
}

/// `nexthop …` to the end of the words.
Result<> take_hops(RouteParser& parser) {
    auto& words = parser.words;
    parser.has_hops = true;
    while (!words.done()) {
        if (!words.take_exact("nexthop"))
            return usage_error(
                fmt::format("Error: \"nexthop\" or end of line is expected instead of \"{}\"", words.peek()));
        if (words.done()) return usage_error("Error: unexpected end of line after \"nexthop\"");
        RouteHop hop;
        while (!words.done() && TRY(take_hop_setting(parser, hop))) {
        }
        parser.route.hops.push_back(std::move(hop));
    }
    return {};
}

Result<> take_setting(RouteParser& parser) {
    auto& words = parser.words;
    auto& metrics = parser.route.metrics;
    if (TRY(take_keyword(parser, early))) return {};
    if (TRY(parse_route_metric(words, metrics, MetricTurn::first))) return {};
    if (words.peek() == "nexthop") return take_hops(parser);
    if (TRY(take_keyword(parser, late))) return {};
    if (TRY(parse_route_metric(words, metrics, MetricTurn::last))) return {};
    return take_destination(parser);
}

/// The table of a route that names none.
std::uint32_t usual_table(RouteType type) {
    bool const local = type == RouteType::local || type == RouteType::broadcast || type == RouteType::nat ||
                       type == RouteType::anycast;
    return local ? topology::local_table : topology::main_table;
}

/// The scope of a route that names none.
std::uint8_t usual_scope(Route const& route, RoutePurpose purpose) {
    if (route.family == Family::ipv6) return topology::global_scope;
    switch (route.type) {
        case RouteType::local:
        case RouteType::nat:
            return topology::host_scope;
        case RouteType::broadcast:
        case RouteType::multicast:
        case RouteType::anycast:
            return topology::link_scope;
        case RouteType::unicast:
        case RouteType::unspecified:
            if (purpose == RoutePurpose::find) return topology::nowhere_scope;
            if (!route.via && route.hops.empty() && route.nexthop_id.value_or(0) == 0)
                return topology::link_scope;
            return topology::global_scope;
        default:
            return purpose == RoutePurpose::find ? topology::nowhere_scope : topology::global_scope;
    }
}

Route unsaid(RoutePurpose purpose) {
    Route route;
    if (purpose == RoutePurpose::put) return route;
    route.type = RouteType::unspecified;
    route.protocol = topology::unspecified_protocol;
    return route;
}

/// Appends keyword and value where there is one.
class WordList {
public:
    void add(std::initializer_list<std::string> more) { words.insert(words.end(), more); }
    template <class T>
    void number(std::string_view keyword, std::optional<T> const& value) {
        if (value) add({std::string(keyword), std::to_string(*value)});
    }
    void via(std::optional<IpAddress> const& via, Family family) {
        if (!via) return;
        add({"via"});
        if (via->family != family) add({gateway_family_word(via->family)});
        add({via->to_string()});
    }
    void new_destination(std::optional<IpAddress> const& address) {
        if (address) add({"as", "to", address->to_string()});
    }
    void realms(std::optional<std::uint32_t> const& realms) {
        if (realms) add({"realms", realms_word(*realms)});
    }
    void encapsulation(std::optional<topology::Encapsulation> const& encapsulation) {
        if (encapsulation) print_encapsulation(*encapsulation, words);
    }

    std::vector<std::string> words;
};

void print_hop(RouteHop const& hop, Family family, WordList& list) {
    list.add({"nexthop"});
    list.encapsulation(hop.encapsulation);
    list.via(hop.via, family);
    list.new_destination(hop.new_destination);
    if (hop.link) list.add({"dev", link_word(*hop.link)});
    if (hop.weight != 1) list.add({"weight", std::to_string(hop.weight)});
    if (hop.flags & topology::route_flag::onlink) list.add({"onlink"});
    list.realms(hop.realms);
}

/// What names a number, where it is not the usual one.
void print_numbers(Route const& route, RoutePurpose purpose, WordList& list) {
    if (route.tos != 0) list.add({"tos", topology::print_nameless(NameKind::ds_field, route.tos)});
    if (route.table != usual_table(route.type))
        list.add({"table", built_in_name(NameKind::route_table, route.table)});
    if (route.protocol != unsaid(purpose).protocol)
        list.add({"proto", built_in_name(NameKind::route_protocol, route.protocol)});
    if (route.scope != usual_scope(route, purpose))
        list.add({"scope", built_in_name(NameKind::scope, route.scope)});
}

std::string preference_word(std::uint8_t preference) {
    switch (preference) {
        case 0:
            return "medium";
        case 1:
            return "high";
        case 3:
            return "low";
        default:
            return std::to_string(preference);
    }
}

}  // namespace

Result<Route> parse_route(WordReader& words, RoutePurpose purpose, RoutingContext& context) {
    RouteParser parser{words, context, unsaid(purpose), context.family};
    while (!words.done()) TRY(take_setting(parser));
    if (!parser.has_destination) return route_usage();
    auto& route = parser.route;
    route.family = parser.family.value_or(Family::ipv4);
    if (!parser.has_table) route.table = usual_table(route.type);
    if (!parser.has_scope) route.scope = usual_scope(route, purpose);
    return std::move(route);
}

std::vector<std::string> route_words(Route const& route, RoutePurpose purpose) {
    WordList list;
    if (route.type != unsaid(purpose).type) list.add({route_type_word(route.type)});
    list.add({network_word(route.destination, route.family)});
    if (route.source) list.add({"from", network_word(route.source, route.family)});
    list.number("nhid", route.nexthop_id);
    list.new_destination(route.new_destination);
    list.encapsulation(route.encapsulation);
    list.via(route.via, route.family);
    if (route.link) list.add({"dev", link_word(*route.link)});
    print_numbers(route, purpose, list);
    if (route.preferred_source) list.add({"src", route.preferred_source->to_string()});
    list.number("metric", route.priority);
    if (route.flags & topology::route_flag::onlink) list.add({"onlink"});
    list.realms(route.realms);
    list.number("expires", route.expires);
    print_route_metrics(route.metrics, list.words);
    if (route.preference) list.add({"pref", preference_word(*route.preference)});
    if (route.ttl_propagate) list.add({"ttl-propagate", *route.ttl_propagate != 0 ? "enabled" : "disabled"});
    for (auto const& hop : route.hops) print_hop(hop, route.family, list);
    return std::move(list.words);
}

}  // namespace vethwork::plan
