// Links that stand on another one: macvlan, macvtap, ipvlan, ipvtap, vlan; and vrf, which gathers links under
// a routing table. Source: ip-link(8), IFLA_MACVLAN_…, IFLA_IPVLAN_…, IFLA_VLAN_…, IFLA_VRF_….
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <vethwork/base/link_address.hpp>

namespace vethwork::topology {

/// A word and the number that the kernel has for it.
struct NamedNumber {
    std::string_view name;
    std::uint32_t number;
};

/// MACVLAN_MODE_…
inline constexpr std::array<NamedNumber, 5> macvlan_modes{
    {{"private", 1}, {"vepa", 2}, {"bridge", 4}, {"passthru", 8}, {"source", 16}}};
/// MACVLAN_MACADDR_…: what to do with the addresses of source mode.
inline constexpr std::array<NamedNumber, 4> macvlan_address_actions{
    {{"add", 0}, {"del", 1}, {"flush", 2}, {"set", 3}}};
inline constexpr std::uint16_t macvlan_no_promiscuity = 1, macvlan_no_destination = 2;

struct Macvlan {
    std::optional<std::uint32_t> mode;
    std::optional<std::uint16_t> flags;
    std::optional<std::uint32_t> address_action;
    std::vector<LinkAddress> addresses;          ///< of source mode, or those of `address_action`
    std::optional<std::uint32_t> address_count;  ///< read only
    std::optional<std::uint32_t> broadcast_queue, broadcast_queue_used;

    bool operator==(Macvlan const&) const = default;
};
struct Macvtap : Macvlan {
    bool operator==(Macvtap const&) const = default;
};

/// By number: IPVLAN_MODE_….
inline constexpr std::array<std::string_view, 3> ipvlan_modes{"l2", "l3", "l3s"};
inline constexpr std::uint16_t ipvlan_private = 1, ipvlan_vepa = 2;

struct Ipvlan {
    std::optional<std::uint16_t> mode, flags;

    bool operator==(Ipvlan const&) const = default;
};
struct Ipvtap : Ipvlan {
    bool operator==(Ipvtap const&) const = default;
};

/// Those of `mask` are set to `flags` (struct ifla_vlan_flags).
struct VlanFlags {
    std::uint32_t flags = 0, mask = 0;

    bool operator==(VlanFlags const&) const = default;
};
struct QosMapping {
    std::uint32_t from = 0, to = 0;

    bool operator==(QosMapping const&) const = default;
};
/// VLAN_FLAG_…: how `link add` spells it, and how it is shown.
struct VlanFlagName {
    std::string_view word, shown;
    std::uint32_t bit;
};
inline constexpr std::array<VlanFlagName, 5> vlan_flag_names{{{"reorder_hdr", "REORDER_HDR", 1},
                                                              {"gvrp", "GVRP", 2},
                                                              {"loose_binding", "LOOSE_BINDING", 4},
                                                              {"mvrp", "MVRP", 8},
                                                              {"bridge_binding", "BRIDGE_BINDING", 16}}};

struct Vlan {
    std::optional<std::uint16_t> id;
    std::optional<std::uint16_t> protocol;  ///< ETH_P_8021Q or ETH_P_8021AD
    std::optional<VlanFlags> flags;
    std::optional<std::vector<QosMapping>> ingress, egress;

    bool operator==(Vlan const&) const = default;
};

struct Vrf {
    std::optional<std::uint32_t> table;

    bool operator==(Vrf const&) const = default;
};
struct VrfPort {
    std::optional<std::uint32_t> table;  ///< read only

    bool operator==(VrfPort const&) const = default;
};

}  // namespace vethwork::topology
