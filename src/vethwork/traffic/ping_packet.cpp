#include <vethwork/traffic/ping_packet.hpp>

#include <linux/icmp.h>
#include <linux/icmpv6.h>

namespace vethwork {

namespace {

constexpr std::size_t icmp_header = 8;
constexpr std::uint8_t protocol_icmp = 1;

struct Ipv4Header {
    std::uint8_t protocol = 0;
    std::uint8_t ttl = 0;
    IpAddress destination;
};

/// Reads an IPv4 header with its options; failure sticks to the reader.
Ipv4Header read_ipv4_header(ByteReader& reader) {
    Ipv4Header header;
    std::uint8_t const first = reader.u8();
    std::size_t const length = (first & 0x0fu) * 4u;
    reader.skip(7);
    header.ttl = reader.u8();
    header.protocol = reader.u8();
    reader.skip(6);
    header.destination = IpAddress::from_bytes(reader.take(4)).value_or(IpAddress{});
    bool const is_ipv4 = first >> 4 == 4 && length >= 20;
    reader.skip(is_ipv4 ? length - 20 : SIZE_MAX);  // past the end: failure
    return header;
}

EchoPacket read_advice(Bytes icmp) {
    ByteReader reader(icmp);
    EchoAdvice advice;
    advice.type = reader.u8();
    advice.code = reader.u8();
    reader.skip(2);
    advice.info = reader.u32();
    Ipv4Header const quoted = read_ipv4_header(reader);
    if (reader.failed() || quoted.protocol != protocol_icmp) return {};
    auto const number = request_number(Family::ipv4, reader.rest());
    if (!number) return {};
    advice.number = *number;
    advice.destination = quoted.destination;
    return advice;
}

EchoReply read_reply(Family family, Bytes icmp, std::optional<std::uint8_t> ttl) {
    ByteReader reader(icmp);
    reader.skip(4);
    EchoReply reply{.size = icmp.size(), .ttl = ttl};
    reply.number.identifier = reader.u16();
    reply.number.sequence = reader.u16();
    reply.checksum_fits = family == Family::ipv6 || internet_checksum(icmp) == 0;
    reply.data = reader.rest();
    return reply;
}

}  // namespace

std::uint16_t internet_checksum(Bytes bytes) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) sum += bytes[i] * 256u + bytes[i + 1];
    if (bytes.size() % 2 != 0) sum += bytes.back() * 256u;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

std::vector<std::uint8_t> echo_request(Family family, EchoNumber number, std::size_t size) {
    ByteWriter writer;
    writer.u8(family == Family::ipv4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST);
    writer.u8(0);
    writer.u16(0);
    writer.u16(number.identifier);
    writer.u16(number.sequence);
    for (std::size_t i = 0; i < size; ++i) writer.u8(echo_data(i));
    std::vector<std::uint8_t> bytes = std::move(writer).take();
    if (family == Family::ipv6) return bytes;
    std::uint16_t const sum = internet_checksum(bytes);
    bytes[2] = static_cast<std::uint8_t>(sum >> 8);
    bytes[3] = static_cast<std::uint8_t>(sum);
    return bytes;
}

std::optional<EchoNumber> request_number(Family family, Bytes icmp) {
    ByteReader reader(icmp);
    std::uint8_t const type = reader.u8();
    reader.skip(3);
    EchoNumber const number{reader.u16(), reader.u16()};
    if (reader.failed() || type != (family == Family::ipv4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST)) return {};
    return number;
}

EchoPacket read_echo_packet(Family family, PacketForm form, Bytes packet) {
    ByteReader reader(packet);
    std::optional<std::uint8_t> ttl;
    if (form == PacketForm::with_header) ttl = read_ipv4_header(reader).ttl;
    Bytes const icmp = reader.rest();
    if (reader.failed() || icmp.size() < icmp_header) return {};
    if (family == Family::ipv6) {
        if (icmp[0] != ICMPV6_ECHO_REPLY) return {};
        return read_reply(family, icmp, ttl);
    }
    if (icmp[0] == ICMP_ECHOREPLY) return read_reply(family, icmp, ttl);
    if (icmp[0] == ICMP_REDIRECT || icmp[0] == ICMP_SOURCE_QUENCH) return read_advice(icmp);
    return {};
}

}  // namespace vethwork
