#include <vethwork/plan/route_filter_words.hpp>

#include <vethwork/plan/route_operation.hpp>
#include <vethwork/plan/rule_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::NameKind;
using topology::PrefixFilter;
using topology::RouteFilter;

struct FilterParser {
    WordReader& words;
    RoutingContext& context;
    RouteFilter filter;
};

using Row = Keyword<FilterParser>;
constexpr auto whole = Row::Spelling::whole, abbreviable = Row::Spelling::abbreviable;

Result<PrefixFilter> read_prefix_filter(std::string const& word, std::optional<Family> family) {
    PrefixFilter filter;
    if (is_any_word(word)) {
        filter.family = family;
        filter.specified = word == "default";
        filter.prefix = {IpAddress::any(family.value_or(Family::ipv4)), 0};
        return filter;
    }
    filter.prefix = TRY(read_prefix(word, family));
    filter.family = filter.prefix.family();
    return filter;
}

/// [ root | match | exact ] PREFIX
Result<> take_prefix_filter(FilterParser& parser, PrefixFilter& within, PrefixFilter& match) {
    auto& words = parser.words;
    if (words.done()) return incomplete_line();
    enum class Kind { at_most, at_least, exact } kind = Kind::exact;
    if (words.take_prefix("root"))
        kind = Kind::at_most;
    else if (words.take_prefix("match"))
        kind = Kind::at_least;
    else
        words.take_prefix("exact");
    auto const filter = TRY(read_prefix_filter(TRY(words.value()), parser.context.family));
    if (kind != Kind::at_least) within = filter;
    if (kind != Kind::at_most) match = filter;
    return {};
}

Result<> take_table(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    auto& filter = parser.filter;
    if (auto const table = parser.context.names->parse(NameKind::route_table, word))
        filter.table = *table;
    else if (word == "all")
        filter.table = 0;
    else if (word == "cache")
        filter.cached = true;
    else if (word == "help")
        return route_usage();
    else
        return wrong_argument("table id value is invalid\n", word);
    return {};
}

Result<> take_vrf(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const table = parser.context.vrf_table(word);
    if (!table) return wrong_argument("Invalid VRF\n", word);
    parser.filter.table = *table;
    parser.filter.without_local = true;
    return {};
}

/// A name, a number, or `all`.
Result<std::optional<std::uint8_t>> take_number(FilterParser& parser, NameKind kind, std::string_view what) {
    auto const word = TRY(parser.words.value());
    auto const number = parser.context.names->parse(kind, word);
    if (number) return std::optional(static_cast<std::uint8_t>(*number));
    if (word == "all") return std::optional<std::uint8_t>{};
    return wrong_argument(what, word);
}

Result<> take_tos(FilterParser& parser) {
    parser.filter.tos = static_cast<std::uint8_t>(
        TRY(parser.context.number(NameKind::ds_field, TRY(parser.words.value()), "TOS value is invalid\n")));
    return {};
}

Result<> take_type(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    parser.filter.type = read_route_type(word, TypeNumbers::taken);
    if (!parser.filter.type) return wrong_argument("node type value is invalid\n", word);
    return {};
}

Result<> take_link(FilterParser& parser) {
    parser.filter.link = topology::LinkRef{TRY(parser.words.value())};
    return {};
}

Result<> take_priority(FilterParser& parser) {
    parser.filter.priority = TRY(parser.words.number<std::uint32_t>("\"metric\" value is invalid\n"));
    return {};
}

Result<> take_via(FilterParser& parser) {
    auto word = TRY(parser.words.value());
    auto family = parser.context.family;
    if (word == "inet" || word == "inet6") {
        family = word == "inet" ? Family::ipv4 : Family::ipv6;
        word = TRY(parser.words.value());
    }
    parser.filter.via = TRY(read_prefix_filter(word, family));
    return {};
}

/// A half that is not told does not restrict.
Result<> take_realms(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const realms = read_realms(*parser.context.names, word);
    if (!realms) return wrong_argument("invalid realms\n", word);
    auto& filter = parser.filter;
    filter.realms = *realms;
    filter.realms_mask = 0xffffffff;
    if ((*realms & 0xffff) == 0 && word.ends_with('/')) filter.realms_mask &= 0xffff0000;
    if ((*realms & 0xffff0000) == 0 && (word.find('/') == std::string::npos || word.starts_with('/')))
        filter.realms_mask &= 0x0000ffff;
    return {};
}

Result<> take_cached(FilterParser& parser) {
    parser.filter.cached = true;
    return {};
}

