// Operations on next hop objects, and their words. Source: ip-nexthop(8).
#pragma once

#include <string>
#include <vector>

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/nexthop.hpp>

namespace vethwork::plan {

struct DeleteNexthop;

enum class NexthopMode { add, replace };

struct PutNexthop {
    NexthopMode mode = NexthopMode::add;
    topology::Nexthop nexthop;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    /// Only of an addition that names its id.
    [[nodiscard]] std::optional<DeleteNexthop> inverse() const;
    bool operator==(PutNexthop const&) const = default;
};

struct DeleteNexthop {
    topology::Nexthop nexthop;  ///< the kernel looks at the id only

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteNexthop const&) const = default;
};

/// The words behind `nexthop add`, `nexthop replace`, `nexthop delete`.
[[nodiscard]] Result<PutNexthop> parse_nexthop_put(WordReader& words, NexthopMode mode,
                                                   RoutingContext& context);
[[nodiscard]] Result<DeleteNexthop> parse_nexthop_delete(WordReader& words, RoutingContext& context);
/// `id` has been taken.
[[nodiscard]] Result<std::uint32_t> take_nexthop_id(WordReader& words);

/// How `ip nexthop` is used.
[[nodiscard]] Error nexthop_usage();

}  // namespace vethwork::plan
