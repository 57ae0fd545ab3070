// The options of a kind of link as a table: one row (keyword, member) serves reading, printing, complaints
// and help.
//
//     using O = KindOptions<Vrf>;
//     constexpr std::array options{O::number<&Vrf::table>("table", "invalid table ID", "TABLE")};
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/plan/link_words.hpp>
#include <vethwork/topology/link_stacked.hpp>

namespace vethwork::plan {

/// Whether a keyword may be abbreviated.
enum class Match { prefix, exact };

template <class Kind>
struct KindOption {
    using Owner = Kind;

    std::string_view keyword;
    std::string_view value;      ///< its placeholder in help; empty: the keyword stands alone
    std::string_view complaint;  ///< completes `argument "x" is wrong: …`
    Result<> (*read)(WordReader& words, Kind& kind, KindOption const& self, LinkContext const& context);
    /// Appends keyword and value where the member is there. Null: the row is a synonym of an earlier one.
    void (*print)(Kind const& kind, KindOption const& self, std::vector<std::string>& words) = nullptr;
    /// Whether the member has a value already.
    bool (*given)(Kind const& kind) = nullptr;
    Match match = Match::prefix;
    std::string_view canonical = {};  ///< what complaints about duplicates call it; empty: the keyword

    [[nodiscard]] constexpr KindOption exact() const {
        auto copy = *this;
        copy.match = Match::exact;
        return copy;
    }
    /// The same option under another keyword, for reading only.
    [[nodiscard]] constexpr KindOption synonym(std::string_view other) const {
        auto copy = *this;
        copy.canonical = keyword;
        copy.keyword = other;
        copy.print = nullptr;
        return copy;
    }
    [[nodiscard]] bool fits(WordReader const& words) const {
        return match == Match::exact ? words.peek() == keyword : words.is_prefix(keyword);
    }
};

/// ADDRESS; `any`, `all` and `default` are the unspecified one.
[[nodiscard]] Result<IpAddress> read_host(std::string const& word, std::optional<Family> family);
/// A protocol of Ethernet: "802.1Q", or its number.
[[nodiscard]] std::optional<std::uint16_t> read_ethernet_protocol(std::string_view word);

/// Makes rows whose members Kind has or inherits.
template <class Kind>
struct KindOptions {
    using Option = KindOption<Kind>;
    using Words = std::vector<std::string>;

    template <auto Member>
    static bool has(Kind const& kind) {
        return (kind.*Member).has_value();
    }

    template <auto Member>
    static constexpr Option number(std::string_view keyword, std::string_view complaint,
                                   std::string_view value = "NUMBER") {
        return {
            keyword,
            value,
            complaint,
            [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                using T = std::remove_cvref_t<decltype(*(kind.*Member))>;
                kind.*Member = TRY(words.number<T>(self.complaint));
                return {};
            },
            [](Kind const& kind, Option const& self, Words& words) {
                if (kind.*Member)
                    words.insert(words.end(), {std::string(self.keyword), std::to_string(*(kind.*Member))});
            },
            has<Member>};
    }

    /// on or off.
    template <auto Member>
    static constexpr Option on_off(std::string_view keyword) {
        return {
            keyword,
            "{ on | off }",
            {},
            [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                kind.*Member = TRY(read_switch(words, self.keyword));
                return {};
            },
            [](Kind const& kind, Option const& self, Words& words) {
                if (kind.*Member)
                    words.insert(words.end(), {std::string(self.keyword), *(kind.*Member) ? "on" : "off"});
            },
            has<Member>};
    }

    /// A word that stands alone and sets the member.
    template <auto Member, bool Value = true>
    static constexpr Option flag(std::string_view keyword) {
        return {keyword,
                {},
                {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.*Member = Value;
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.*Member == Value) words.emplace_back(self.keyword);
                },
                has<Member>};
    }