constexpr Row rows[] = {
    {"table", abbreviable, take_table},
    {"vrf", abbreviable, take_vrf},
    {"cached", abbreviable, take_cached},
    {"cloned", abbreviable, take_cached},
    {"tos", whole, take_tos},
    {"dsfield", abbreviable, take_tos},
    {"protocol", abbreviable,
     [](FilterParser& parser) -> Result<> {
         parser.filter.protocol =
             TRY(take_number(parser, NameKind::route_protocol, "invalid \"protocol\"\n"));
         return {};
     }},
    {"scope", abbreviable,
     [](FilterParser& parser) -> Result<> {
         parser.filter.scope = TRY(take_number(parser, NameKind::scope, "invalid \"scope\"\n"));
         return {};
     }},
    {"type", abbreviable, take_type},
    {"dev", whole, take_link},
    {"oif", whole, take_link},
    {"iif", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.incoming = topology::LinkRef{TRY(parser.words.value())};
         return {};
     }},
    {"mark", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.mark = TRY(parser.words.number<std::uint32_t>("invalid mark value"));
         return {};
     }},
    {"metric", abbreviable, take_priority},
    {"priority", abbreviable, take_priority},
    {"preference", whole, take_priority},
    {"via", whole, take_via},
    {"src", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.preferred_source =
             TRY(read_prefix_filter(TRY(parser.words.value()), parser.context.family));
         return {};
     }},
    {"realms", abbreviable, take_realms},
    {"from", abbreviable,
     [](FilterParser& parser) {
         return take_prefix_filter(parser, parser.filter.source_within, parser.filter.source_match);
     }},
};

struct QuestionParser {
    WordReader& words;
    RoutingContext& context;
    RouteQuestion question;
    std::optional<Family> family;
    bool has_destination = false;
};

using QuestionRow = Keyword<QuestionParser>;
constexpr auto said_whole = QuestionRow::Spelling::whole, said_short = QuestionRow::Spelling::abbreviable;

Result<> take_question_tos(QuestionParser& parser) {
    parser.question.tos = static_cast<std::uint8_t>(
        TRY(parser.context.number(NameKind::ds_field, TRY(parser.words.value()), "TOS value is invalid\n")));
    return {};
}

Result<> take_outgoing(QuestionParser& parser) {
    parser.question.outgoing = topology::LinkRef{TRY(parser.words.value())};
    return {};
}

constexpr QuestionRow question_rows[] = {
    {"tos", said_whole, take_question_tos},
    {"dsfield", said_short, take_question_tos},
    {"from", said_short,
     [](QuestionParser& parser) -> Result<> {
         if (parser.words.done()) return incomplete_line();
         if (parser.words.is_prefix("help")) return route_usage();
         parser.question.has_source = true;
         parser.question.source = TRY(read_network(parser.words.take(), parser.family));
         return {};
     }},
    {"iif", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.incoming = topology::LinkRef{TRY(parser.words.value())};
         return {};
     }},
    {"mark", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.mark = TRY(parser.words.number<std::uint32_t>("invalid mark value"));
         return {};
     }},
    {"oif", said_short, take_outgoing},
    {"dev", said_whole, take_outgoing},
    {"notify", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.notify = true;
         return {};
     }},
    {"connected", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.connected = true;
         return {};
     }},
    {"vrf", said_short,
     [](QuestionParser& parser) -> Result<> {
         auto const word = TRY(parser.words.value());
         if (word == "default" || !parser.context.vrf_table(word))
             return wrong_argument("Invalid VRF\n", word);
         parser.question.outgoing = topology::LinkRef{word};
         return {};
     }},
    {"uid", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.uid = TRY(parser.words.number<std::uint32_t>("invalid UID\n"));
         return {};
     }},
    {"fibmatch", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.fib_match = true;
         return {};
     }},
    {"sport", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.source_port = TRY(parser.words.number<std::uint16_t>("invalid sport\n"));
         return {};
     }},
    {"dport", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.destination_port = TRY(parser.words.number<std::uint16_t>("invalid dport\n"));
         return {};
     }},
    {"ipproto", said_short,
     [](QuestionParser& parser) -> Result<> {
         parser.question.ip_protocol = TRY(read_ip_protocol(parser.context, TRY(parser.words.value())));
         return {};
     }},
};

/// [ to ] ADDRESS; a length that is not that of an address is passed over with a warning.
Result<> take_question_destination(QuestionParser& parser) {
    auto& words = parser.words;
    words.take_exact("to");
    if (words.done()) return incomplete_line();
    if (words.is_prefix("help")) return route_usage();
    parser.has_destination = true;
    auto const word = words.take();
    if (is_any_word(word)) return {};
    auto prefix = TRY(read_prefix(word, parser.family));
    if (!parser.family) parser.family = prefix.family();
    if (!prefix.is_host())
        parser.context.warnings.push_back(
            fmt::format("Warning: /{} as prefix is invalid, only /{} (or none) is supported.", prefix.length,
                        address_bits(prefix.family())));
    prefix.length = address_bits(prefix.family());
    parser.question.destination = prefix;
    return {};
}

}  // namespace

Result<RouteFilter> parse_route_filter(WordReader& words, RoutingContext& context) {
    FilterParser parser{words, context, {}};
    auto& filter = parser.filter;
    while (!words.done()) {
        if (TRY(take_keyword(parser, rows))) continue;
        words.take_prefix("to");
        TRY(take_prefix_filter(parser, filter.destination_within, filter.destination_match));
    }
    filter.family = context.family;
    if (!filter.family && filter.table != 0) filter.family = Family::ipv4;
    return std::move(filter);
}

Result<RouteQuestion> parse_route_question(WordReader& words, RoutingContext& context) {
    QuestionParser parser{words, context, {}, context.family};
    while (!words.done())
        if (!TRY(take_keyword(parser, question_rows))) TRY(take_question_destination(parser));
    if (!parser.has_destination) return refused("need at least a destination address");
    parser.question.family = parser.family.value_or(Family::ipv4);
    return std::move(parser.question);
}

}  // namespace vethwork::plan
