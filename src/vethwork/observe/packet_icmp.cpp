#include <vethwork/observe/packet_icmp.hpp>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

/// The packet quoted by an error. It was cut by the router, so the length is what its own header says.
std::vector<Packet> decode_quoted(Slice in, Family family, Decoding& to) {
    std::vector<Packet> quoted;
    if (to.too_deep() || in.bytes.empty()) return quoted;
    Decoding inner{quoted.emplace_back(), to.quoting + 1};
    ByteReader reader(in.bytes);
    reader.skip(family == Family::ipv4 ? 2 : 4);
    std::size_t const said = reader.u16() + (family == Family::ipv4 ? 0u : 40u);
    in.bytes = in.bytes.first(std::min(in.bytes.size(), said));
    in.length = said;
    family == Family::ipv4 ? decode_ipv4(in, inner) : decode_ipv6(in, inner);
    return quoted;
}

std::vector<std::uint32_t> read_words(ByteReader in, std::size_t at_most) {
    std::vector<std::uint32_t> words;
    while (words.size() < at_most && in.left() >= 4) words.push_back(in.u32());
    return words;
}

/// How many words follow the second one, by type.
std::size_t icmp_words(Icmp const& icmp) {
    switch (icmp.type) {
        case icmp_type::timestamp_request:
        case icmp_type::timestamp_reply:
            return 3;
        case icmp_type::mask_reply:
            return 1;
        case icmp_type::router_advertisement:
            return (icmp.rest >> 24) * 2;
        default:
            return 0;
    }
}

/// Whether a message without all its words cannot be shown.
bool needs_words(Icmp const& icmp) { return icmp.type != icmp_type::timestamp_request; }

std::vector<GroupRecord> read_records(ByteReader in, std::size_t count, Family family) {
    std::vector<GroupRecord> records;
    while (records.size() < count) {
        GroupRecord record{.type = in.u8()};
        std::size_t const auxiliary = in.u8() * 4u;
        record.source_count = in.u16();
        record.group = read_address(in, family);
        for (int i = 0; i < record.source_count && !in.failed(); ++i)
            record.sources.push_back(read_address(in, family));
        in.skip(auxiliary);
        if (in.failed()) break;
        records.push_back(std::move(record));
    }
    return records;
}

}  // namespace

bool Icmp::is_error() const {
    return type == icmp_type::unreachable || type == icmp_type::source_quench ||
           type == icmp_type::redirect || type == icmp_type::time_exceeded ||
           type == icmp_type::parameter_problem;
}

void decode_icmp(Slice in, IpContext const& ip, Decoding& to) {
    ByteReader reader(in.bytes);
    Icmp icmp{.type = reader.u8(), .code = reader.u8(), .length = in.length};
    icmp.checksum = verify_checksum(in, 2, {});
    if (ip.fragment) icmp.checksum.expected.reset();
    reader.skip(2);
    icmp.rest = reader.u32();
    if (reader.failed()) return to.cut("icmp");
    std::size_t const words = icmp_words(icmp);
    icmp.words = read_words(reader, words);
    if (icmp.words.size() < words && needs_words(icmp)) return to.cut("icmp");
    if (icmp.is_error()) icmp.quoted = decode_quoted(in.from(8), Family::ipv4, to);
    to.add(std::move(icmp));
}

void decode_igmp(Slice in, Decoding& to) {
    ByteReader reader(in.bytes);
    Igmp igmp{.type = reader.u8(), .max_response = reader.u8(), .length = in.length};
    igmp.checksum = verify_checksum(in, 2, {});
    reader.skip(2);
    igmp.group = read_address(reader, Family::ipv4);
    if (reader.failed()) return to.cut("igmp");
    if (igmp.type == 0x22) {
        igmp.count = static_cast<std::uint16_t>(igmp.group.ipv4_number());
        igmp.group = IpAddress::any(Family::ipv4);
        igmp.records = read_records(reader, igmp.count, Family::ipv4);
    } else if (igmp.type == 0x11 && in.length >= 12) {
        reader.skip(2);
        igmp.count = reader.u16();
    }
    to.add(std::move(igmp));
}

namespace {

/// Options of neighbour discovery: a length in units of eight octets (RFC 4861 4.6).
bool read_nd_options(ByteReader in, std::vector<HeaderOption>& to) {
    while (in.left() > 0) {
        HeaderOption option{in.u8(), {}};
        std::size_t const size = in.u8() * 8u;
        if (size == 0) return false;
        option.data = read_octets(in, size - 2);
        if (in.failed()) return false;
        to.push_back(std::move(option));
    }
    return true;
}

void read_discovery(ByteReader& reader, Icmpv6& to) {
    switch (to.type) {
        case icmpv6_type::router_advertisement:
            to.reachable_time = reader.u32();
            to.retransmit_time = reader.u32();
            break;
        case icmpv6_type::redirect:
            to.target = read_address(reader, Family::ipv6);
            to.destination = read_address(reader, Family::ipv6);
            break;
        case icmpv6_type::neighbor_solicitation:
        case icmpv6_type::neighbor_advertisement:
            to.target = read_address(reader, Family::ipv6);
            break;
        default:
            break;
    }
    to.bad_options = !read_nd_options(reader, to.options);
}

void read_listener_query(ByteReader& reader, Icmpv6& to) {
    to.target = read_address(reader, Family::ipv6);
    if (to.length < 28) return;
    to.query_control = reader.u16();
    to.source_count = reader.u16();
    for (int i = 0; i < to.source_count && reader.left() >= 16; ++i)
        to.sources.push_back(read_address(reader, Family::ipv6));
}

void read_body(Slice in, ByteReader& reader, Icmpv6& message, Decoding& to) {
    switch (message.type) {
        case icmpv6_type::router_solicitation:
        case icmpv6_type::router_advertisement:
        case icmpv6_type::neighbor_solicitation:
        case icmpv6_type::neighbor_advertisement:
        case icmpv6_type::redirect:
            return read_discovery(reader, message);
        case icmpv6_type::listener_query:
            return read_listener_query(reader, message);
        case icmpv6_type::listener_report:
        case icmpv6_type::listener_done:
            message.target = read_address(reader, Family::ipv6);
            return;
        case icmpv6_type::listener_report_v2:
            message.records = read_records(reader, message.rest & 0xffff, Family::ipv6);
            return;
        default:
            if (message.is_error()) message.quoted = decode_quoted(in.from(8), Family::ipv6, to);
    }
}

}  // namespace

void decode_icmpv6(Slice in, IpContext const& ip, Decoding& to) {
    ByteReader reader(in.bytes);
    Icmpv6 message{.type = reader.u8(), .code = reader.u8(), .length = in.length};
    message.checksum = verify_checksum(in, 2, pseudo_header(ip, ip_protocol::icmpv6, in.length));
    if (ip.fragment) message.checksum.expected.reset();
    reader.skip(2);
    message.rest = reader.u32();
    read_body(in, reader, message, to);
    if (reader.failed()) to.cut("icmp6");
    if (in.bytes.size() >= 8) to.add(std::move(message));
}

}  // namespace vethwork::observe
