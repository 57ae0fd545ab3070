#include <vethwork/plan/nexthop_operation.hpp>

#include <limits>

#include <vethwork/plan/encapsulation_words.hpp>

namespace vethwork::plan {

namespace {

using topology::Nexthop;
using topology::NexthopMember;

constexpr std::uint32_t ticks_per_second = 100;  // USER_HZ

struct NexthopParser {
    WordReader& words;
    RoutingContext& context;
    Nexthop nexthop;
};

using Row = Keyword<NexthopParser>;
constexpr auto whole = Row::Spelling::whole, abbreviable = Row::Spelling::abbreviable;

/// What follows fixes the family where it was open.
void assume_ipv4(Nexthop& nexthop) {
    if (!nexthop.family) nexthop.family = Family::ipv4;
}

Result<> take_via(NexthopParser& parser) {
    auto& nexthop = parser.nexthop;
    auto const address = TRY(read_gateway(parser.words, nexthop.family));
    if (address.family != *nexthop.family)
        return wrong_argument("address family mismatch\n", address.to_string());
    nexthop.via = address;
    return {};
}

/// ID or ID,WEIGHT
Result<std::optional<NexthopMember>> read_member(std::string const& text) {
    auto const comma = text.find(',');
    auto const id = parse_number<std::uint32_t>(text.substr(0, comma));
    if (!id) return std::optional<NexthopMember>{};
    if (comma == std::string::npos) return std::optional(NexthopMember{*id, 1});
    auto const word = text.substr(comma + 1);
    auto const weight = parse_number<std::uint16_t>(word);
    if (!weight || *weight == 0 || *weight > 256) return wrong_argument("\"weight\" is invalid\n", word);
    return std::optional(NexthopMember{*id, *weight});
}

Result<> take_group(NexthopParser& parser) {
    auto const word = TRY(parser.words.value());
    for (auto const part : split(word, '/')) {
        auto const member = TRY(read_member(std::string(part)));
        if (!member)
            return wrong_argument("\"group\" value is invalid\n", word.substr(0, word.find_first_of("/,")));
        parser.nexthop.group.push_back(*member);
    }
    return {};
}

Result<std::uint32_t> take_timer(WordReader& words, std::string_view called) {
    auto const word = TRY(words.value());
    auto const seconds = parse_number<std::uint32_t>(word);
    if (!seconds || *seconds >= std::numeric_limits<std::uint32_t>::max() / ticks_per_second)
        return wrong_argument(fmt::format("invalid {} timer value", called), word);
    return *seconds * ticks_per_second;
}

Result<> take_resilience(NexthopParser& parser) {
    auto& words = parser.words;
    if (words.done()) return {};
    auto& resilience = parser.nexthop.resilience.emplace();
    for (;;) {
        if (words.take_exact("buckets"))
            resilience.buckets = TRY(words.number<std::uint16_t>("invalid buckets value"));
        else if (words.take_exact("idle_timer"))
            resilience.idle_timer = TRY(take_timer(words, "idle"));
        else if (words.take_exact("unbalanced_timer"))
            resilience.unbalanced_timer = TRY(take_timer(words, "unbalanced"));
        else
            return {};
    }
}

Result<> take_type(NexthopParser& parser) {
    auto const word = TRY(parser.words.value());
    parser.nexthop.group_type = topology::NexthopGroupType::multipath;
    if (word == "mpath") return {};
    if (word != "resilient") return wrong_argument("\"type\" value is invalid\n", word);
    parser.nexthop.group_type = topology::NexthopGroupType::resilient;
    return take_resilience(parser);
}

constexpr Row rows[] = {
    {"id", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.id = TRY(take_nexthop_id(parser.words));
         return {};
     }},
    {"dev", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.link = topology::LinkRef{TRY(parser.words.value())};
         assume_ipv4(parser.nexthop);
         return {};
     }},
    {"via", whole, take_via},
    {"encap", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.encapsulation = TRY(parse_encapsulation(parser.words, parser.context));
         return {};
     }},
    {"blackhole", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.blackhole = true;
         assume_ipv4(parser.nexthop);
         return {};
     }},
    {"fdb", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.fdb = true;
         return {};
     }},
    {"onlink", whole,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.flags |= topology::route_flag::onlink;
         return {};
     }},
    {"group", whole, take_group},
    {"type", whole, take_type},
    {"protocol", abbreviable,
     [](NexthopParser& parser) -> Result<> {
         parser.nexthop.protocol = static_cast<std::uint8_t>(
             TRY(parser.context.number(topology::NameKind::route_protocol, TRY(parser.words.value()),
                                       "\"protocol\" value is invalid\n")));
         return {};
     }},
    {"help", whole, [](NexthopParser&) -> Result<> { return nexthop_usage(); }},
};

