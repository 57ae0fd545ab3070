// How a route wraps its packets on their way (lightweight tunnels).
// Source: <linux/lwtunnel.h>, <linux/mpls_iptunnel.h>, <linux/seg6_iptunnel.h>, ip-route(8).
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <vethwork/base/ip.hpp>

namespace vethwork::topology {

/// Labels pushed in front of the packet, the outermost first.
struct MplsEncapsulation {
    std::vector<std::uint32_t> labels;  ///< 20 bits each
    std::optional<std::uint8_t> ttl;

    bool operator==(MplsEncapsulation const&) const = default;
};

/// Options of a Geneve header: one of several.
struct GeneveOption {
    std::uint16_t option_class = 0;
    std::uint8_t type = 0;
    std::vector<std::uint8_t> data;  ///< a multiple of four bytes

    bool operator==(GeneveOption const&) const = default;
};

struct VxlanOption {
    std::uint32_t group_policy = 0;

    bool operator==(VxlanOption const&) const = default;
};

struct ErspanOption {
    std::optional<std::uint8_t> version, direction, hardware_id;
    std::optional<std::uint32_t> index;

    bool operator==(ErspanOption const&) const = default;
};

using TunnelOptions = std::variant<std::monostate, std::vector<GeneveOption>, VxlanOption, ErspanOption>;

/// The outer IP header that a tunnel device of "external" mode is to write; IPv4 or IPv6 by `family`.
struct IpEncapsulation {
    Family family = Family::ipv4;
    std::optional<std::uint64_t> id;  ///< tunnel key
    std::optional<IpAddress> source, destination;
    std::optional<std::uint8_t> ttl, tos;  ///< hop limit and traffic class of IPv6
    bool checksum = false, key = false, sequence = false;
    TunnelOptions options;

    bool operator==(IpEncapsulation const&) const = default;
};

enum class Seg6Mode : std::uint32_t { inlined, encap, l2_encap, encap_reduced, l2_encap_reduced };

/// A segment routing header; the segments in the order of travel. Of mode `inlined` the last one stands for
/// the packet's own destination and is "::".
struct Seg6Encapsulation {
    Seg6Mode mode = Seg6Mode::encap;
    std::vector<IpAddress> segments;
    std::uint32_t hmac_key = 0;  ///< 0: none

    bool operator==(Seg6Encapsulation const&) const = default;
};

/// An IPsec policy's interface id.
struct XfrmEncapsulation {
    std::uint32_t interface_id = 0;

    bool operator==(XfrmEncapsulation const&) const = default;
};

/// One that this program knows only by its number (LWTUNNEL_ENCAP_…).
struct OtherEncapsulation {
    std::uint16_t type = 0;

    bool operator==(OtherEncapsulation const&) const = default;
};

using Encapsulation = std::variant<MplsEncapsulation, IpEncapsulation, Seg6Encapsulation, XfrmEncapsulation,
                                   OtherEncapsulation>;

}  // namespace vethwork::topology
