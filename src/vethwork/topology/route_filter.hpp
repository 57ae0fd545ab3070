// Which routes are meant: the selectors of `ip route show`, `flush` and `save`. Source: ip-route(8).
#pragma once

#include <cstdint>
#include <optional>

#include <vethwork/topology/route.hpp>

namespace vethwork::topology {

/// A prefix as a selector: of no family where a word for everything stood there.
struct PrefixFilter {
    std::optional<Family> family;
    bool specified = false;  ///< the word was `default`: its length counts without a family
    IpPrefix prefix;

    /// Whether it restricts anything.
    [[nodiscard]] bool active() const { return family.has_value() || specified; }
    bool operator==(PrefixFilter const&) const = default;
};

/// What is absent does not restrict.
struct RouteFilter {
    std::optional<Family> family;
    std::uint32_t table = main_table;  ///< 0: all
    bool cached = false;               ///< only routes that were made for one destination
    std::optional<std::uint8_t> tos, protocol, scope;
    std::optional<RouteType> type;
    bool without_local = false;  ///< neither of type local nor of type broadcast
    std::optional<LinkRef> link, incoming;
    std::optional<std::uint32_t> mark, priority;
    std::uint32_t realms = 0, realms_mask = 0;
    PrefixFilter via, preferred_source;
    PrefixFilter destination_within;  ///< `root`: at most as wide as this
    PrefixFilter destination_match;   ///< `match`: at least as wide as this
    PrefixFilter source_within, source_match;

    [[nodiscard]] bool accepts(Route const& route) const;
    bool operator==(RouteFilter const&) const = default;
};

}  // namespace vethwork::topology
