// A route: what a user wants of it, what the kernel says of it. Source: <linux/rtnetlink.h>, ip-route(8).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/encapsulation.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// RTN_…; the kernel may know more.
enum class RouteType : std::uint8_t {
    unspecified,
    unicast,
    local,
    broadcast,
    anycast,
    multicast,
    blackhole,
    unreachable,
    prohibit,
    throw_on,
    nat,
    external_resolver,
};

/// RT_TABLE_…
inline constexpr std::uint32_t default_table = 253, main_table = 254, local_table = 255;
/// RT_SCOPE_…
inline constexpr std::uint8_t global_scope = 0, site_scope = 200, link_scope = 253, host_scope = 254,
                              nowhere_scope = 255;
/// RTPROT_…: who made a route.
inline constexpr std::uint8_t unspecified_protocol = 0, kernel_protocol = 2, boot_protocol = 3,
                              static_protocol = 4;

/// Flags of a hop (RTNH_F_…) and of a whole route (RTM_F_…), in one word as the kernel keeps them.
namespace route_flag {
inline constexpr std::uint32_t dead = 1, pervasive = 2, onlink = 4, offload = 8, linkdown = 16,
                               unresolved = 32, trap = 64, notify = 0x100, cloned = 0x200,
                               hw_offload = 0x4000, hw_trap = 0x8000, hw_offload_failed = 0x20000000;
}

/// RTAX_…: what a route tells TCP and IP.
enum class RouteMetric : std::uint8_t {
    lock = 1,
    mtu,
    window,
    rtt,     ///< eighths of a millisecond
    rttvar,  ///< quarters of a millisecond
    ssthresh,
    cwnd,
    advmss,
    reordering,
    hoplimit,
    initcwnd,
    features,
    rto_min,  ///< milliseconds
    initrwnd,
    quickack,
    cc_algo,
    fastopen_no_cookie,
};
inline constexpr std::size_t route_metric_count = 18;
inline constexpr std::uint32_t ecn_feature = 1;

struct RouteMetrics {
    std::array<std::optional<std::uint32_t>, route_metric_count> values;  ///< by RouteMetric
    std::uint32_t locked = 0;                                             ///< one bit a RouteMetric
    std::string congestion_control;                                       ///< "cubic"; empty: none

    [[nodiscard]] std::optional<std::uint32_t>& operator[](RouteMetric which) {
        return values[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] std::optional<std::uint32_t> const& operator[](RouteMetric which) const {
        return values[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] bool is_locked(RouteMetric which) const {
        return (locked >> static_cast<unsigned>(which)) & 1;
    }
    void lock(RouteMetric which) { locked |= 1u << static_cast<unsigned>(which); }

    bool operator==(RouteMetrics const&) const = default;
};

/// One way of several.
struct RouteHop {
    std::optional<IpAddress> via;  ///< may be of the other family
    std::optional<LinkRef> link;
    std::uint16_t weight = 1;  ///< 1 to 256
    std::uint32_t flags = 0;   ///< route_flag
    std::optional<IpAddress> new_destination;
    std::optional<std::uint32_t> realms;
    std::optional<Encapsulation> encapsulation;

    bool operator==(RouteHop const&) const = default;
};

/// struct rta_cacheinfo: the age and the end of a route; times in USER_HZ (1/100 s).
struct RouteCacheInfo {
    std::uint32_t references = 0, last_use = 0;
    std::int32_t expires = 0;
    std::uint32_t error = 0, used = 0, id = 0, timestamp = 0, timestamp_age = 0;

    bool operator==(RouteCacheInfo const&) const = default;
};

struct Route {
    Family family = Family::ipv4;
    RouteType type = RouteType::unicast;
    std::optional<IpPrefix> destination;  ///< none: everything
    std::optional<IpPrefix> source;       ///< only packets from there
    std::uint8_t tos = 0;
    std::uint32_t table = main_table;
    std::uint8_t protocol = boot_protocol;
    std::uint8_t scope = global_scope;
    std::uint32_t flags = 0;  ///< route_flag

    std::optional<IpAddress> via;  ///< may be of the other family
    std::optional<LinkRef> link;
    std::optional<IpAddress> preferred_source;
    std::optional<std::uint32_t> priority;
    std::optional<std::uint32_t> realms;  ///< source realm << 16 | destination realm
    std::optional<std::uint32_t> nexthop_id;
    std::optional<IpAddress> new_destination;  ///< what the destination is rewritten to
    std::optional<Encapsulation> encapsulation;
    std::optional<std::uint8_t> preference;  ///< of routers: 0 medium, 1 high, 3 low (RFC 4191)
    std::optional<std::uint8_t> ttl_propagate;
    std::optional<std::uint32_t> expires;  ///< wanted: seconds
    RouteMetrics metrics;
    std::vector<RouteHop> hops;

    /// What the kernel tells of it, and of the packet it was asked for.
    std::optional<LinkRef> incoming;
    std::optional<std::uint32_t> mark, uid;
    std::optional<RouteCacheInfo> cache;

    bool operator==(Route const&) const = default;
};

}  // namespace vethwork::topology
