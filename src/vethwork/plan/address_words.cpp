// Reading the words of `address add`, `change`, `replace` and `delete`.
#include <linux/rtnetlink.h>

#include <vethwork/plan/address_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::InterfaceAddress;

constexpr std::string_view usage =
    "Usage: ip address [ show ] [ SELECTION ] [ master LINK | nomaster | vrf NAME ]\n"
    "                  [ type KIND ] [ group GROUP ]\n"
    "       ip address { add | change | replace } ADDRESS dev LINK [ LIFETIME ] [ SETFLAGS ]\n"
    "       ip address delete ADDRESS dev LINK\n"
    "       ip address { flush | save } SELECTION\n"
    "       ip address { showdump | restore }\n"
    "ADDRESS   := { PREFIX | IP peer PREFIX } [ broadcast { IP | + | - } ] [ anycast IP ]\n"
    "             [ label LABEL ] [ scope SCOPE ] [ metric METRIC ]\n"
    "SELECTION := [ [ dev ] LINK ] [ scope { SCOPE | all } ] [ to PREFIX ] [ label PATTERN ] [ up ]\n"
    "             [ FLAGS ]\n"
    "SCOPE     := { global | link | host | NUMBER }\n"
    "LIFETIME  := [ valid_lft SECONDS ] [ preferred_lft SECONDS ], or `forever` for SECONDS\n"
    "SETFLAGS  := [ home ] [ nodad ] [ optimistic ] [ mngtmpaddr ] [ noprefixroute ] [ autojoin ]\n"
    "FLAGS     := [ permanent | dynamic ] [ primary | secondary | temporary ] [ [-]tentative ]\n"
    "             [ [-]deprecated ] [ [-]dadfailed ] [ SETFLAGS ]";

/// `+` asks for the last address of the prefix, `-` for the first.
enum class Broadcast { absent, given, last, first };

/// An address as far as it has been read.
struct Draft {
    InterfaceAddress address;
    std::optional<Family> family;
    std::optional<std::string> local_word, valid_word, preferred_word;
    std::uint8_t local_length = 0;
    bool has_peer = false, has_anycast = false;
    Broadcast broadcast = Broadcast::absent;
    topology::AddressLifetimes lifetimes;
};

/// A prefix, or none for `any` and its like. The first one decides the family of the others.
Result<std::optional<IpPrefix>> take_prefix(WordReader& words, Draft& draft) {
    auto const word = TRY(words.value());
    if (is_any_word(word)) {
        if (word != "default" || !draft.family) return std::optional<IpPrefix>{};
        return std::optional(IpPrefix{IpAddress::any(*draft.family), 0});
    }
    auto const prefix = TRY(read_prefix(word, draft.family));
    draft.family = prefix.family();
    return std::optional(prefix);
}

Result<std::optional<IpAddress>> take_address(WordReader& words, Draft& draft) {
    if (is_any_word(words.peek())) {
        auto const prefix = TRY(take_prefix(words, draft));
        return prefix ? std::optional(prefix->address) : std::nullopt;
    }
    auto const address = TRY(read_address(TRY(words.value()), draft.family));
    draft.family = address.family;
    return std::optional(address);
}

Result<> parse_peer(WordReader& words, Draft& draft) {
    if (words.done()) return incomplete_line();
    if (draft.has_peer) return duplicate_argument("peer", words.peek());
    auto const peer = TRY(take_prefix(words, draft));
    if (!peer) return {};
    draft.has_peer = true;
    draft.address.peer = peer->address;
    draft.address.prefix_length = peer->length;
    return {};
}

Result<> parse_broadcast(WordReader& words, Draft& draft) {
    if (words.done()) return incomplete_line();
    if (draft.broadcast != Broadcast::absent) return duplicate_argument("broadcast", words.peek());
    if (words.take_exact("+")) {
        draft.broadcast = Broadcast::last;
    } else if (words.take_exact("-")) {
        draft.broadcast = Broadcast::first;
    } else {
        draft.address.broadcast = TRY(take_address(words, draft));
        draft.broadcast = Broadcast::given;
    }
    return {};
}

Result<> parse_anycast(WordReader& words, Draft& draft) {
    if (words.done()) return incomplete_line();
    if (draft.has_anycast) return duplicate_argument("anycast", words.peek());
    draft.address.anycast = TRY(take_address(words, draft));
    draft.has_anycast = true;
    return {};
}

Result<> parse_local(WordReader& words, Draft& draft) {
    words.take_exact("local");
    if (words.done()) return incomplete_line();
    if (words.is_prefix("help")) return usage_error(std::string(usage));
    if (draft.local_word) return garbage_argument("local", words.peek());
    auto const word = words.peek();
    auto const local = TRY(take_prefix(words, draft));
    if (!local) return {};
    draft.local_word = word;
    draft.address.local = local->address;
    draft.local_length = local->length;
    return {};
}

/// `keyword` was the word read; iproute2's complaint of a second one quotes it, not its value.
Result<> parse_lifetime(WordReader& words, std::string_view keyword, std::string const& said,
                        std::optional<std::string>& word, std::uint32_t& seconds) {
    if (word) return duplicate_argument(keyword, said);
    word = TRY(words.value());
    if (*word == "forever") {
        seconds = topology::forever;
    } else if (auto const number = parse_number<std::uint32_t>(*word)) {
        seconds = *number;
    } else {
        return wrong_argument(fmt::format("{} value", keyword), *word);
    }
    return {};
}

