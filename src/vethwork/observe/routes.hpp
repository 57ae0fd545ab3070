// Routes, rules and next hops of a namespace, as values.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/nexthop.hpp>
#include <vethwork/topology/route.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::observe {

/// Which routes; what is absent does not restrict. The kernel filters itself.
struct RouteQuery {
    std::optional<Family> family;
    std::uint32_t table = 0;       ///< 0: all
    std::uint32_t link_index = 0;  ///< 0: all
    std::uint8_t protocol = 0;     ///< 0: all
    bool cached = false;
};

/// All that fit, in the kernel's order. An absent main table is empty.
[[nodiscard]] Result<std::vector<topology::Route>> routes(netlink::Connection& connection,
                                                          RouteQuery const& query);
/// The same, one by one, without keeping them. What `visit` asks the kernel it asks over another connection.
[[nodiscard]] Result<> for_each_route(netlink::Connection& connection, RouteQuery const& query,
                                      std::function<void(topology::Route const&)> const& visit);
/// The kernel's messages themselves: what `route save` keeps.
[[nodiscard]] Result<> route_messages(netlink::Connection& connection, RouteQuery const& query,
                                      std::function<Result<>(netlink::Message const&)> const& each);

/// A packet whose way is asked for; indices are resolved.
struct PacketQuery {
    Family family = Family::ipv4;
    std::optional<IpPrefix> destination, source;
    std::uint32_t incoming = 0, outgoing = 0;
    std::uint8_t tos = 0;
    std::uint32_t mark = 0;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint8_t> ip_protocol;
    std::optional<std::uint16_t> source_port, destination_port;
    bool notify = false, fib_match = false;
};

/// The way that the kernel would send a packet.
[[nodiscard]] Result<topology::Route> route_of(netlink::Connection& connection, PacketQuery const& packet);

[[nodiscard]] Result<std::vector<topology::Rule>> rules(netlink::Connection& connection, Family family);
[[nodiscard]] Result<> rule_messages(netlink::Connection& connection, Family family,
                                     std::function<Result<>(netlink::Message const&)> const& each);

struct NexthopQuery {
    std::optional<Family> family;
    std::uint32_t link_index = 0, master_index = 0;  ///< 0: all
    bool groups = false, fdb = false;                ///< only those
    std::uint32_t id = 0, member_id = 0;             ///< of buckets
};

[[nodiscard]] Result<std::vector<topology::Nexthop>> nexthops(netlink::Connection& connection,
                                                              NexthopQuery const& query);
[[nodiscard]] Result<topology::Nexthop> nexthop(netlink::Connection& connection, std::optional<Family> family,
                                                std::uint32_t id);
[[nodiscard]] Result<std::vector<topology::NexthopBucket>> nexthop_buckets(netlink::Connection& connection,
                                                                           NexthopQuery const& query);
[[nodiscard]] Result<topology::NexthopBucket> nexthop_bucket(netlink::Connection& connection,
                                                             std::optional<Family> family, std::uint32_t id,
                                                             std::uint16_t index);

/// The table of a VRF device by name; nothing where there is no such device or it is another kind.
[[nodiscard]] std::optional<std::uint32_t> vrf_table(netlink::Connection& connection,
                                                     std::string const& name);

}  // namespace vethwork::observe
