// IP tunnels: GRE over IPv4 and IPv6, IPv4 and IPv6 in either, VTI, and XFRM interfaces. The kernel replaces
// all settings of a tunnel at once; apply/ fills what a change leaves out.
// Source: ip-link(8), IFLA_GRE_…, IFLA_IPTUN_…, IFLA_VTI_…, IFLA_XFRM_….
#pragma once

#include <cstdint>
#include <optional>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// UDP around the tunnel (struct ip_tunnel_encap). Ports in host order.
struct TunnelEncapsulation {
    std::optional<std::uint16_t> type;  ///< TUNNEL_ENCAP_…: 0 none, 1 fou, 2 gue
    std::optional<std::uint16_t> source_port, destination_port;
    std::optional<bool> checksum, checksum6, remote_checksum;

    bool operator==(TunnelEncapsulation const&) const = default;
};

/// One direction of GRE's options.
struct GreOptions {
    std::optional<std::uint32_t> key;
    std::optional<bool> with_key, with_sequence, with_checksum;

    bool operator==(GreOptions const&) const = default;
};

/// GRE over IPv4.
struct Gre {
    std::optional<IpAddress> remote, local;
    std::optional<LinkRef> underlay;
    std::optional<std::uint8_t> ttl, tos;  ///< 0 and 1: inherit
    std::optional<bool> path_mtu_discovery, ignore_dont_fragment;
    GreOptions input, output;
    std::optional<std::uint32_t> firewall_mark;
    std::optional<bool> external;
    TunnelEncapsulation encapsulation;

    bool operator==(Gre const&) const = default;
};
struct Gretap : Gre {
    bool operator==(Gretap const&) const = default;
};

/// What IPv6 tunnels have in common. `flags` are IP6_TNL_F_…; in a change those of `flags_mask` are set to
/// it.
struct Ip6Outer {
    std::optional<IpAddress> remote, local;
    std::optional<LinkRef> underlay;
    std::optional<std::uint8_t> hop_limit, encapsulation_limit;
    std::optional<std::uint8_t> traffic_class;
    std::optional<std::uint32_t> flow_label;
    std::uint32_t flags = 0, flags_mask = 0;
    std::optional<std::uint32_t> firewall_mark;
    std::optional<bool> external;
    TunnelEncapsulation encapsulation;

    bool operator==(Ip6Outer const&) const = default;
};

/// GRE over IPv6.
struct Ip6Gre : Ip6Outer {
    GreOptions input, output;

    bool operator==(Ip6Gre const&) const = default;
};
struct Ip6Gretap : Ip6Gre {
    bool operator==(Ip6Gretap const&) const = default;
};

/// IP in IPv6.
struct Ip6Tunnel : Ip6Outer {
    std::optional<std::uint8_t> protocol;  ///< IPPROTO_IPIP, IPPROTO_IPV6, 0 any

    bool operator==(Ip6Tunnel const&) const = default;
};

/// IP in IPv4.
struct IpTunnel {
    std::optional<IpAddress> remote, local;
    std::optional<LinkRef> underlay;
    std::optional<std::uint8_t> ttl, tos;
    std::optional<bool> path_mtu_discovery;
    std::optional<std::uint8_t> protocol;  ///< IPPROTO_IPIP, IPPROTO_IPV6, IPPROTO_MPLS, 0 any
    std::optional<bool> isatap;
    std::optional<IpPrefix> rapid_prefix, rapid_relay_prefix;  ///< 6rd, RFC 5969
    std::optional<std::uint32_t> firewall_mark;
    std::optional<bool> external;
    TunnelEncapsulation encapsulation;

    bool operator==(IpTunnel const&) const = default;
};
struct Sit : IpTunnel {
    bool operator==(Sit const&) const = default;
};

/// IPsec's virtual tunnel interface.
struct Vti {
    std::optional<IpAddress> remote, local;
    std::optional<LinkRef> underlay;
    std::optional<std::uint32_t> input_key, output_key, firewall_mark;

    bool operator==(Vti const&) const = default;
};
struct Vti6 : Vti {
    bool operator==(Vti6 const&) const = default;
};

struct Xfrm {
    std::optional<std::uint32_t> id;
    std::optional<LinkRef> underlay;
    std::optional<bool> external;

    bool operator==(Xfrm const&) const = default;
};

/// What `changes` leaves out is taken from `present`: the kernel replaces all settings of a tunnel at once.
template <class T>
void fill(std::optional<T>& changes, std::optional<T> const& present) {
    if (!changes) changes = present;
}
void fill(TunnelEncapsulation& changes, TunnelEncapsulation const& present);
void fill(GreOptions& changes, GreOptions const& present);
void fill(Gre& changes, Gre const& present);
void fill(Ip6Gre& changes, Ip6Gre const& present);
void fill(Ip6Tunnel& changes, Ip6Tunnel const& present);
void fill(IpTunnel& changes, IpTunnel const& present);
void fill(Vti& changes, Vti const& present);

}  // namespace vethwork::topology