Result<Nexthop> parse_nexthop(WordReader& words, RoutingContext& context) {
    NexthopParser parser{words, context, {.family = context.family}};
    while (!words.done())
        if (!TRY(take_keyword(parser, rows))) return wrong_argument("", words.peek());
    return std::move(parser.nexthop);
}

class WordList {
public:
    void add(std::initializer_list<std::string> more) { words.insert(words.end(), more); }
    template <class T>
    void number(std::string_view keyword, std::optional<T> const& value) {
        if (value) add({std::string(keyword), std::to_string(*value)});
    }

    std::vector<std::string> words;
};

void print_group(Nexthop const& nexthop, WordList& list) {
    std::string group;
    for (auto const& member : nexthop.group) {
        group += fmt::format("{}{}", group.empty() ? "" : "/", member.id);
        if (member.weight != 1) group += fmt::format(",{}", member.weight);
    }
    if (!group.empty()) list.add({"group", group});
    if (nexthop.fdb) list.add({"fdb"});
    if (nexthop.group_type != topology::NexthopGroupType::resilient) return;
    list.add({"type", "resilient"});
    if (!nexthop.resilience) return;
    list.number("buckets", nexthop.resilience->buckets);
    auto const timer = [&list](std::string_view keyword, std::optional<std::uint32_t> const& ticks) {
        if (ticks) list.add({std::string(keyword), std::to_string(*ticks / ticks_per_second)});
    };
    timer("idle_timer", nexthop.resilience->idle_timer);
    timer("unbalanced_timer", nexthop.resilience->unbalanced_timer);
}

/// The family is told by an option in front of the object.
std::vector<std::string> with_verb(std::string_view verb, Nexthop const& nexthop) {
    WordList list;
    if (nexthop.family == Family::ipv6) list.add({"-6"});
    list.add({"nexthop", std::string(verb)});
    list.number("id", nexthop.id);
    if (nexthop.encapsulation) print_encapsulation(*nexthop.encapsulation, list.words);
    if (nexthop.via) list.add({"via", nexthop.via->to_string()});
    if (nexthop.link) list.add({"dev", link_word(*nexthop.link)});
    if (nexthop.blackhole) list.add({"blackhole"});
    if (nexthop.flags & topology::route_flag::onlink) list.add({"onlink"});
    if (nexthop.protocol != 0)
        list.add({"protocol", built_in_name(topology::NameKind::route_protocol, nexthop.protocol)});
    print_group(nexthop, list);
    return std::move(list.words);
}

std::string described(std::string_view verb, Nexthop const& nexthop) {
    return nexthop.id ? fmt::format("{} next hop {}", verb, *nexthop.id) : fmt::format("{} next hop", verb);
}

}  // namespace

std::string PutNexthop::describe() const {
    return described(mode == NexthopMode::add ? "add" : "replace", nexthop);
}

std::vector<std::string> PutNexthop::words() const {
    return with_verb(mode == NexthopMode::add ? "add" : "replace", nexthop);
}

std::optional<DeleteNexthop> PutNexthop::inverse() const {
    if (mode != NexthopMode::add || !nexthop.id) return {};
    return DeleteNexthop{{.id = nexthop.id}};
}

std::string DeleteNexthop::describe() const { return described("delete", nexthop); }
std::vector<std::string> DeleteNexthop::words() const { return with_verb("delete", nexthop); }

Result<PutNexthop> parse_nexthop_put(WordReader& words, NexthopMode mode, RoutingContext& context) {
    return PutNexthop{mode, TRY(parse_nexthop(words, context))};
}

Result<DeleteNexthop> parse_nexthop_delete(WordReader& words, RoutingContext& context) {
    return DeleteNexthop{TRY(parse_nexthop(words, context))};
}

Result<std::uint32_t> take_nexthop_id(WordReader& words) {
    return words.number<std::uint32_t>("invalid id value");
}

Error nexthop_usage() {
    return usage_error(
        "Usage: ip nexthop [ show | list | flush ] [ proto NUMBER ] [ id ID ] [ dev DEV ] [ vrf NAME ] [ "
        "master DEV ]\n"
        "                  [ groups ] [ fdb ]\n"
        "       ip nexthop { add | replace } id ID NEXTHOP [ protocol PROTOCOL ]\n"
        "       ip nexthop { get | del } id ID\n"
        "       ip nexthop bucket [ show | list ] [ id ID ] [ nhid ID ] [ dev DEV ] [ vrf NAME ] [ master "
        "DEV ]\n"
        "       ip nexthop bucket get id ID index INDEX\n"
        "NEXTHOP := blackhole | [ via ADDRESS ] [ dev DEV ] [ onlink ] [ encap ENCAP ] [ fdb ] |\n"
        "           group ID[,WEIGHT][/ID[,WEIGHT]...] [ fdb ] [ type TYPE ]\n"
        "TYPE := mpath | resilient [ buckets N ] [ idle_timer SECONDS ] [ unbalanced_timer SECONDS ]");
}

}  // namespace vethwork::plan
