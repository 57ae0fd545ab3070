#include <vethwork/plan/rule_words.hpp>

#include <charconv>

#include <vethwork/plan/rule_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::NameKind;
using topology::Rule;
using topology::RuleAction;

struct RuleParser {
    WordReader& words;
    RoutingContext& context;
    Rule rule;
    bool has_table = false, is_l3 = false;
};

using Row = Keyword<RuleParser>;
constexpr auto whole = Row::Spelling::whole, abbreviable = Row::Spelling::abbreviable;

template <std::optional<IpPrefix> Rule::*Member>
Result<> take_network(RuleParser& parser) {
    auto family = parser.context.family;
    parser.rule.*Member = TRY(read_network(TRY(parser.words.value()), family));
    return {};
}

Result<> take_priority(RuleParser& parser) {
    parser.rule.priority = TRY(parser.words.number<std::uint32_t>("preference value is invalid\n"));
    return {};
}

Result<> take_tos(RuleParser& parser) {
    parser.rule.tos = static_cast<std::uint8_t>(
        TRY(parser.context.number(NameKind::ds_field, TRY(parser.words.value()), "TOS value is invalid\n")));
    return {};
}

/// MARK or MARK/MASK
Result<> take_mark(RuleParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const slash = word.find('/');
    auto const mark = word.substr(0, slash);
    parser.rule.mark = parse_number<std::uint32_t>(mark);
    if (!parser.rule.mark) return wrong_argument("fwmark value is invalid\n", mark);
    if (slash == std::string::npos) return {};
    auto const mask = word.substr(slash + 1);
    parser.rule.mark_mask = parse_number<std::uint32_t>(mask);
    if (!parser.rule.mark_mask) return wrong_argument("fwmask value is invalid\n", mask);
    return {};
}

Result<> take_realms(RuleParser& parser) {
    auto const word = TRY(parser.words.value());
    parser.rule.realms = read_realms(*parser.context.names, word);
    if (!parser.rule.realms) return wrong_argument("invalid realms\n", word);
    return {};
}

Result<> take_table(RuleParser& parser) {
    parser.rule.table =
        TRY(parser.context.number(NameKind::route_table, TRY(parser.words.value()), "invalid table ID\n"));
    parser.has_table = true;
    return {};
}

Result<> take_suppressed_length(RuleParser& parser) {
    auto const word = TRY(parser.words.value());
    auto const length = parse_number<std::int32_t>(word);
    if (!length || *length < 0) return wrong_argument("suppress_prefixlength value is invalid\n", word);
    parser.rule.suppress_prefix_length = static_cast<std::uint32_t>(*length);
    return {};
}

Result<> take_suppressed_group(RuleParser& parser) {
    parser.rule.suppress_group = TRY(parser.context.number(NameKind::group, TRY(parser.words.value()),
                                                           "Invalid \"suppress_ifgroup\" value\n"));
    return {};
}

template <std::optional<std::string> Rule::*Member>
Result<> take_link(RuleParser& parser, std::string_view complaint) {
    auto const word = TRY(parser.words.value());
    if (word.size() > 15 || word.empty() || word.find_first_of("/ \t\n\v\f\r") != std::string::npos)
        return wrong_argument(complaint, word);
    parser.rule.*Member = word;
    return {};
}

Result<> take_incoming(RuleParser& parser) {
    return take_link<&Rule::incoming>(parser, "\"iif\"/\"dev\" not a valid ifname");
}

Result<> take_nat(RuleParser& parser) {
    auto const word = TRY(parser.words.value());
    parser.context.warnings.emplace_back("Warning: route NAT is deprecated");
    auto const address = read_address(word, Family::ipv4);
    if (!address) return refused(fmt::format("Error: an IP address is expected rather than \"{}\"", word));
    parser.rule.nat_gateway = *address;
    parser.rule.action = RuleAction::nat;
    return {};
}

