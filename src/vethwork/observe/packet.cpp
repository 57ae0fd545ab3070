#include <vethwork/observe/packet.hpp>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

void decode_null(Slice in, Decoding& to) {
    ByteReader reader(in.bytes);
    auto family = reader.native<std::uint32_t>();
    if (reader.failed()) return to.cut("null");
    if (family > 0xffff) family = __builtin_bswap32(family);
    to.add(NullLink{family, in.length});
    if (family == 2) return decode_ipv4(in.from(4), to);
    if (family == 10 || family == 24 || family == 28 || family == 30) return decode_ipv6(in.from(4), to);
    to.add_payload(in.from(4));
}

CookedLink read_cooked1(ByteReader& reader) {
    CookedLink link{.version = 1, .header_length = 16};
    link.direction = static_cast<Direction>(reader.u16());
    link.hardware = reader.u16();
    std::size_t const size = std::min<std::size_t>(reader.u16(), 8);
    link.source = read_link_address(reader, size);
    reader.skip(8 - size);
    link.protocol = reader.u16();
    return link;
}

CookedLink read_cooked2(ByteReader& reader) {
    CookedLink link{.version = 2, .header_length = 20};
    link.protocol = reader.u16();
    reader.skip(2);
    link.interface = reader.u32();
    link.hardware = reader.u16();
    link.direction = static_cast<Direction>(reader.u8());
    link.source = read_link_address(reader, std::min<std::size_t>(reader.u8(), 8));
    return link;
}

void decode_cooked(Slice in, unsigned version, Decoding& to) {
    if (in.bytes.size() < (version == 1 ? 16u : 20u)) return to.cut(version == 1 ? "sll" : "sll2");
    ByteReader reader(in.bytes);
    CookedLink link = version == 1 ? read_cooked1(reader) : read_cooked2(reader);
    link.length = in.length;
    to.add(link);
    decode_ethertype(link.protocol, in.from(link.header_length), to);
}

void decode_link(LinkType link, Slice in, Decoding& to) {
    switch (link) {
        case LinkType::ethernet:
            return decode_ethernet(in, to);
        case LinkType::linux_sll:
            return decode_cooked(in, 1, to);
        case LinkType::linux_sll2:
            return decode_cooked(in, 2, to);
        case LinkType::null:
            return decode_null(in, to);
        case LinkType::raw:
            return decode_ip(in, to);
        case LinkType::ipv4:
            return decode_ipv4(in, to);
        case LinkType::ipv6:
            return decode_ipv6(in, to);
    }
    to.add_payload(in);
}

}  // namespace

Packet decode_packet(LinkType link, Bytes bytes, std::size_t length) {
    Packet packet;
    packet.layers.reserve(6);
    Decoding to{packet};
    decode_link(link, {bytes, std::max(length, bytes.size())}, to);
    return packet;
}

Packet decode_packet(Frame const& frame) { return decode_packet(frame.link, frame.bytes, frame.length); }

Checksum verify_checksum(Slice in, std::size_t offset, InternetChecksum sum) {
    ByteReader reader(in.bytes);
    reader.skip(offset);
    Checksum checksum{.found = reader.u16(), .expected = {}};
    if (!in.whole() || reader.failed()) return checksum;
    sum.add(in.bytes);
    if (sum.sum() == 0xffff) {
        checksum.expected = checksum.found;
        return checksum;
    }
    sum.add16(static_cast<std::uint16_t>(~checksum.found));  // ones' complement: takes it out again
    checksum.expected = sum.value();
    return checksum;
}

InternetChecksum pseudo_header(IpContext const& ip, std::uint8_t protocol, std::size_t length) {
    InternetChecksum sum;
    sum.add(ip.source.bytes());
    sum.add(ip.destination.bytes());
    sum.add32(static_cast<std::uint32_t>(length));
    sum.add16(protocol);
    return sum;
}

IpAddress read_address(ByteReader& in, Family family) {
    return IpAddress::from_bytes(in.take(address_bits(family) / 8u)).value_or(IpAddress::any(family));
}

LinkAddress read_link_address(ByteReader& in, std::size_t size) {
    return LinkAddress::from_bytes(in.take(size)).value_or(LinkAddress{});
}

std::vector<std::uint8_t> read_octets(ByteReader& in, std::size_t size) {
    Bytes const bytes = in.take(size);
    return {bytes.begin(), bytes.end()};
}

}  // namespace vethwork::observe
