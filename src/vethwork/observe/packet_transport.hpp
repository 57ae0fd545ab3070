// TCP (RFC 9293, options RFC 7323, 2018), UDP (RFC 768), VXLAN (RFC 7348), GRE (RFC 2784) of captured
// packets.
#pragma once

#include <cstdint>
#include <vector>

#include <vethwork/observe/packet_ip.hpp>

namespace vethwork::observe {

namespace tcp_flag {
inline constexpr std::uint8_t fin = 1, syn = 2, rst = 4, push = 8, ack = 16, urg = 32, ece = 64, cwr = 128;
}  // namespace tcp_flag

namespace tcp_option {
inline constexpr std::uint8_t end = 0, nop = 1, mss = 2, window_scale = 3, sack_permitted = 4, sack = 5,
                              timestamps = 8;
}  // namespace tcp_option

struct Tcp {
    std::uint16_t source = 0, destination = 0;
    bool whole_header = false;  ///< whether more than the ports was captured
    std::uint32_t sequence = 0, acknowledgement = 0;
    std::size_t header_length = 0;
    std::uint8_t flags = 0;
    std::uint16_t window = 0;
    Checksum checksum;
    std::uint16_t urgent = 0;
    std::vector<HeaderOption> options;
    bool bad_options = false;  ///< an option breaks its format; those before it are there
    std::size_t length = 0;    ///< header and payload on the wire
    [[nodiscard]] std::size_t payload_length() const {
        return length > header_length ? length - header_length : 0;
    }
};

struct Udp {
    std::uint16_t source = 0, destination = 0;
    std::uint16_t length = 0;  ///< of the header's field
    Checksum checksum;
    std::size_t payload_length = 0;
};

struct Vxlan {
    std::uint8_t flags = 0;  ///< 0x08: the VNI is valid
    std::uint32_t vni = 0;
};

struct Gre {
    std::uint16_t flags = 0;  ///< with the version
    std::uint16_t protocol = 0;
    std::uint32_t key = 0, sequence = 0;
    std::uint16_t checksum = 0;
    std::size_t length = 0;
};

/// UDP ports that choose a decoder.
inline constexpr std::uint16_t dns_port = 53, mdns_port = 5353, vxlan_port = 4789;

}  // namespace vethwork::observe
