// Echo requests and what comes back, as bytes. Sources: RFC 792, RFC 1071 (checksum), RFC 4443.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <vethwork/base/bytes.hpp>
#include <vethwork/base/ip.hpp>

namespace vethwork {

/// The internet checksum (RFC 1071) of `bytes`; 0 over bytes that hold their own correct one.
[[nodiscard]] std::uint16_t internet_checksum(Bytes bytes);

struct EchoNumber {
    std::uint16_t identifier = 0;
    std::uint16_t sequence = 0;

    bool operator==(EchoNumber const&) const = default;
};

/// Byte `index` of every request's data.
[[nodiscard]] constexpr std::uint8_t echo_data(std::size_t index) { return static_cast<std::uint8_t>(index); }
/// Header, and `size` bytes of data. IPv4 has its checksum; for IPv6 it is the kernel's task.
[[nodiscard]] std::vector<std::uint8_t> echo_request(Family family, EchoNumber number, std::size_t size);
/// The number in an echo request's header, nothing where `icmp` begins with none: what an error quotes.
[[nodiscard]] std::optional<EchoNumber> request_number(Family family, Bytes icmp);

struct EchoReply {
    EchoNumber number;
    std::size_t size = 0;  ///< of the ICMP message, header included
    std::optional<std::uint8_t> ttl;
    bool checksum_fits = true;
    Bytes data;  ///< a part of the packet

    bool operator==(EchoReply const& other) const {
        return number == other.number && size == other.size && ttl == other.ttl &&
               checksum_fits == other.checksum_fits && std::ranges::equal(data, other.data);
    }
};

/// A router's advice about one of our requests (IPv4): redirect or source quench.
struct EchoAdvice {
    EchoNumber number;
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t info = 0;  ///< the gateway of a redirect
    IpAddress destination;   ///< of the request

    bool operator==(EchoAdvice const&) const = default;
};

enum class PacketForm {
    bare,         ///< begins with the ICMP header: datagram sockets, and all of IPv6
    with_header,  ///< begins with the IPv4 header: raw sockets
};

/// monostate: anything else, whole or broken.
using EchoPacket = std::variant<std::monostate, EchoReply, EchoAdvice>;
[[nodiscard]] EchoPacket read_echo_packet(Family family, PacketForm form, Bytes packet);

}  // namespace vethwork
