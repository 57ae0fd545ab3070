// Link layers of captured packets: Ethernet with its tags, Linux's cooked headers, the BSD loopback header.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <vethwork/base/link_address.hpp>

namespace vethwork::observe {

/// What a frame begins with, numbered as in capture files (pcap-linktype(7)).
enum class LinkType : std::uint32_t {
    null = 0,         ///< four octets of address family (BSD loopback)
    ethernet = 1,     ///< EN10MB; also Linux's `lo`
    raw = 101,        ///< an IP packet of either version
    linux_sll = 113,  ///< cooked, version 1
    ipv4 = 228,
    ipv6 = 229,
    linux_sll2 = 276,  ///< cooked, version 2: what a capture on every device uses
};

/// "EN10MB", and nothing for a type that this program does not decode.
[[nodiscard]] std::string_view link_type_name(LinkType type);
/// "Ethernet"
[[nodiscard]] std::string_view link_type_description(LinkType type);

/// EtherType numbers that mean something to the decoders (IEEE 802 numbers, RFC 9542).
namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800, arp = 0x0806, ipv6 = 0x86dd, reverse_arp = 0x8035,
                               vlan = 0x8100, service_vlan = 0x88a8, loopback = 0x9000;
/// Up to here the field is a length (IEEE 802.3).
inline constexpr std::uint16_t longest_length = 1500;
}  // namespace ethertype

/// IEEE 802.1Q and 802.1ad tag.
struct VlanTag {
    std::uint16_t protocol = 0;  ///< 0x8100 or 0x88a8
    std::uint16_t control = 0;   ///< priority (3 bits), drop eligible (1), id (12)

    [[nodiscard]] std::uint16_t id() const { return control & 0x0fff; }
    [[nodiscard]] unsigned priority() const { return control >> 13u; }
    [[nodiscard]] bool drop_eligible() const { return (control & 0x1000) != 0; }
};

struct Ethernet {
    LinkAddress destination;
    LinkAddress source;
    std::vector<VlanTag> tags;  ///< the outermost first
    std::uint16_t type = 0;     ///< EtherType behind the tags, or a length
    std::size_t length = 0;     ///< of the frame on the wire
    std::size_t header_length = 0;
};

/// PACKET_* of linux/if_packet.h
enum class Direction : std::uint8_t { host = 0, broadcast = 1, multicast = 2, other_host = 3, outgoing = 4 };

/// LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2
struct CookedLink {
    unsigned version = 2;
    std::uint16_t protocol = 0;   ///< EtherType
    std::uint32_t interface = 0;  ///< index; version 2 only
    std::uint16_t hardware = 0;   ///< ARPHRD_*
    Direction direction = Direction::host;
    LinkAddress source;
    std::size_t length = 0;
    std::size_t header_length = 0;
};

struct NullLink {
    std::uint32_t family = 0;  ///< 2 for IPv4; 10, 24, 28 or 30 for IPv6
    std::size_t length = 0;
};

}  // namespace vethwork::observe
