#include <vethwork/observe/packet_ip.hpp>

#include <fmt/format.h>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

/// Options of one octet (end, no operation) and options with a length, as IPv4 and TCP have them.
/// False where one breaks the format.
bool read_options(ByteReader in, std::vector<HeaderOption>& to) {
    while (in.left() > 0) {
        HeaderOption option{in.u8(), {}};
        if (option.type > 1) {
            std::uint8_t const size = in.u8();
            if (in.failed() || size < 2) return false;
            option.data = read_octets(in, size - 2u);
            if (in.failed()) return false;
        }
        to.push_back(std::move(option));
        if (to.back().type == 0) return true;
    }
    return true;
}

Ipv4 read_ipv4(ByteReader& reader) {
    Ipv4 ip;
    ip.service = reader.u8();
    ip.total_length = reader.u16();
    ip.id = reader.u16();
    std::uint16_t const fragment = reader.u16();
    ip.reserved_flag = (fragment & 0x8000) != 0;
    ip.dont_fragment = (fragment & 0x4000) != 0;
    ip.more_fragments = (fragment & 0x2000) != 0;
    ip.offset = (fragment & 0x1fffu) * 8;
    ip.ttl = reader.u8();
    ip.protocol = reader.u8();
    ip.checksum.found = reader.u16();
    ip.source = read_address(reader, Family::ipv4);
    ip.destination = read_address(reader, Family::ipv4);
    return ip;
}

std::string ipv4_complaint(std::size_t length, std::size_t header, std::size_t total) {
    if (length < 20) return fmt::format("truncated-ip {}", length);
    if (header < 20) return fmt::format("bad-hlen {}", header);
    if (total < header) return fmt::format("bad-len {}", total);
    return {};
}

}  // namespace

void decode_ip(Slice in, Decoding& to) {
    if (in.bytes.empty()) return to.cut("ip");
    unsigned const version = in.bytes[0] >> 4u;
    if (version == 4) return decode_ipv4(in, to);
    if (version == 6) return decode_ipv6(in, to);
    to.add(Malformed{"ip", fmt::format("unknown ip {}", version)});
}

void decode_ipv4(Slice in, Decoding& to) {
    if (in.bytes.empty() || to.too_deep()) return in.bytes.empty() ? to.cut("ip") : to.add_payload(in);
    ByteReader reader(in.bytes);
    std::uint8_t const first = reader.u8();
    if (first >> 4u != 4)
        return (void)to.add(Malformed{"ip", first >> 4u == 6 ? "IP6, wrong link-layer encapsulation (invalid)"
                                                             : fmt::format("IP{} (invalid)", first >> 4u)});
    Ipv4 ip = read_ipv4(reader);
    if (reader.failed()) return to.cut("ip");
    std::size_t const header = (first & 15u) * 4, total = ip.total_length != 0 ? ip.total_length : in.length;
    if (std::string what = ipv4_complaint(in.length, header, total); !what.empty())
        return (void)to.add(Malformed{"ip", "IP " + what});
    ip.missing = total > in.length ? total - in.length : 0;
    Slice const whole{in.first(total).bytes, total}, payload = whole.from(header);
    ip.payload_length = total - header;
    ip.checksum = verify_checksum(whole.first(header), 10, {});
    ip.bad_options = !read_options(ByteReader(whole.first(header).from(20).bytes), ip.options);
    IpContext const context{ip.source, ip.destination, ip.is_fragment()};
    std::uint8_t const protocol = ip.protocol;
    bool const later_fragment = ip.offset != 0;
    to.add(std::move(ip));
    if (whole.bytes.size() < header) return to.cut("ip");
    later_fragment ? to.add_payload(payload) : decode_ip_payload(protocol, payload, context, to);
}

void decode_ip_payload(std::uint8_t protocol, Slice in, IpContext const& ip, Decoding& to) {
    bool const v4 = ip.source.family == Family::ipv4;
    switch (protocol) {
        case ip_protocol::tcp:
            return decode_tcp(in, ip, to);
        case ip_protocol::udp:
            return decode_udp(in, ip, to);
        case ip_protocol::icmp:
            return v4 ? decode_icmp(in, ip, to) : to.add_payload(in);
        case ip_protocol::icmpv6:
            return v4 ? to.add_payload(in) : decode_icmpv6(in, ip, to);
        case ip_protocol::igmp:
            return v4 ? decode_igmp(in, to) : to.add_payload(in);
        case ip_protocol::ipv4:
            return decode_ipv4(in, to);
        case ip_protocol::ipv6:
            return decode_ipv6(in, to);
        case ip_protocol::gre:
            return decode_gre(in, to);
        default:
            return to.add_payload(in);
    }
}

}  // namespace vethwork::observe
