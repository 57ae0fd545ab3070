// The words of each kind of link: how `type KIND …` is read and printed. One row a kind, in its own file.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <vethwork/plan/kind_options.hpp>

namespace vethwork::plan {

struct LinkKindWords {
    std::string_view name;
    std::size_t place = 0;  ///< in the variant topology::LinkKind
    topology::LinkKind (*make)() = nullptr;
    /// Reads everything behind `type NAME`; not called where nothing stands there.
    Result<> (*parse)(WordReader& words, topology::LinkKind& kind, LinkContext const& context) = nullptr;
    /// What parse() reads back.
    void (*print)(topology::LinkKind const& kind, std::vector<std::string>& words) = nullptr;
    std::string (*usage)() = nullptr;
    /// Ports: behind `type NAME_slave`. May be null.
    std::size_t port_place = 0;
    topology::PortKind (*make_port)() = nullptr;
    Result<> (*parse_port)(WordReader& words, topology::PortKind& port, LinkContext const& context) = nullptr;
    void (*print_port)(topology::PortKind const& port, std::vector<std::string>& words) = nullptr;
    std::string (*port_usage)() = nullptr;
};

/// Kinds with options of their own.
[[nodiscard]] std::span<LinkKindWords const* const> link_kind_words();
[[nodiscard]] LinkKindWords const* find_kind_words(std::string_view name);
/// Kinds that have no options and pay no heed to words behind their name.
[[nodiscard]] bool is_plain_kind(std::string_view name);
/// What `ip link help KIND` prints; empty where nothing is known about the kind.
[[nodiscard]] std::string link_kind_usage(std::string_view kind);
/// `type KIND …` (and `type KIND_slave …`) of a link.
void add_kind_words(topology::Link const& link, std::vector<std::string>& words);
/// Reads what stands behind `type`.
[[nodiscard]] Result<> read_kind(WordReader& words, LinkReading& reading);

extern LinkKindWords const bond_words, bridge_words, geneve_words, gre_words, gretap_words, ip6gre_words,
    ip6gretap_words, ip6tnl_words, ipip_words, ipvlan_words, ipvtap_words, macvlan_words, macvtap_words,
    sit_words, veth_words, vlan_words, vrf_words, vti6_words, vti_words, vxlan_words, xfrm_words;

/// The place of a type in a variant.
template <class T, class Variant>
inline constexpr std::size_t place_in = 0;
template <class T, class... Types>
inline constexpr std::size_t place_in<T, std::variant<Types...>> = [] {
    constexpr bool same[] = {std::is_same_v<T, Types>...};
    std::size_t place = 0;
    while (!same[place]) ++place;
    return place;
}();

/// Checks and defaults that concern a kind as a whole.
template <class Kind>
using FinishKind = Result<> (*)(Kind& kind, WordReader& words, LinkContext const& context);

/// The row of a kind that is a table of options (of Kind, or of what it inherits).
template <class Kind, auto const& Manner, auto const& Options, auto Finish = nullptr>
constexpr LinkKindWords option_kind() {
    return {.name = Manner.name,
            .place = place_in<Kind, topology::LinkKind>,
            .make = []() -> topology::LinkKind { return Kind{}; },
            .parse = [](WordReader& words, topology::LinkKind& kind, LinkContext const& context) -> Result<> {
                using Table = typename std::remove_cvref_t<decltype(Options)>::value_type;
                typename Table::Owner& value = std::get<Kind>(kind);
                TRY(read_options(Manner, std::span<Table const>(Options), words, value, context));
                if constexpr (Finish != nullptr) TRY(Finish(value, words, context));
                return {};
            },
            .print =
                [](topology::LinkKind const& kind, std::vector<std::string>& words) {
                    using Table = typename std::remove_cvref_t<decltype(Options)>::value_type;
                    typename Table::Owner const& value = std::get<Kind>(kind);
                    print_options(std::span<Table const>(Options), value, words);
                },
            .usage =
                [] {
                    using Table = typename std::remove_cvref_t<decltype(Options)>::value_type;
                    return kind_usage(Manner.name, std::span<Table const>(Options));
                }};
}

/// Adds what ports of the kind have.
template <class Port, auto const& Manner, auto const& Options>
constexpr LinkKindWords with_ports(LinkKindWords row) {
    using Table = KindOption<Port>;
    row.port_place = place_in<Port, topology::PortKind>;
    row.make_port = []() -> topology::PortKind { return Port{}; };
    row.parse_port = [](WordReader& words, topology::PortKind& port, LinkContext const& context) {
        return read_options(Manner, std::span<Table const>(Options), words, std::get<Port>(port), context);
    };
    row.print_port = [](topology::PortKind const& port, std::vector<std::string>& words) {
        print_options(std::span<Table const>(Options), std::get<Port>(port), words);
    };
    row.port_usage = [] { return kind_usage(Manner.name, std::span<Table const>(Options)); };
    return row;
}

}  // namespace vethwork::plan