constexpr Row rows[] = {
    {"not", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.flags |= topology::rule_flag::invert;
         return {};
     }},
    {"from", whole, take_network<&Rule::source>},
    {"to", whole, take_network<&Rule::destination>},
    {"preference", abbreviable, take_priority},
    {"order", abbreviable, take_priority},
    {"priority", abbreviable, take_priority},
    {"tos", whole, take_tos},
    {"dsfield", abbreviable, take_tos},
    {"fwmark", whole, take_mark},
    {"realms", abbreviable, take_realms},
    {"protocol", abbreviable,
     [](RuleParser& parser) -> Result<> {
         parser.rule.protocol = static_cast<std::uint8_t>(TRY(parser.context.number(
             NameKind::route_protocol, TRY(parser.words.value()), "\"protocol\" value is invalid\n")));
         return {};
     }},
    {"tun_id", abbreviable,
     [](RuleParser& parser) -> Result<> {
         parser.rule.tunnel_id = TRY(parser.words.number<std::uint64_t>("\"tun_id\" value is invalid\n"));
         return {};
     }},
    {"table", abbreviable, take_table},
    {"lookup", whole, take_table},
    {"suppress_prefixlength", abbreviable, take_suppressed_length},
    {"sup_pl", whole, take_suppressed_length},
    {"suppress_ifgroup", abbreviable, take_suppressed_group},
    {"sup_group", whole, take_suppressed_group},
    {"dev", whole, take_incoming},
    {"iif", whole, take_incoming},
    {"oif", whole,
     [](RuleParser& parser) { return take_link<&Rule::outgoing>(parser, "\"oif\" not a valid ifname"); }},
    {"l3mdev", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.l3_master = 1;
         parser.has_table = parser.is_l3 = true;
         return {};
     }},
    {"uidrange", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.uids = TRY(read_uids(TRY(parser.words.value())));
         return {};
     }},
    {"nat", whole, take_nat},
    {"map-to", abbreviable, take_nat},
    {"ipproto", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.ip_protocol = TRY(read_ip_protocol(parser.context, TRY(parser.words.value())));
         return {};
     }},
    {"sport", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.source_ports = TRY(read_ports(TRY(parser.words.value()), "invalid port range\n"));
         return {};
     }},
    {"dport", whole,
     [](RuleParser& parser) -> Result<> {
         parser.rule.destination_ports = TRY(read_ports(TRY(parser.words.value()), "invalid dport range\n"));
         return {};
     }},
};

/// [ type ] ACTION
Result<> take_action(RuleParser& parser) {
    auto& words = parser.words;
    auto& rule = parser.rule;
    if (words.take_exact("type") && words.done()) return incomplete_line();
    if (words.is_prefix("help")) return rule_usage();
    parser.has_table = true;
    if (words.take_prefix("goto")) {
        rule.target = TRY(words.number<std::uint32_t>("invalid target\n"));
        rule.action = RuleAction::go_to;
    } else if (words.take_prefix("nop")) {
        rule.action = RuleAction::no_operation;
    } else {
        auto const type = read_route_type(words.peek(), TypeNumbers::taken);
        if (!type) return wrong_argument("Failed to parse rule type", words.peek());
        words.skip();
        rule.action = static_cast<RuleAction>(*type);
    }
    return {};
}

std::string network_part(std::optional<IpPrefix> const& network) {
    return network->is_host() ? network->address.to_string() : network->to_string();
}

std::string ports_word(topology::PortRange const& ports) {
    return ports.first == ports.last ? std::to_string(ports.first)
                                     : fmt::format("{}-{}", ports.first, ports.last);
}

/// Where each action told later takes the place of one told before, but not of what came with it.
std::vector<std::string> earlier_words(Rule const& rule, RulePurpose purpose) {
    std::vector<std::string> words;
    bool const is_nat = rule.action == RuleAction::nat && rule.nat_gateway;
    if (is_nat && purpose == RulePurpose::put && rule.table == 0 && !rule.l3_master)
        words = {"type", "0"};  // `nat` alone leaves the table to be chosen
    if (rule.target && rule.action != RuleAction::go_to)
        words.insert(words.end(), {"goto", std::to_string(*rule.target)});
    if (rule.nat_gateway && rule.action != RuleAction::nat)
        words.insert(words.end(), {"nat", rule.nat_gateway->to_string()});
    return words;
}

/// `first`: no other action is told before this one.
std::vector<std::string> last_words(Rule const& rule, RulePurpose purpose, bool first) {
    switch (rule.action) {
        case RuleAction::go_to:
            if (!rule.target) return {"type", "2"};
            return {"goto", std::to_string(*rule.target)};
        case RuleAction::no_operation:
            return {"nop"};
        case RuleAction::nat:
            if (!rule.nat_gateway) return {"type", "nat"};
            return {"nat", rule.nat_gateway->to_string()};
        case RuleAction::to_table: {  // its number stands for the action where no table was told
            bool const by_itself =
                first && (rule.table != 0 || (purpose == RulePurpose::put && rule.l3_master));
            return by_itself ? std::vector<std::string>{} : std::vector<std::string>{"type", "1"};
        }
        case RuleAction::unspecified:  // what is looked for may have any
            if (first && purpose == RulePurpose::find) return {};
            return {"type", "0"};
        default:
            return {route_type_word(static_cast<topology::RouteType>(rule.action))};
    }
}

std::vector<std::string> action_words(Rule const& rule, RulePurpose purpose) {
    auto words = earlier_words(rule, purpose);
    auto const last = last_words(rule, purpose, words.empty());
    words.insert(words.end(), last.begin(), last.end());
    return words;
}

class WordList {
public:
    void add(std::initializer_list<std::string> more) { words.insert(words.end(), more); }
    template <class T, class Text>
    void add_if(std::string_view keyword, std::optional<T> const& value, Text const& text) {
        if (value) add({std::string(keyword), text(*value)});
    }
    template <class T>
    void number(std::string_view keyword, std::optional<T> const& value) {
        add_if(keyword, value, [](auto number) { return std::to_string(number); });
    }

