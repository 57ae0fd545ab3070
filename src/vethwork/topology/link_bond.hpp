// A bond and its ports. Source: ip-link(8), IFLA_BOND_…, IFLA_BOND_SLAVE_….
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// Words by the kernel's number.
inline constexpr std::array<std::string_view, 7> bond_modes{
    "balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"};
inline constexpr std::array<std::string_view, 7> bond_arp_validations{
    "none", "active", "backup", "all", "filter", "filter_active", "filter_backup"};
inline constexpr std::array<std::string_view, 2> bond_arp_all_targets{"any", "all"};
inline constexpr std::array<std::string_view, 3> bond_primary_reselections{"always", "better", "failure"};
inline constexpr std::array<std::string_view, 3> bond_fail_over_macs{"none", "active", "follow"};
inline constexpr std::array<std::string_view, 6> bond_hash_policies{"layer2",   "layer3+4", "layer2+3",
                                                                    "encap2+3", "encap3+4", "vlan+srcmac"};
inline constexpr std::array<std::string_view, 2> bond_lacp_activity{"off", "on"};
inline constexpr std::array<std::string_view, 2> bond_lacp_rates{"slow", "fast"};
inline constexpr std::array<std::string_view, 3> bond_selections{"stable", "bandwidth", "count"};

/// The active aggregator of 802.3ad; read only.
struct BondAggregator {
    std::optional<std::uint16_t> id, ports, actor_key, partner_key;
    std::optional<LinkAddress> partner;

    bool operator==(BondAggregator const&) const = default;
};

struct Bond {
    std::optional<std::uint8_t> mode;
    std::optional<LinkRef> active_port;  ///< an empty name: none
    std::optional<std::uint32_t> miimon, up_delay, down_delay, peer_notify_delay;
    std::optional<std::uint8_t> use_carrier;
    std::optional<std::uint32_t> arp_interval;
    std::optional<std::vector<IpAddress>> arp_targets, ns_targets;
    std::optional<std::uint32_t> arp_validate, arp_all_targets;
    std::optional<LinkRef> primary;
    std::optional<std::uint8_t> primary_reselect, fail_over_mac, hash_policy;
    std::optional<std::uint32_t> resend_igmp;
    std::optional<std::uint8_t> peer_notifications, all_ports_active;
    std::optional<std::uint32_t> min_links, lp_interval, packets_per_port;
    std::optional<std::uint8_t> lacp_active, lacp_rate, selection;
    std::optional<BondAggregator> aggregator;
    std::optional<std::uint16_t> actor_system_priority, user_port_key;
    std::optional<LinkAddress> actor_system;
    std::optional<std::uint8_t> dynamic_load_balancing, missed_max;

    bool operator==(Bond const&) const = default;
};

inline constexpr std::array<std::string_view, 2> bond_port_states{"ACTIVE", "BACKUP"};
inline constexpr std::array<std::string_view, 4> bond_mii_states{"UP", "GOING_DOWN", "DOWN", "GOING_BACK"};

struct BondPort {
    std::optional<std::uint8_t> state, mii_status;
    std::optional<std::uint32_t> link_failures;
    std::optional<LinkAddress> permanent_address;
    std::optional<std::uint16_t> queue_id;
    std::optional<std::int32_t> priority;
    std::optional<std::uint16_t> aggregator;
    std::optional<std::uint8_t> actor_state;
    std::optional<std::uint16_t> partner_state;

    bool operator==(BondPort const&) const = default;
};

}  // namespace vethwork::topology
