// ARP (RFC 826), IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200) of captured packets.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>

namespace vethwork::observe {

/// Protocol numbers that mean something to the decoders (IANA protocol numbers).
namespace ip_protocol {
inline constexpr std::uint8_t hop_by_hop = 0, icmp = 1, igmp = 2, ipv4 = 4, tcp = 6, udp = 17, ipv6 = 41,
                              routing = 43, fragment = 44, gre = 47, icmpv6 = 58, none = 59,
                              destination_options = 60;
}  // namespace ip_protocol

/// A checksum as found, and as it should be where the packet is there whole.
struct Checksum {
    std::uint16_t found = 0;
    std::optional<std::uint16_t> expected;  ///< nothing where it cannot be computed
    [[nodiscard]] bool wrong() const { return expected && *expected != found; }
};

struct Arp {
    std::uint16_t hardware = 0;  ///< 1: Ethernet
    std::uint16_t protocol = 0;  ///< EtherType
    std::uint8_t hardware_size = 0;
    std::uint8_t protocol_size = 0;
    std::uint16_t operation = 0;  ///< 1 request, 2 reply
    std::vector<std::uint8_t> sender_hardware, sender_protocol, target_hardware, target_protocol;
    std::size_t length = 0;  ///< with the padding of the frame
    /// Whether the protocol addresses are IPv4 addresses.
    [[nodiscard]] bool is_ipv4() const { return protocol == 0x0800 && protocol_size == 4; }
};

/// Type-length-value options of several protocols; data is without type and length.
struct HeaderOption {
    std::uint8_t type = 0;
    std::vector<std::uint8_t> data;
};

struct Ipv4 {
    std::uint8_t service = 0;  ///< DSCP and ECN
    std::uint16_t total_length = 0;
    std::uint16_t id = 0;
    bool reserved_flag = false, dont_fragment = false, more_fragments = false;
    unsigned offset = 0;  ///< in octets
    std::uint8_t ttl = 0;
    std::uint8_t protocol = 0;
    Checksum checksum;
    IpAddress source, destination;
    std::vector<HeaderOption> options;
    bool bad_options = false;  ///< an option breaks its format; those before it are there
    std::size_t missing = 0;   ///< octets that the header promises and the frame has not
    std::size_t payload_length = 0;
    [[nodiscard]] bool is_fragment() const { return offset != 0 || more_fragments; }
};

struct Ipv6 {
    std::uint8_t traffic_class = 0;
    std::uint32_t flow_label = 0;
    std::uint16_t payload_length = 0;
    std::uint8_t next_header = 0;
    std::uint8_t hop_limit = 0;
    IpAddress source, destination;
    std::size_t missing = 0;
};

/// Hop-by-hop and destination options.
struct Ipv6Options {
    bool hop_by_hop = false;
    std::uint8_t next_header = 0;
    std::vector<HeaderOption> options;
};

/// Types 0, 2 (RFC 6275) and 4 (segment routing, RFC 8754).
struct Ipv6Routing {
    std::uint8_t next_header = 0;
    std::uint8_t size = 0;  ///< in units of 8 octets, without the first 8
    std::uint8_t type = 0;
    std::uint8_t segments_left = 0;
    std::uint32_t rest = 0;  ///< reserved; type 4: last entry, flags, tag
    std::vector<IpAddress> segments;
};

struct Ipv6Fragment {
    std::uint8_t next_header = 0;
    unsigned offset = 0;  ///< in octets
    bool more_fragments = false;
    std::uint32_t id = 0;
    std::size_t payload_length = 0;
};

}  // namespace vethwork::observe