    /// A word out of a list, by its place there; the number is taken too.
    template <auto Member, auto const& Choices>
    static constexpr Option choice(std::string_view keyword, std::string_view complaint,
                                   std::string_view value = "CHOICE") {
        return {keyword,
                value,
                complaint,
                [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                    using T = std::remove_cvref_t<decltype(*(kind.*Member))>;
                    auto const word = TRY(words.value());
                    auto const place = find_choice(Choices, word);
                    if (!place) return wrong_argument(self.complaint, word);
                    kind.*Member = static_cast<T>(*place);
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.*Member && *(kind.*Member) < Choices.size())
                        words.insert(words.end(),
                                     {std::string(self.keyword), std::string(Choices[*(kind.*Member)])});
                },
                has<Member>};
    }

    template <auto Member>
    static constexpr Option link_address(std::string_view keyword, std::string_view value = "ADDRESS") {
        return {keyword,
                value,
                {},
                [](WordReader& words, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.*Member = TRY(read_link_address(TRY(words.value())));
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.*Member)
                        words.insert(words.end(), {std::string(self.keyword), (kind.*Member)->to_string()});
                },
                has<Member>};
    }

    /// An address of the family; an unspecified one is the same as none.
    template <auto Member, Family Which>
    static constexpr Option host(std::string_view keyword) {
        return {keyword,
                "ADDRESS",
                {},
                [](WordReader& words, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.*Member = TRY(read_host(TRY(words.value()), Which));
                    return {};
                },
                print_address<Member>,
                has<Member>};
    }

    template <auto Member>
    static void print_address(Kind const& kind, Option const& self, Words& words) {
        if (kind.*Member) words.insert(words.end(), {std::string(self.keyword), (kind.*Member)->to_string()});
    }

    template <auto Member>
    static constexpr Option link(std::string_view keyword) {
        return {keyword,
                "DEVICE",
                {},
                [](WordReader& words, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.*Member = topology::LinkRef{TRY(words.value())};
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.*Member && !(kind.*Member)->name.empty())
                        words.insert(words.end(), {std::string(self.keyword), (kind.*Member)->name});
                },
                has<Member>};
    }
    /// A word that stands alone and means "no link".
    template <auto Member>
    static constexpr Option no_link(std::string_view keyword) {
        return {keyword,
                {},
                {},
                [](WordReader&, Kind& kind, Option const&, LinkContext const&) -> Result<> {
                    kind.*Member = topology::LinkRef{};
                    return {};
                },
                [](Kind const& kind, Option const& self, Words& words) {
                    if (kind.*Member && (kind.*Member)->name.empty()) words.emplace_back(self.keyword);
                },
                has<Member>};
    }

    template <auto Member>
    static constexpr Option ethernet_protocol(std::string_view keyword, std::string_view complaint) {
        return {
            keyword,
            "{ 802.1Q | 802.1ad }",
            complaint,
            [](WordReader& words, Kind& kind, Option const& self, LinkContext const&) -> Result<> {
                auto const word = TRY(words.value());
                kind.*Member = read_ethernet_protocol(word);
                if (!(kind.*Member)) return wrong_argument(self.complaint, word);
                return {};
            },
            [](Kind const& kind, Option const& self, Words& words) {
                if (!(kind.*Member)) return;
                words.insert(words.end(), {std::string(self.keyword), fmt::format("{:#x}", *(kind.*Member))});
            },
            has<Member>};
    }

    /// DS field: a name or hexadecimal; `inherit` is 1.
    template <auto Member>
    static constexpr Option ds_field(std::string_view keyword) {
        return {
            keyword,
            "{ DSFIELD | inherit }",
            "bad TOS value",
            [](WordReader& words, Kind& kind, Option const& self, LinkContext const& context) -> Result<> {
                auto const word = TRY(words.value());
                auto const number = word == "inherit" ? std::optional<std::uint32_t>(1)
                                    : context.names ? context.names->parse(topology::NameKind::ds_field, word)
                                                    : parse_number<std::uint32_t>(word, 16);
                if (!number || *number > 255) return wrong_argument(self.complaint, word);
                kind.*Member = static_cast<std::uint8_t>(*number);
                return {};
            },
            [](Kind const& kind, Option const& self, Words& words) {
                if (kind.*Member)
                    words.insert(words.end(),
                                 {std::string(self.keyword), fmt::format("{:x}", *(kind.*Member))});
            },
            has<Member>};
    }

    template <class Choices>
    static std::optional<std::size_t> find_choice(Choices const& choices, std::string_view word) {
        if (auto const number = parse_number<std::size_t>(word, 10); number && *number < choices.size())
            return number;
        auto const found = std::ranges::find(choices, word);
        if (found == choices.end()) return {};
        return static_cast<std::size_t>(found - choices.begin());
    }
};

/// Whether saying an option twice is refused.
enum class Repeat { allowed, refused };

/// What a kind says of an unknown word, before its help.
struct KindManner {
    std::string_view name;
    std::string_view unknown = "command";  ///< `NAME: unknown command "x"?`; empty: help only
    Repeat repeat = Repeat::allowed;
};

/// `Usage: ... NAME [ KEYWORD VALUE ] …`
template <class Kind>
std::string kind_usage(std::string_view name, std::span<KindOption<Kind> const> options) {
    auto text = fmt::format("Usage: ... {}", name);
    for (auto const& option : options) {
        if (!option.print) continue;
        text +=
            fmt::format("\n\t\t[ {}{}{} ]", option.keyword, option.value.empty() ? "" : " ", option.value);
    }
    return text;
}

template <class Kind>
Error unknown_option(KindManner const& manner, std::span<KindOption<Kind> const> options,
                     WordReader const& words) {
    auto usage = kind_usage(manner.name, options);
    if (manner.unknown.empty() || words.is_prefix("help")) return refused(std::move(usage));
    return refused(
        fmt::format("{}: unknown {} \"{}\"?\n{}", manner.name, manner.unknown, words.peek(), usage));
}

template <class Kind>
Error repeated_option(KindOption<Kind> const& option, std::string const& keyword, WordReader& words) {
    if (option.value.empty()) return garbage_argument(keyword, keyword);
    if (words.done()) return incomplete_line();
    return garbage_argument(option.canonical.empty() ? option.keyword : option.canonical, words.peek());
}

/// Reads options to the end of the words.
template <class Kind>
Result<> read_options(KindManner const& manner, std::span<KindOption<Kind> const> options, WordReader& words,
                      Kind& kind, LinkContext const& context) {
    while (!words.done()) {
        auto const option =
            std::ranges::find_if(options, [&words](auto const& one) { return one.fits(words); });
        if (option == options.end()) return unknown_option(manner, options, words);
        auto const keyword = words.take();
        if (manner.repeat == Repeat::refused && option->given && option->given(kind))
            return repeated_option(*option, keyword, words);
        TRY(option->read(words, kind, *option, context));
    }
    return {};
}

template <class Kind>
void print_options(std::span<KindOption<Kind> const> options, Kind const& kind,
                   std::vector<std::string>& words) {
    for (auto const& option : options)
        if (option.print) option.print(kind, option, words);
}

}  // namespace vethwork::plan
