// ICMP (RFC 792, 950, 1191, 1256), ICMPv6 (RFC 4443), neighbour discovery (RFC 4861, 8106), multicast
// listener discovery (RFC 2710, 3810) and IGMP (RFC 3376) of captured packets.
#pragma once

#include <cstdint>
#include <vector>

#include <vethwork/observe/packet_ip.hpp>

namespace vethwork::observe {

struct Packet;

namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0, unreachable = 3, source_quench = 4, redirect = 5,
                              echo_request = 8, router_advertisement = 9, time_exceeded = 11,
                              parameter_problem = 12, timestamp_request = 13, timestamp_reply = 14,
                              mask_reply = 18;
}  // namespace icmp_type

struct Icmp {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    Checksum checksum;
    std::uint32_t rest = 0;            ///< the second word: id and sequence, next-hop MTU, gateway, pointer
    std::vector<std::uint32_t> words;  ///< behind it: timestamps, a mask, or routers with their preferences
    std::vector<Packet> quoted;        ///< the packet that an error is about; at most one
    std::size_t length = 0;            ///< of the message on the wire

    [[nodiscard]] bool is_error() const;
    [[nodiscard]] std::uint16_t id() const { return static_cast<std::uint16_t>(rest >> 16); }
    [[nodiscard]] std::uint16_t sequence() const { return static_cast<std::uint16_t>(rest); }
};

namespace icmpv6_type {
inline constexpr std::uint8_t unreachable = 1, packet_too_big = 2, time_exceeded = 3, parameter_problem = 4,
                              echo_request = 128, echo_reply = 129, listener_query = 130,
                              listener_report = 131, listener_done = 132, router_solicitation = 133,
                              router_advertisement = 134, neighbor_solicitation = 135,
                              neighbor_advertisement = 136, redirect = 137, listener_report_v2 = 143;
}  // namespace icmpv6_type

/// One record of a multicast report (IGMPv3, MLDv2).
struct GroupRecord {
    std::uint8_t type = 0;
    IpAddress group;
    std::uint16_t source_count = 0;  ///< as announced
    std::vector<IpAddress> sources;
};

struct Icmpv6 {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    Checksum checksum;
    std::uint32_t rest = 0;                   ///< the second word: id and sequence, MTU, pointer, flags
    std::uint32_t reachable_time = 0;         ///< router advertisement, ms
    std::uint32_t retransmit_time = 0;        ///< router advertisement, ms
    IpAddress target{Family::ipv6, {}};       ///< of solicitation, advertisement and redirect; group of MLD
    IpAddress destination{Family::ipv6, {}};  ///< of a redirect
    std::vector<HeaderOption> options;        ///< of neighbour discovery; data is without type and length
    bool bad_options = false;
    std::uint16_t query_control = 0;   ///< MLDv2 query: S flag, robustness, query interval
    std::vector<IpAddress> sources;    ///< MLDv2 query
    std::uint16_t source_count = 0;    ///< MLDv2 query: as announced
    std::vector<GroupRecord> records;  ///< MLDv2 report
    std::vector<Packet> quoted;        ///< the packet that an error is about; at most one
    std::size_t length = 0;

    [[nodiscard]] bool is_error() const { return type < 128; }
    [[nodiscard]] std::uint16_t id() const { return static_cast<std::uint16_t>(rest >> 16); }
    [[nodiscard]] std::uint16_t sequence() const { return static_cast<std::uint16_t>(rest); }
};

struct Igmp {
    std::uint8_t type = 0;  ///< 0x11 query, 0x12 0x16 0x22 reports, 0x17 leave
    std::uint8_t max_response = 0;
    Checksum checksum;
    IpAddress group;
    std::uint16_t count = 0;  ///< sources of a version 3 query, records of a version 3 report
    std::vector<GroupRecord> records;
    std::size_t length = 0;
};

}  // namespace vethwork::observe
