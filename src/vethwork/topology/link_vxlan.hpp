// VXLAN and GENEVE: Ethernet in UDP. Source: ip-link(8), IFLA_VXLAN_…, IFLA_GENEVE_…, RFC 7348, RFC 8926.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// UDP ports to send from, both ends included; host order.
struct SourcePorts {
    std::uint16_t low = 0, high = 0;

    bool operator==(SourcePorts const&) const = default;
};

/// What becomes of the Don't Fragment bit outside, by number (VXLAN_DF_…, GENEVE_DF_…).
inline constexpr std::array<std::string_view, 3> dont_fragment_choices{"unset", "set", "inherit"};

struct Vxlan {
    std::optional<std::uint32_t> id;  ///< VNI, 24 bits
    std::optional<IpAddress> remote;  ///< a host, or a multicast group
    std::optional<IpAddress> local;
    std::optional<LinkRef> underlay;  ///< the link it sends over
    std::optional<std::uint8_t> ttl;  ///< 0: chosen by the kernel
    std::optional<bool> ttl_inherit;
    std::optional<std::uint8_t> tos;  ///< 1: inherit
    std::optional<std::uint8_t> dont_fragment;
    std::optional<std::uint32_t> flow_label;
    std::optional<std::uint32_t> ageing;  ///< seconds, 0 never
    std::optional<std::uint32_t> limit;   ///< of learnt addresses, 0 none
    std::optional<SourcePorts> source_ports;
    std::optional<std::uint16_t> port;
    std::optional<bool> learning, proxy, route_short_circuit, l2_miss, l3_miss, udp_checksum,
        udp6_zero_checksum_tx, udp6_zero_checksum_rx, remote_checksum_tx, remote_checksum_rx;
    std::optional<bool> external;  ///< the tunnel's data come with each packet
    std::optional<bool> group_policy, protocol_extension, vni_filter;

    bool operator==(Vxlan const&) const = default;
};

struct Geneve {
    std::optional<std::uint32_t> id;
    std::optional<IpAddress> remote;
    std::optional<std::uint8_t> ttl;
    std::optional<bool> ttl_inherit;
    std::optional<std::uint8_t> tos, dont_fragment;
    std::optional<std::uint32_t> flow_label;
    std::optional<std::uint16_t> port;
    std::optional<bool> external, udp_checksum, udp6_zero_checksum_tx, udp6_zero_checksum_rx,
        inner_protocol_inherit;

    bool operator==(Geneve const&) const = default;
};

}  // namespace vethwork::topology
