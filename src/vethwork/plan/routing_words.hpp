// What the words of routes, rules and next hops share. Source: ip-route(8), ip-rule(8), ip-nexthop(8).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/plan/words.hpp>
#include <vethwork/topology/names.hpp>
#include <vethwork/topology/route.hpp>

namespace vethwork::plan {

/// What a reader of such words wants to know from outside, and what it has to say besides its result.
struct RoutingContext {
    std::optional<Family> family;  ///< -4 or -6
    topology::Names* names = nullptr;
    /// The table of a VRF; nothing where there is no such one.
    std::function<std::optional<std::uint32_t>(std::string const& name)> vrf_table;
    /// A transport protocol by its name in /etc/protocols.
    std::function<std::optional<std::uint8_t>(std::string const& name)> ip_protocol;
    std::vector<std::string> warnings;  ///< to be told, though the words are taken

    /// A number that people have names for; the complaint is `argument "x" is wrong: WHAT`.
    [[nodiscard]] Result<std::uint32_t> number(topology::NameKind kind, std::string const& word,
                                               std::string_view what) const;
};

/// One keyword of a grammar and what follows it. Rows are tried in their order.
template <class Parser>
struct Keyword {
    std::string_view name;
    enum class Spelling { whole, abbreviable } spelling;
    Result<> (*take)(Parser&);
};

/// Takes the row that fits the present word, and what follows it; false where none fits.
template <class Parser, std::size_t N>
[[nodiscard]] Result<bool> take_keyword(Parser& parser, Keyword<Parser> const (&rows)[N]) {
    for (auto const& row : rows) {
        bool const fits = row.spelling == Keyword<Parser>::Spelling::whole
                              ? parser.words.take_exact(row.name)
                              : parser.words.take_prefix(row.name);
        if (!fits) continue;
        TRY(row.take(parser));
        return true;
    }
    return false;
}

/// PREFIX, or a word for everything: nothing. Fixes `family` where it was open.
[[nodiscard]] Result<std::optional<IpPrefix>> read_network(std::string const& word,
                                                           std::optional<Family>& family);
/// An address; fixes `family` where it was open.
[[nodiscard]] Result<IpAddress> read_address_of(std::string const& word, std::optional<Family>& family);
/// [ inet | inet6 ] ADDRESS, which may be of another family than `family`; fixes that where it was open.
[[nodiscard]] Result<IpAddress> read_gateway(WordReader& words, std::optional<Family>& family);
/// REALM or SOURCE/DESTINATION, by name or number.
[[nodiscard]] std::optional<std::uint32_t> read_realms(topology::Names& names, std::string const& word);
/// The kind of a route: "blackhole", and beginnings of most; by number only where `numbers`.
enum class TypeNumbers { refused, taken };
[[nodiscard]] std::optional<topology::RouteType> read_route_type(std::string const& word,
                                                                 TypeNumbers numbers);

/// The words that these readers take back.
[[nodiscard]] std::string network_word(std::optional<IpPrefix> const& network, Family family);
[[nodiscard]] std::string gateway_family_word(Family family);  ///< "inet6"
[[nodiscard]] std::string realms_word(std::uint32_t realms);
[[nodiscard]] std::string route_type_word(topology::RouteType type);
[[nodiscard]] std::string built_in_name(topology::NameKind kind, std::uint32_t number);  ///< or the number
[[nodiscard]] std::string link_word(topology::LinkRef const& link);

}  // namespace vethwork::plan
