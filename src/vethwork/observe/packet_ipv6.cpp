#include <fmt/format.h>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

struct NextHeader {
    std::uint8_t protocol = 0;
    Slice rest;
};

Ipv6 read_ipv6(ByteReader& reader) {
    Ipv6 ip;
    std::uint32_t const first = reader.u32();
    ip.traffic_class = static_cast<std::uint8_t>(first >> 20);
    ip.flow_label = first & 0xfffff;
    ip.payload_length = reader.u16();
    ip.next_header = reader.u8();
    ip.hop_limit = reader.u8();
    ip.source = read_address(reader, Family::ipv6);
    ip.destination = read_address(reader, Family::ipv6);
    return ip;
}

/// Hop-by-hop and destination options: Pad1 is a lone octet, every other option has a length.
bool read_ipv6_options(ByteReader in, std::vector<HeaderOption>& to) {
    while (in.left() > 0) {
        HeaderOption option{in.u8(), {}};
        if (option.type != 0) option.data = read_octets(in, in.u8());
        if (in.failed()) return false;
        to.push_back(std::move(option));
    }
    return true;
}

bool options_header(NextHeader& at, Decoding& to) {
    bool const hop_by_hop = at.protocol == ip_protocol::hop_by_hop;
    ByteReader reader(at.rest.bytes);
    Ipv6Options header{.hop_by_hop = hop_by_hop, .next_header = reader.u8()};
    std::size_t const size = (reader.u8() + 1u) * 8u;
    Bytes const options = reader.take(size - 2);
    if (reader.failed() || !read_ipv6_options(ByteReader(options), header.options)) {
        to.cut(hop_by_hop ? "hbhopt" : "dstopt");
        return false;
    }
    at = {header.next_header, at.rest.from(size)};
    to.add(std::move(header));
    return true;
}

bool routing_header(NextHeader& at, IpContext& ip, Decoding& to) {
    ByteReader reader(at.rest.bytes);
    Ipv6Routing header{.next_header = reader.u8(), .size = reader.u8()};
    header.type = reader.u8();
    header.segments_left = reader.u8();
    header.rest = reader.u32();
    bool const known = header.type == 0 || header.type == 2 || header.type == 4;
    for (int i = 0; known && i < header.size / 2; ++i)
        header.segments.push_back(read_address(reader, Family::ipv6));
    if (reader.failed()) {
        to.cut("rt6");
        return false;
    }
    if (!header.segments.empty())
        ip.destination = header.type == 4 ? header.segments.front() : header.segments.back();
    at = {header.next_header, at.rest.from((header.size + 1u) * 8u)};
    bool const readable = known && header.size % 2 == 0;
    to.add(std::move(header));
    return readable;
}

bool fragment_header(NextHeader& at, IpContext& ip, Decoding& to) {
    ByteReader reader(at.rest.bytes);
    Ipv6Fragment header{.next_header = reader.u8()};
    reader.skip(1);
    std::uint16_t const word = reader.u16();
    header.offset = word & 0xfff8u;
    header.more_fragments = (word & 1) != 0;
    header.id = reader.u32();
    header.payload_length = at.rest.length - std::min<std::size_t>(8, at.rest.length);
    if (reader.failed()) {
        to.cut("frag6");
        return false;
    }
    ip.fragment = header.offset != 0 || header.more_fragments;
    at = {header.next_header, at.rest.from(8)};
    bool const first = header.offset == 0;
    to.add(header);
    if (!first) to.add_payload(at.rest);
    return first;
}

/// Walks over extension headers; false where there is nothing to read behind them.
bool walk_headers(NextHeader& at, IpContext& ip, Decoding& to) {
    while (!to.too_deep()) {
        bool go_on = false;
        switch (at.protocol) {
            case ip_protocol::hop_by_hop:
            case ip_protocol::destination_options:
                go_on = options_header(at, to);
                break;
            case ip_protocol::routing:
                go_on = routing_header(at, ip, to);
                break;
            case ip_protocol::fragment:
                go_on = fragment_header(at, ip, to);
                break;
            default:
                return true;
        }
        if (!go_on) return false;
    }
    return true;
}

}  // namespace

void decode_ipv6(Slice in, Decoding& to) {
    if (to.too_deep()) return to.add_payload(in);
    ByteReader reader(in.bytes);
    Ipv6 ip = read_ipv6(reader);
    if (reader.failed()) return to.cut("ip6");
    if (unsigned const version = in.bytes[0] >> 4u; version != 6)
        return (void)to.add(Malformed{"ip6", fmt::format("IP6 version error: {} != 6", version)});
    std::size_t const total = 40u + ip.payload_length;
    ip.missing = total > in.length ? total - in.length : 0;
    NextHeader at{ip.next_header, in.first(total).from(40)};
    IpContext context{ip.source, ip.destination};
    at.rest.length = std::max<std::size_t>(at.rest.length, ip.payload_length);
    to.add(ip);
    if (walk_headers(at, context, to) && at.protocol != ip_protocol::none)
        decode_ip_payload(at.protocol, at.rest, context, to);
}

}  // namespace vethwork::observe
