// A next hop as an object of its own, which routes refer to by its id. Source: <linux/nexthop.h>,
// ip-nexthop(8).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/encapsulation.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

struct NexthopMember {
    std::uint32_t id = 0;
    std::uint16_t weight = 1;  ///< 1 to 256

    bool operator==(NexthopMember const&) const = default;
};

enum class NexthopGroupType : std::uint16_t { multipath, resilient };

/// Of a resilient group; times in USER_HZ (1/100 s).
struct NexthopResilience {
    std::optional<std::uint16_t> buckets;
    std::optional<std::uint32_t> idle_timer, unbalanced_timer;
    std::optional<std::uint64_t> unbalanced_time;  ///< told by the kernel only

    bool operator==(NexthopResilience const&) const = default;
};

struct Nexthop {
    std::optional<Family> family;
    std::optional<std::uint32_t> id;
    std::optional<IpAddress> via;
    std::optional<LinkRef> link;
    bool blackhole = false, fdb = false;
    std::uint32_t flags = 0;  ///< route_flag
    std::uint8_t protocol = 0, scope = 0;
    std::vector<NexthopMember> group;
    std::optional<NexthopGroupType> group_type;
    std::optional<NexthopResilience> resilience;
    std::optional<Encapsulation> encapsulation;

    bool operator==(Nexthop const&) const = default;
};

/// One bucket of a resilient group.
struct NexthopBucket {
    std::optional<std::uint32_t> group_id, nexthop_id;
    std::optional<std::uint16_t> index;
    std::optional<std::uint64_t> idle_time;  ///< USER_HZ
    std::uint32_t flags = 0;

    bool operator==(NexthopBucket const&) const = default;
};

}  // namespace vethwork::topology