Result<> parse_scope(WordReader& words, Draft& draft, AddressContext& context) {
    auto const word = TRY(words.value());
    auto const scope = context.names->parse(topology::NameKind::scope, word);
    if (!scope) return wrong_argument("invalid scope value.", word);
    draft.address.scope = static_cast<std::uint8_t>(*scope);
    return {};
}

/// A flag sets itself, or warns why it does not.
void set_flag(AddressFlag const& flag, Draft& draft, AddressContext& context) {
    if (flag.read_only)
        context.warnings.push_back(
            fmt::format("Warning: {} option is not mutable from userspace", flag.name));
    else if (flag.ipv6_only && draft.family != Family::ipv6)
        context.warnings.push_back(
            fmt::format("Warning: {} option can be set only for IPv6 addresses", flag.name));
    else
        draft.address.flags |= flag.mask;
}

Result<> parse_word(WordReader& words, Draft& draft, AddressContext& context) {
    std::string const said = words.peek();
    if (words.take_exact("peer") || words.take_exact("remote")) return parse_peer(words, draft);
    if (words.take_prefix("broadcast") || words.take_exact("brd")) return parse_broadcast(words, draft);
    if (words.take_exact("anycast")) return parse_anycast(words, draft);
    if (words.take_exact("scope")) return parse_scope(words, draft, context);
    if (words.take_exact("dev")) {
        draft.address.link.name = TRY(words.value());
    } else if (words.take_exact("label")) {
        draft.address.label = TRY(words.value());
    } else if (words.take_prefix("metric") || words.take_prefix("priority") ||
               words.take_prefix("preference")) {
        draft.address.metric = TRY(words.number<std::uint32_t>("\"metric\" value is invalid\n"));
    } else if (words.take_prefix("valid_lft")) {
        return parse_lifetime(words, "valid_lft", said, draft.valid_word, draft.lifetimes.valid);
    } else if (words.take_prefix("preferred_lft")) {
        return parse_lifetime(words, "preferred_lft", said, draft.preferred_word, draft.lifetimes.preferred);
    } else if (auto const* const flag = find_address_flag(said)) {
        words.skip();
        set_flag(*flag, draft, context);
    } else {
        return parse_local(words, draft);
    }
    return {};
}

/// "+" and "-" once the prefix is known. There is no broadcast address within a prefix of 31 bits.
Result<> settle_broadcast(Draft& draft) {
    if (draft.broadcast != Broadcast::last && draft.broadcast != Broadcast::first) return {};
    auto& address = draft.address;
    if (draft.family != Family::ipv4) return refused("Broadcast can be set only for IPv4 addresses");
    std::uint8_t const length = address.peer ? address.prefix_length : draft.local_length;
    IpPrefix const prefix{address.peer ? *address.peer : address.local.value_or(IpAddress{}), length};
    if (length > 30) return {};
    address.broadcast = draft.broadcast == Broadcast::last ? prefix.last() : prefix.network().address;
    return {};
}

/// An address in 127/8 is of no use to other hosts.
void settle_scope(InterfaceAddress& address) {
    if (!address.scope && address.local && address.local->family == Family::ipv4 &&
        address.local->is_loopback())
        address.scope = RT_SCOPE_HOST;
}

/// All that is the same for both verbs.
Result<Draft> parse_address(WordReader& words, AddressContext& context) {
    Draft draft{.family = context.family};
    while (!words.done()) TRY(parse_word(words, draft, context));
    if (draft.address.link.name.empty())
        return refused("Not enough information: \"dev\" argument is required.");
    auto& address = draft.address;
    address.family = draft.family;
    if (address.prefix_length == 0) address.prefix_length = draft.local_length;
    if (draft.valid_word || draft.preferred_word) address.lifetimes = draft.lifetimes;
    return draft;
}

bool says_length(std::string_view word) { return word.find('/') != std::string_view::npos; }

std::string wildcard_warning(std::string_view word) {
    return fmt::format(
        "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
        "         Explicitly specify the prefix length ({}/32) to avoid this warning.\n"
        "         This special behaviour is likely to disappear in further releases,\n"
        "         fix your scripts!",
        word);
}

}  // namespace

std::string_view address_usage() { return usage; }

Result<PutAddress> parse_address_put(WordReader& words, PutMode mode, AddressContext& context) {
    auto draft = TRY(parse_address(words, context));
    TRY(settle_broadcast(draft));
    settle_scope(draft.address);
    if (draft.address.peer == draft.address.local) draft.address.peer.reset();
    return PutAddress{.address = std::move(draft.address), .mode = mode};
}

Result<DeleteAddress> parse_address_delete(WordReader& words, AddressContext& context) {
    auto draft = TRY(parse_address(words, context));
    bool const any_length = draft.local_word && !draft.address.peer &&
                            draft.address.local->family == Family::ipv4 && !says_length(*draft.local_word);
    if (any_length) context.warnings.push_back(wildcard_warning(*draft.local_word));
    if (draft.address.peer == draft.address.local) draft.address.peer.reset();
    return DeleteAddress{.address = std::move(draft.address), .any_length = any_length};
}

}  // namespace vethwork::plan
