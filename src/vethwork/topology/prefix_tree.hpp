// The fewest routes that forward as a list of prefixes does. Source: R. Draves et al., "Constructing Optimal
// IP Routing Tables", INFOCOM 1999, with one more rule: an address that no prefix has is never covered.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>

namespace vethwork::topology {

/// What is done with a prefix: an index of next hops, or one of these.
using HopChoice = std::int32_t;
inline constexpr HopChoice no_route = -1;  ///< must stay without a route
inline constexpr HopChoice connected_route =
    -2;  ///< there is a route already, which wins over any shorter one

struct ChosenRoute {
    IpPrefix prefix;
    HopChoice hops = no_route;

    bool operator==(ChosenRoute const&) const = default;
};

/// Prefixes of one family, prepared once and aggregated for many routers.
class PrefixTree {
public:
    /// `prefixes`: networks, none twice, in any order.
    explicit PrefixTree(std::vector<IpPrefix> prefixes);

    /// The prefixes in the tree's order, in which choices are given.
    [[nodiscard]] std::vector<IpPrefix> const& prefixes() const { return prefixes_; }
    /// The routes for `choices`, one a prefix. With `fallback`, a default route to it, which covers what has
    /// no route.
    [[nodiscard]] std::vector<ChosenRoute> aggregate(std::vector<HopChoice> const& choices,
                                                     std::optional<HopChoice> fallback = {}) const;

private:
    struct Branch {
        IpPrefix prefix;
        std::int32_t left = -1, right = -1;  ///< indices, lower than this branch's own
        std::int32_t leaf = -1;              ///< index of the prefix
        bool full = true;                    ///< its leaves have all of its addresses
    };
    std::int32_t build(std::vector<std::int32_t> const& leaves, std::size_t begin, std::size_t end);

    std::vector<IpPrefix> prefixes_;
    std::vector<std::int32_t> nested_;  ///< prefixes inside others: never aggregated
    std::vector<Branch> branches_;
};

}  // namespace vethwork::topology
