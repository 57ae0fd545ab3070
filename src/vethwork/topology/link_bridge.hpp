// A bridge and its ports. Times are in USER_HZ (1/100 s) as the kernel has them. Source: ip-link(8),
// IFLA_BR_…, IFLA_BRPORT_….
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <vethwork/base/link_address.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// Spanning tree's name of a bridge: priority and address (struct ifla_bridge_id).
struct BridgeId {
    std::array<std::uint8_t, 2> priority{};
    std::array<std::uint8_t, 6> address{};

    bool operator==(BridgeId const&) const = default;
};

/// Switches that share one attribute (struct br_boolopt_multi): those of `mask` are set to `value`.
struct BridgeSwitches {
    std::uint32_t value = 0, mask = 0;

    bool operator==(BridgeSwitches const&) const = default;
};

inline constexpr std::uint32_t bridge_no_link_local_learning = 1u << 0;  ///< BR_BOOLOPT_NO_LL_LEARN
inline constexpr std::uint32_t bridge_multicast_vlan_snooping = 1u << 1;

struct Bridge {
    std::optional<std::uint32_t> forward_delay, hello_time, max_age, ageing_time, stp_state;
    std::optional<std::uint16_t> priority;
    std::optional<std::uint8_t> vlan_filtering;
    std::optional<std::uint16_t> vlan_protocol;  ///< ETH_P_…
    std::optional<std::uint16_t> group_forward_mask;
    std::optional<BridgeId> bridge_id, root_id;  ///< read only
    std::optional<std::uint16_t> root_port;
    std::optional<std::uint32_t> root_path_cost;
    std::optional<std::uint8_t> topology_change, topology_change_detected;
    std::optional<std::uint64_t> hello_timer, topology_change_notice_timer, topology_change_timer,
        collection_timer;
    std::optional<LinkAddress> group_address;
    std::optional<bool> flush;  ///< of the forwarding table, when changing
    std::optional<std::uint8_t> multicast_router, multicast_snooping, multicast_query_use_address,
        multicast_querier;
    std::optional<std::uint32_t> multicast_hash_elasticity, multicast_hash_max, multicast_last_member_count,
        multicast_startup_query_count;
    std::optional<std::uint64_t> multicast_last_member_interval, multicast_membership_interval,
        multicast_querier_interval, multicast_query_interval, multicast_query_response_interval,
        multicast_startup_query_interval;
    std::optional<std::uint8_t> call_iptables, call_ip6tables, call_arptables;
    std::optional<std::uint16_t> vlan_default_pvid;
    std::optional<std::uint8_t> vlan_statistics, multicast_statistics, igmp_version, mld_version,
        vlan_statistics_per_port;
    std::optional<BridgeSwitches> switches;

    bool operator==(Bridge const&) const = default;
};

/// By number: BR_STATE_….
inline constexpr std::array<std::string_view, 5> bridge_port_states{"disabled", "listening", "learning",
                                                                    "forwarding", "blocking"};

struct BridgePort {
    std::optional<std::uint8_t> state;
    std::optional<std::uint16_t> priority;
    std::optional<std::uint32_t> cost;
    std::optional<bool> hairpin, guard, root_block, fast_leave, learning, flood;
    std::optional<bool> proxy_arp, proxy_arp_wifi;
    std::optional<BridgeId> root_id, bridge_id;
    std::optional<std::uint16_t> designated_port, designated_cost, id, number;
    std::optional<std::uint8_t> topology_change_acknowledged, configuration_pending;
    std::optional<std::uint64_t> message_age_timer, forward_delay_timer, hold_timer;
    std::optional<bool> flush;  ///< of the forwarding table, when changing
    std::optional<std::uint8_t> multicast_router;
    std::optional<bool> multicast_flood, broadcast_flood, multicast_to_unicast;
    std::optional<bool> vlan_tunnel, neighbour_suppression, isolated, locked;
    std::optional<std::uint16_t> group_forward_mask;
    std::optional<LinkRef> backup_port;  ///< an empty name: none

    bool operator==(BridgePort const&) const = default;
};

}  // namespace vethwork::topology
