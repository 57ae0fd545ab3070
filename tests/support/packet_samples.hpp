// Packets built by hand, of every kind that the decoders know: for the tests of decoding, of text, of files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/observe/packet.hpp>

namespace vethwork::test {

using observe::Frame;
using observe::LinkType;

using Octets = std::vector<std::uint8_t>;

/// Octets from hexadecimal digits; blanks are skipped.
[[nodiscard]] Octets hex(std::string_view digits);
[[nodiscard]] Octets operator+(Octets left, Octets const& right);
[[nodiscard]] Octets text_octets(std::string_view text);

/// Headers before a payload. Checksums and lengths are right.
[[nodiscard]] Octets ethernet(std::uint16_t type, Octets const& payload);
struct Ipv4Parts {
    std::uint16_t fragment = 0x4000;  ///< flags and offset
    std::string_view source = "10.0.0.1", destination = "10.0.0.2";
    std::string_view options;  ///< hexadecimal, a multiple of four octets
    std::uint8_t ttl = 64, service = 0;
};
[[nodiscard]] Octets ipv4(std::uint8_t protocol, Octets const& payload, Ipv4Parts const& parts = {});
struct Ipv6Parts {
    std::string_view source = "fe80::1", destination = "fe80::2";
    std::uint8_t hop_limit = 255;
};
[[nodiscard]] Octets ipv6(std::uint8_t next_header, Octets const& payload, Ipv6Parts const& parts = {});
[[nodiscard]] Octets udp4(std::uint16_t source, std::uint16_t destination, Octets const& payload);
[[nodiscard]] Octets udp6(std::uint16_t source, std::uint16_t destination, Octets const& payload);
struct TcpParts {
    std::uint16_t source = 40000, destination = 5000;
    std::uint32_t sequence = 1000, acknowledgement = 0;
    std::uint8_t flags = 2;
    std::string_view options;  ///< hexadecimal, a multiple of four octets
    std::string_view payload;
};
[[nodiscard]] Octets tcp4(TcpParts const& parts);
[[nodiscard]] Octets tcp6(TcpParts const& parts);
/// An ICMP or ICMPv6 message of two words of hexadecimal (the checksum is put in) and a body.
[[nodiscard]] Octets icmp4(std::string_view head, Octets const& body);
[[nodiscard]] Octets icmp6(std::string_view head, Octets const& body, Ipv6Parts const& parts = {});

struct Sample {
    std::string name;
    Octets bytes;
    LinkType link = LinkType::ethernet;
};
/// Ethernet frames first, in an order that makes sense as a capture.
[[nodiscard]] std::vector<Sample> packet_samples();
[[nodiscard]] Frame frame_of(Sample const& sample);

}  // namespace vethwork::test
