// Reading the words of `neighbour add`, `change`, `replace`, `delete` and `get`.
#include <linux/neighbour.h>

#include <vethwork/plan/neighbour_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::Neighbour;

struct State {
    std::string_view name;
    std::uint16_t bits;
    bool abbreviated;  ///< whether a beginning of the name is enough
};

constexpr State states[] = {
    {"permanent", NUD_PERMANENT, true}, {"reachable", NUD_REACHABLE, true},
    {"noarp", NUD_NOARP, false},        {"none", NUD_NONE, false},
    {"stale", NUD_STALE, false},        {"incomplete", NUD_INCOMPLETE, false},
    {"delay", NUD_DELAY, false},        {"probe", NUD_PROBE, false},
    {"failed", NUD_FAILED, true},
};

constexpr std::string_view usage =
    "Usage: ip neighbour [ show ] [ SELECTION ]\n"
    "       ip neighbour flush SELECTION\n"
    "       ip neighbour { add | change | replace } ADDRESS dev LINK\n"
    "                    [ lladdr LLADDR ] [ nud STATE ] [ FLAGS ] [ protocol PROTOCOL ]\n"
    "       ip neighbour { add | delete } proxy ADDRESS [ dev LINK ]\n"
    "       ip neighbour delete ADDRESS dev LINK\n"
    "       ip neighbour get { ADDRESS | proxy ADDRESS } dev LINK\n"
    "SELECTION := [ proxy ] [ to PREFIX ] [ dev LINK ] [ nud { STATE | all } ] [ unused ]\n"
    "             [ protocol PROTOCOL ] [ master LINK | nomaster | vrf NAME ]\n"
    "FLAGS     := [ router ] [ use ] [ managed ] [ extern_learn ]\n"
    "STATE     := { delay | failed | incomplete | noarp | none | permanent | probe |\n"
    "               reachable | stale }";

Error help() { return usage_error(std::string(usage)); }

/// A neighbour as far as it has been read.
struct Draft {
    Neighbour neighbour;
    std::optional<Family> family;
    bool has_address = false, has_link = false;
    std::optional<std::string> link_address;
};

Result<> take_address(WordReader& words, Draft& draft) {
    auto const word = TRY(words.value());
    draft.has_address = true;
    // No neighbour has a word like `any` for its address; the caller complains that there is none.
    if (!is_any_word(word)) draft.neighbour.address = TRY(read_address(word, draft.family));
    return {};
}

Result<> parse_proxy(WordReader& words, Draft& draft) {
    if (words.done()) return incomplete_line();
    if (words.is_prefix("help")) return help();
    if (draft.has_address) return duplicate_argument("address", words.peek());
    TRY(take_address(words, draft));
    draft.has_link = true;
    draft.neighbour.flags |= NTF_PROXY;
    return {};
}

Result<> parse_link_address(WordReader& words, Draft& draft) {
    auto const word = TRY(words.value());
    if (draft.link_address) return duplicate_argument("lladdr", word);
    draft.link_address = word;
    return {};
}

Result<> parse_state(WordReader& words, Draft& draft) {
    auto const word = TRY(words.value());
    auto const state = parse_neighbour_state(word);
    if (!state) return wrong_argument("nud state is bad", word);
    draft.neighbour.state = *state;
    return {};
}

Result<> parse_protocol(WordReader& words, Draft& draft, topology::Names& names) {
    auto const word = TRY(words.value());
    auto const number = names.parse(topology::NameKind::route_protocol, word);
    if (!number) return wrong_argument("\"protocol\" value is invalid\n", word);
    draft.neighbour.protocol = static_cast<std::uint8_t>(*number);
    return {};
}

Result<> parse_link(WordReader& words, Draft& draft) {
    draft.neighbour.link.name = TRY(words.value());
    draft.has_link = true;
    return {};
}

/// The address of no keyword, or behind `to`. The word `help` is passed over, as iproute2 does here.
Result<> parse_to(WordReader& words, Draft& draft) {
    if (words.take_exact("to") && words.done()) return incomplete_line();
    if (words.take_prefix("help") && words.done()) return incomplete_line();
    if (draft.has_address) return garbage_argument("to", words.peek());
    return take_address(words, draft);
}

/// One keyword that carries no value; false where the word is none.
bool parse_flag(WordReader& words, Neighbour& neighbour) {
    if (words.take_exact("router")) {
        neighbour.flags |= NTF_ROUTER;
    } else if (words.take_exact("use")) {
        neighbour.flags |= NTF_USE;
    } else if (words.take_exact("managed")) {
        neighbour.extended_flags = NTF_EXT_MANAGED;
        neighbour.state = NUD_NONE;
    } else if (words.take_prefix("extern_learn")) {
        neighbour.flags |= NTF_EXT_LEARNED;
    } else {
        return false;
    }
    return true;
}

Result<> parse_word(WordReader& words, Draft& draft, topology::Names& names) {
    if (words.take_prefix("lladdr")) return parse_link_address(words, draft);
    if (words.take_exact("nud")) return parse_state(words, draft);
    if (words.take_prefix("proxy")) return parse_proxy(words, draft);
    if (parse_flag(words, draft.neighbour)) return {};
    if (words.take_exact("dev")) return parse_link(words, draft);
    if (words.take_prefix("protocol")) return parse_protocol(words, draft, names);
    return parse_to(words, draft);
}

Result<Neighbour> parse_neighbour(WordReader& words, std::optional<Family> family, topology::Names& names) {
    Draft draft{.family = family};
    draft.neighbour.state = NUD_PERMANENT;
    while (!words.done()) TRY(parse_word(words, draft, names));
    if (!draft.has_link || !draft.neighbour.address)
        return usage_error("Device and destination are required arguments.");
    if (draft.link_address && *draft.link_address != "null")
        draft.neighbour.link_address = TRY(read_link_address(*draft.link_address));
    return draft.neighbour;
}

}  // namespace

std::string_view neighbour_usage() { return usage; }

std::optional<std::uint16_t> parse_neighbour_state(std::string_view word) {
    for (auto const& state : states)
        if (state.abbreviated && !word.empty() ? state.name.starts_with(word) : state.name == word)
            return state.bits;
    auto const bits = parse_number<std::uint32_t>(word);
    if (!bits || *bits >= 0x100 || (*bits & (*bits - 1)) != 0) return {};
    return static_cast<std::uint16_t>(*bits);
}

Result<PutNeighbour> parse_neighbour_put(WordReader& words, PutMode mode, std::optional<Family> family,
                                         topology::Names& names) {
    return PutNeighbour{.neighbour = TRY(parse_neighbour(words, family, names)), .mode = mode};
}

Result<DeleteNeighbour> parse_neighbour_delete(WordReader& words, std::optional<Family> family,
                                               topology::Names& names) {
    return DeleteNeighbour{TRY(parse_neighbour(words, family, names))};
}

Result<Neighbour> parse_neighbour_get(WordReader& words, std::optional<Family> family) {
    Draft draft{.family = family};
    while (!words.done()) {
        if (words.take_exact("dev")) {
            TRY(parse_link(words, draft));
        } else if (words.take_prefix("proxy")) {
            TRY(parse_proxy(words, draft));
        } else {
            if (words.take_exact("to") && words.done()) return incomplete_line();
            if (words.is_prefix("help")) return help();
            TRY(parse_to(words, draft));
        }
    }
    if (!draft.has_link || !draft.neighbour.address)
        return refused("Device and address are required arguments.");
    return draft.neighbour;
}

}  // namespace vethwork::plan
