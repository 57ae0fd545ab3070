#include <vethwork/plan/rule_filter_words.hpp>

#include <vethwork/plan/rule_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::NameKind;
using topology::Rule;

struct FilterParser {
    WordReader& words;
    RoutingContext& context;
    std::optional<Family> family;
    RuleFilter filter;
};

using Row = Keyword<FilterParser>;
constexpr auto whole = Row::Spelling::whole, abbreviable = Row::Spelling::abbreviable;

Result<> take_priority(FilterParser& parser) {
    parser.filter.like.priority = TRY(parser.words.number<std::uint32_t>("preference value is invalid\n"));
    return {};
}

Result<> take_tos(FilterParser& parser) {
    parser.filter.tos = static_cast<std::uint8_t>(
        TRY(parser.context.number(NameKind::ds_field, TRY(parser.words.value()), "TOS value is invalid\n")));
    return {};
}

Result<> take_mark(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const slash = word.find('/');
    auto const mark = parse_number<std::uint32_t>(word.substr(0, slash));
    if (!mark) return wrong_argument("fwmark value is invalid\n", word.substr(0, slash));
    if (*mark != 0) parser.filter.like.mark = mark;
    if (slash == std::string::npos) return {};
    auto const mask = parse_number<std::uint32_t>(word.substr(slash + 1));
    if (!mask) return wrong_argument("fwmask value is invalid\n", word.substr(slash + 1));
    if (*mask != 0) parser.filter.like.mark_mask = mask;
    return {};
}

template <std::optional<std::string> Rule::*Member>
Result<> take_link(FilterParser& parser, std::string_view complaint) {
    auto const word = TRY(parser.words.value());
    if (word.size() > 15 || word.empty() || word.find_first_of("/ \t\n\v\f\r") != std::string::npos)
        return wrong_argument(complaint, word);
    parser.filter.like.*Member = word;
    return {};
}

Result<> take_incoming(FilterParser& parser) {
    return take_link<&Rule::incoming>(parser, "\"iif\"/\"dev\" not a valid ifname");
}

Result<> take_table(FilterParser& parser) {
    parser.filter.table = TRY(parser.context.number(NameKind::route_table, TRY(parser.words.value()),
                                                    "table id value is invalid\n"));
    return {};
}

Result<> take_source(FilterParser& parser) {
    auto family = parser.family;
    parser.filter.like.source = TRY(read_network(TRY(parser.words.value()), family));
    return {};
}

Result<> take_protocol(FilterParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const number = parser.context.names->parse(NameKind::route_protocol, word);
    if (!number && word != "all") return wrong_argument("invalid \"protocol\"\n", word);
    if (number) parser.filter.protocol = static_cast<std::uint8_t>(*number);
    return {};
}

constexpr Row rows[] = {
    {"preference", abbreviable, take_priority},
    {"order", abbreviable, take_priority},
    {"priority", abbreviable, take_priority},
    {"not", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.inverted = true;
         return {};
     }},
    {"tos", whole, take_tos},
    {"dsfield", whole, take_tos},
    {"fwmark", whole, take_mark},
    {"dev", whole, take_incoming},
    {"iif", whole, take_incoming},
    {"oif", whole,
     [](FilterParser& parser) { return take_link<&Rule::outgoing>(parser, "\"oif\" not a valid ifname"); }},
    {"l3mdev", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.like.l3_master = 1;
         return {};
     }},
    {"uidrange", whole,
     [](FilterParser& parser) -> Result<> {
         parser.filter.like.uids = TRY(read_uids(TRY(parser.words.value())));
         return {};
     }},
    {"tun_id", abbreviable,
     [](FilterParser& parser) -> Result<> {
         auto const id = TRY(parser.words.number<std::uint64_t>("\"tun_id\" value is invalid\n"));
         if (id != 0) parser.filter.like.tunnel_id = id;
         return {};
     }},
    {"lookup", abbreviable, take_table},
    {"table", abbreviable, take_table},
    {"from", abbreviable, take_source},
    {"src", abbreviable, take_source},
    {"protocol", abbreviable, take_protocol},
    {"ipproto", whole,
     [](FilterParser& parser) -> Result<> {
         auto const protocol = TRY(read_ip_protocol(parser.context, TRY(parser.words.value())));
         if (protocol != 0) parser.filter.like.ip_protocol = protocol;
         return {};
     }},
    {"sport", whole,
     [](FilterParser& parser) -> Result<> {
         auto const ports = TRY(read_ports(TRY(parser.words.value()), "invalid port range\n"));
         if (ports.first != 0) parser.filter.like.source_ports = ports;
         return {};
     }},
    {"dport", whole,
     [](FilterParser& parser) -> Result<> {
         auto const ports = TRY(read_ports(TRY(parser.words.value()), "invalid dport range\n"));
         if (ports.first != 0) parser.filter.like.destination_ports = ports;
         return {};
     }},
};

/// [ dst | to ] PREFIX
Result<> take_destination(FilterParser& parser) {
    auto& words = parser.words;
    if (!words.take_prefix("dst")) words.take_prefix("to");
    auto family = parser.family;
    parser.filter.like.destination = TRY(read_network(TRY(words.value()), family));
    return {};
}

/// Of the same family, at least as long, and with the same beginning; a rule without one passes only where
/// nothing is wanted.
bool is_within(std::optional<IpPrefix> const& wanted, std::optional<IpPrefix> const& prefix) {
    if (!wanted) return true;
    return prefix && prefix->length >= wanted->length && wanted->contains(prefix->address);
}

template <class T>
bool is_same(std::optional<T> const& wanted, std::optional<T> const& value) {
    return !wanted || wanted == value;
}

bool is_number(std::optional<std::uint32_t> const& wanted, std::optional<std::uint32_t> const& value) {
    return !wanted || *wanted == value.value_or(0);
}

}  // namespace

bool RuleFilter::accepts(Rule const& rule) const {
    if (inverted && !(rule.flags & topology::rule_flag::invert)) return false;
    if (!is_within(like.source, rule.source) || !is_within(like.destination, rule.destination)) return false;
    if (tos && rule.tos != *tos) return false;
    if (table != 0 && rule.table != table) return false;
    if (like.l3_master && rule.l3_master.value_or(0) == 0) return false;
    return is_number(like.priority, rule.priority) && is_number(like.mark, rule.mark) &&
           is_number(like.mark_mask, rule.mark_mask) && is_same(like.incoming, rule.incoming) &&
           is_same(like.outgoing, rule.outgoing) && is_same(like.uids, rule.uids) &&
           is_same(like.ip_protocol, rule.ip_protocol) && is_same(like.source_ports, rule.source_ports) &&
           is_same(like.destination_ports, rule.destination_ports) && is_same(like.tunnel_id, rule.tunnel_id);
}

Result<RuleFilter> parse_rule_filter(WordReader& words, RoutingContext& context) {
    FilterParser parser{words, context, context.family.value_or(Family::ipv4), {}};
    while (!words.done())
        if (!TRY(take_keyword(parser, rows))) TRY(take_destination(parser));
    return std::move(parser.filter);
}

}  // namespace vethwork::plan
