// A rule of policy routing: which packets, and where they are looked up. Source: <linux/fib_rules.h>,
// ip-rule(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>

namespace vethwork::topology {

/// FR_ACT_…; the numbers behind `go_to` and `no_operation` are those of RouteType.
enum class RuleAction : std::uint8_t {
    unspecified,
    to_table,
    go_to,
    no_operation,
    blackhole = 6,
    unreachable,
    prohibit,
    nat = 10,
};

namespace rule_flag {
inline constexpr std::uint32_t invert = 2, unresolved = 4, iif_detached = 8, oif_detached = 16;
}

/// struct fib_rule_uid_range
struct UidRange {
    std::uint32_t first = 0, last = 0;

    bool operator==(UidRange const&) const = default;
};

/// struct fib_rule_port_range
struct PortRange {
    std::uint16_t first = 0, last = 0;

    bool operator==(PortRange const&) const = default;
};

struct Rule {
    Family family = Family::ipv4;
    RuleAction action = RuleAction::to_table;
    std::uint32_t flags = 0;  ///< rule_flag
    std::optional<IpPrefix> source, destination;
    std::uint8_t tos = 0;
    std::uint32_t table = 0;
    std::optional<std::uint32_t> priority, mark, mark_mask, realms, target;
    std::optional<std::string> incoming, outgoing;  ///< names of links, which need not exist
    std::optional<std::uint8_t> l3_master, protocol, ip_protocol;
    std::optional<UidRange> uids;
    std::optional<PortRange> source_ports, destination_ports;
    std::optional<std::uint64_t> tunnel_id;
    std::optional<std::uint32_t> suppress_prefix_length, suppress_group;  ///< all ones: none
    std::optional<IpAddress> nat_gateway;

    bool operator==(Rule const&) const = default;
};

}  // namespace vethwork::topology
