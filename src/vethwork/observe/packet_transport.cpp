#include <vethwork/observe/packet_transport.hpp>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

bool read_tcp_options(ByteReader in, std::vector<HeaderOption>& to) {
    while (in.left() > 0) {
        HeaderOption option{in.u8(), {}};
        if (option.type > tcp_option::nop) {
            std::uint8_t const size = in.u8();
            if (in.failed() || size < 2) return false;
            option.data = read_octets(in, size - 2u);
            if (in.failed()) return false;
        }
        to.push_back(std::move(option));
        if (to.back().type == tcp_option::end) return true;
    }
    return true;
}

/// The fixed part behind the ports.
void read_tcp(ByteReader& reader, Tcp& to) {
    to.sequence = reader.u32();
    to.acknowledgement = reader.u32();
    to.header_length = (reader.u8() >> 4u) * 4u;
    to.flags = reader.u8();
    to.window = reader.u16();
    to.checksum.found = reader.u16();
    to.urgent = reader.u16();
    to.whole_header = !reader.failed();
}

bool is_port(std::uint16_t port, std::uint16_t source, std::uint16_t destination) {
    return source == port || destination == port;
}

Checksum transport_checksum(Slice in, std::size_t offset, IpContext const& ip, std::uint8_t protocol) {
    Checksum checksum = verify_checksum(in, offset, pseudo_header(ip, protocol, in.length));
    if (ip.fragment) checksum.expected.reset();
    return checksum;
}

}  // namespace

void decode_tcp(Slice in, IpContext const& ip, Decoding& to) {
    ByteReader reader(in.bytes);
    Tcp tcp{.source = reader.u16(), .destination = reader.u16(), .length = in.length};
    if (reader.failed()) return to.cut("tcp");
    read_tcp(reader, tcp);
    tcp.checksum = transport_checksum(in, 16, ip, ip_protocol::tcp);
    bool const sane = tcp.header_length >= 20 && tcp.header_length <= in.length;
    if (tcp.whole_header && sane)
        tcp.bad_options =
            !read_tcp_options(ByteReader(in.first(tcp.header_length).from(20).bytes), tcp.options);
    std::size_t const header = tcp.header_length;
    bool const dns = is_port(dns_port, tcp.source, tcp.destination);
    if (!tcp.whole_header || (sane && in.bytes.size() < header)) to.cut("tcp");
    to.add(std::move(tcp));
    if (to.packet.truncated() || !sane) return;
    dns&& in.length > header ? decode_dns(in.from(header), DnsTransport::tcp, to)
                             : to.add_payload(in.from(header));
}

namespace {

void decode_udp_payload(Slice in, std::uint16_t source, std::uint16_t destination, Decoding& to) {
    if (is_port(dns_port, source, destination)) return decode_dns(in, DnsTransport::udp, to);
    if (is_port(mdns_port, source, destination)) return decode_dns(in, DnsTransport::multicast, to);
    if (is_port(vxlan_port, source, destination) && !to.too_deep()) return decode_vxlan(in, to);
    to.add_payload(in);
}

}  // namespace

void decode_udp(Slice in, IpContext const& ip, Decoding& to) {
    ByteReader reader(in.bytes);
    Udp udp{.source = reader.u16(), .destination = reader.u16(), .length = reader.u16()};
    udp.checksum.found = reader.u16();
    if (reader.failed()) to.cut("udp");
    if (in.bytes.size() < 4) return;
    std::size_t const said = udp.length >= 8 ? udp.length : 8;
    Slice const whole{in.first(said).bytes, std::min(said, in.length)};
    if (udp.checksum.found != 0) udp.checksum = transport_checksum(whole, 6, ip, ip_protocol::udp);
    udp.payload_length = whole.from(8).length;
    to.add(udp);
    if (to.packet.truncated() || udp.length < 8 || in.length < 8) return;
    decode_udp_payload(whole.from(8), udp.source, udp.destination, to);
}

void decode_vxlan(Slice in, Decoding& to) {
    ByteReader reader(in.bytes);
    Vxlan vxlan{.flags = reader.u8()};
    reader.skip(3);
    vxlan.vni = reader.u32() >> 8;
    if (in.length < 8) return (void)to.add(Malformed{"vxlan", "VXLAN (invalid)"});
    if (reader.failed()) return to.cut("vxlan");
    to.add(vxlan);
    decode_ethernet(in.from(8), to);
}

void decode_gre(Slice in, Decoding& to) {
    ByteReader reader(in.bytes);
    Gre gre{.flags = reader.u16(), .protocol = reader.u16(), .length = in.length};
    if (gre.flags & 0x8000u) {
        gre.checksum = reader.u16();
        reader.skip(2);
    }
    if (gre.flags & 0x2000u) gre.key = reader.u32();
    if (gre.flags & 0x1000u) gre.sequence = reader.u32();
    if (reader.failed()) return to.cut("gre");
    bool const understood = (gre.flags & 0x4007u) == 0;
    std::uint16_t const protocol = gre.protocol;
    to.add(gre);
    Slice const rest = in.from(in.bytes.size() - reader.left());
    if (!understood || to.too_deep()) return to.add_payload(rest);
    protocol == 0x6558 ? decode_ethernet(rest, to) : decode_ethertype(protocol, rest, to);
}

}  // namespace vethwork::observe