    std::vector<std::string> words;
};

std::string mark_word(Rule const& rule) {
    auto const mark = fmt::format("{:#x}", rule.mark.value_or(0));
    return rule.mark_mask ? fmt::format("{}/{:#x}", mark, *rule.mark_mask) : mark;
}

void print_selector(Rule const& rule, WordList& list) {
    if (rule.flags & topology::rule_flag::invert) list.add({"not"});
    if (rule.source) list.add({"from", network_part(rule.source)});
    if (rule.destination) list.add({"to", network_part(rule.destination)});
    if (rule.tos != 0) list.add({"tos", topology::print_nameless(NameKind::ds_field, rule.tos)});
    if (rule.mark || rule.mark_mask) list.add({"fwmark", mark_word(rule)});
    if (rule.incoming) list.add({"iif", *rule.incoming});
    if (rule.outgoing) list.add({"oif", *rule.outgoing});
    if (rule.l3_master.value_or(0) != 0) list.add({"l3mdev"});
    list.add_if("uidrange", rule.uids,
                [](auto const& uids) { return fmt::format("{}-{}", uids.first, uids.last); });
    list.number("ipproto", rule.ip_protocol);
    list.add_if("sport", rule.source_ports, ports_word);
    list.add_if("dport", rule.destination_ports, ports_word);
    list.number("tun_id", rule.tunnel_id);
}

constexpr std::uint32_t nothing_suppressed = 0xffffffff;

}  // namespace

std::optional<NumberPair> read_pair(std::string_view word) {
    NumberPair pair;
    auto const* const end = word.data() + word.size();
    auto const [after, error] = std::from_chars(word.data(), end, pair.first);
    if (error != std::errc{}) return {};
    if (after == end || *after != '-') return pair;
    std::uint64_t last = 0;
    if (std::from_chars(after + 1, end, last).ec == std::errc{}) pair.last = last;
    return pair;
}

Result<topology::PortRange> read_ports(std::string const& word, std::string_view complaint) {
    auto const pair = read_pair(word);
    if (!pair) return wrong_argument(complaint, word);
    return topology::PortRange{static_cast<std::uint16_t>(pair->first),
                               static_cast<std::uint16_t>(pair->last.value_or(pair->first))};
}

Result<topology::UidRange> read_uids(std::string const& word) {
    auto const pair = read_pair(word);
    if (!pair || !pair->last) return wrong_argument("invalid UID range\n", word);
    return topology::UidRange{static_cast<std::uint32_t>(pair->first),
                              static_cast<std::uint32_t>(*pair->last)};
}

Result<std::uint8_t> read_ip_protocol(RoutingContext const& context, std::string const& word) {
    if (auto const number = parse_number<std::uint8_t>(word, 10)) return *number;
    if (auto const number = context.ip_protocol(word)) return *number;
    return wrong_argument("Invalid \"ipproto\" value\n", word);
}

Result<Rule> parse_rule(WordReader& words, RulePurpose purpose, RoutingContext& context) {
    RuleParser parser{words, context, {}};
    auto& rule = parser.rule;
    if (purpose == RulePurpose::find) rule.action = RuleAction::unspecified;
    while (!words.done())
        if (!TRY(take_keyword(parser, rows))) TRY(take_action(parser));
    if (parser.is_l3 && rule.table != 0) return refused(std::string(l3_table_complaint));
    rule.family = context.family.value_or(Family::ipv4);
    if (!parser.has_table && purpose == RulePurpose::put) rule.table = topology::main_table;
    return std::move(rule);
}

std::vector<std::string> rule_words(Rule const& rule, RulePurpose purpose) {
    WordList list;
    print_selector(rule, list);
    list.number("pref", rule.priority);
    auto const action = action_words(rule, purpose);
    list.words.insert(list.words.end(), action.begin(), action.end());
    bool const main_by_itself = purpose == RulePurpose::put && rule.table == topology::main_table &&
                                action.empty() && !rule.l3_master;
    if (rule.table != 0 && !main_by_itself)
        list.add({"lookup", built_in_name(NameKind::route_table, rule.table)});
    if (rule.suppress_prefix_length != nothing_suppressed)
        list.number("suppress_prefixlength", rule.suppress_prefix_length);
    if (rule.suppress_group != nothing_suppressed) list.number("suppress_ifgroup", rule.suppress_group);
    list.add_if("realms", rule.realms, realms_word);
    list.add_if("protocol", rule.protocol,
                [](auto number) { return built_in_name(NameKind::route_protocol, number); });
    // Neither `rule add` nor `rule del` takes silence.
    if (list.words.empty()) list.add({"from", "all"});
    return std::move(list.words);
}

}  // namespace vethwork::plan
