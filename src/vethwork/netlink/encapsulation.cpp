#include <vethwork/netlink/encapsulation.hpp>

#include <linux/lwtunnel.h>
#include <linux/mpls_iptunnel.h>
#include <linux/seg6_iptunnel.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/tunnel_options.hpp>

namespace vethwork::netlink {

namespace {

using topology::Encapsulation;
using topology::IpEncapsulation;
using topology::MplsEncapsulation;
using topology::OtherEncapsulation;
using topology::Seg6Encapsulation;
using topology::XfrmEncapsulation;

constexpr std::uint16_t type_xfrm = 10;         // LWTUNNEL_ENCAP_XFRM
constexpr std::uint16_t xfrm_interface_id = 1;  // LWT_XFRM_IF_ID

/// One entry of a label stack: label, three bits of class, bottom of stack, time to live (RFC 3032).
constexpr std::uint32_t bottom_of_stack = 0x100;
constexpr int label_shift = 12;

void write_content(MplsEncapsulation const& mpls, MessageWriter& to) {
    ByteWriter stack;
    for (std::size_t i = 0; i < mpls.labels.size(); ++i)
        stack.u32(mpls.labels[i] << label_shift | (i + 1 == mpls.labels.size() ? bottom_of_stack : 0));
    to.attribute(MPLS_IPTUNNEL_DST, "MPLS_IPTUNNEL_DST", stack.bytes());
    if (mpls.ttl) to.value(MPLS_IPTUNNEL_TTL, "MPLS_IPTUNNEL_TTL", *mpls.ttl);
}

std::optional<MplsEncapsulation> read_mpls(Bytes content) {
    MplsEncapsulation mpls;
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next()) {
        ByteReader reader(attribute->payload);
        if (attribute->type == MPLS_IPTUNNEL_TTL) mpls.ttl = reader.u8();
        if (attribute->type != MPLS_IPTUNNEL_DST) continue;
        for (bool last = false; !last && !reader.failed();) {
            auto const entry = reader.u32();
            mpls.labels.push_back(entry >> label_shift);
            last = entry & bottom_of_stack;
        }
        if (reader.failed()) return {};
    }
    if (attributes.failed()) return {};
    return mpls;
}

/// LWTUNNEL_IP_… and LWTUNNEL_IP6_… have the same numbers.
static_assert(int{LWTUNNEL_IP_TTL} == int{LWTUNNEL_IP6_HOPLIMIT} &&
              int{LWTUNNEL_IP_TOS} == int{LWTUNNEL_IP6_TC} &&
              int{LWTUNNEL_IP_FLAGS} == int{LWTUNNEL_IP6_FLAGS} &&
              int{LWTUNNEL_IP_OPTS} == int{LWTUNNEL_IP6_OPTS});

/// TUNNEL_… of <linux/if_tunnel.h>, which lie in network byte order there and, in this attribute, too.
constexpr std::uint16_t network_order(std::uint16_t value) {
    return std::endian::native == std::endian::little ? __builtin_bswap16(value) : value;
}
constexpr std::uint16_t tunnel_checksum = network_order(1), tunnel_key = network_order(4),
                        tunnel_sequence = network_order(8);

constexpr auto ip_fields = make_table<IpEncapsulation>(
    field<&IpEncapsulation::id, NetworkOrder>(LWTUNNEL_IP_ID, "LWTUNNEL_IP_ID"),
    field<&IpEncapsulation::destination>(LWTUNNEL_IP_DST, "LWTUNNEL_IP_DST"),
    field<&IpEncapsulation::source>(LWTUNNEL_IP_SRC, "LWTUNNEL_IP_SRC"),
    field<&IpEncapsulation::ttl>(LWTUNNEL_IP_TTL, "LWTUNNEL_IP_TTL"),
    field<&IpEncapsulation::tos>(LWTUNNEL_IP_TOS, "LWTUNNEL_IP_TOS"),
    Row<IpEncapsulation>{LWTUNNEL_IP_FLAGS, "LWTUNNEL_IP_FLAGS", nullptr,
                         [](IpEncapsulation& ip, Bytes bytes) {
                             std::uint16_t flags = 0;
                             if (!HostOrder::read(bytes, flags)) return false;
                             ip.checksum = flags & tunnel_checksum;
                             ip.key = flags & tunnel_key;
                             ip.sequence = flags & tunnel_sequence;
                             return true;
                         }},
    Row<IpEncapsulation>{LWTUNNEL_IP_OPTS, "LWTUNNEL_IP_OPTS", nullptr, [](IpEncapsulation& ip, Bytes bytes) {
                             return read_tunnel_options(bytes, ip.options);
                         }});

void write_content(IpEncapsulation const& ip, MessageWriter& to) {
    ip_fields.write(ip, to);
    auto const flags =
        static_cast<std::uint16_t>((ip.checksum ? tunnel_checksum : 0) | (ip.key ? tunnel_key : 0) |
                                   (ip.sequence ? tunnel_sequence : 0));
    if (flags != 0) to.value(LWTUNNEL_IP_FLAGS, "LWTUNNEL_IP_FLAGS", flags);
    write_tunnel_options(ip.options, to);
}

std::optional<IpEncapsulation> read_ip(Family family, Bytes content) {
    IpEncapsulation ip{.family = family};
    if (ip_fields.read(content, ip, "encapsulation")) return {};
    return ip;
}

/// The routing header of RFC 8754; its segments lie in reverse order, behind them perhaps a key for HMAC.
constexpr std::uint8_t routing_type = 4, flag_hmac = 8, tlv_hmac = 5, tlv_hmac_length = 38;
constexpr std::size_t hmac_size = 40;

void write_content(Seg6Encapsulation const& seg6, MessageWriter& to) {
    ByteWriter bytes;
    std::size_t const size = 8 + 16 * seg6.segments.size() + (seg6.hmac_key != 0 ? hmac_size : 0);
    auto const last = static_cast<std::uint8_t>(seg6.segments.size() - 1);
    bytes.native(static_cast<std::uint32_t>(seg6.mode));
    bytes.u8(0);
    bytes.u8(static_cast<std::uint8_t>(size / 8 - 1));
    bytes.u8(routing_type);
    bytes.u8(last);
    bytes.u8(last);
    bytes.u8(seg6.hmac_key != 0 ? flag_hmac : 0);
    bytes.u16(0);
    for (auto at = seg6.segments.rbegin(); at != seg6.segments.rend(); ++at) bytes.raw(at->bytes());
    if (seg6.hmac_key != 0) {
        bytes.u8(tlv_hmac);
        bytes.u8(tlv_hmac_length);
        bytes.u16(0);
        bytes.u32(seg6.hmac_key);
        bytes.zeros(32);
    }
    to.attribute(SEG6_IPTUNNEL_SRH, "SEG6_IPTUNNEL_SRH", bytes.bytes());
}

std::optional<Seg6Encapsulation> read_seg6(Bytes content) {
    Seg6Encapsulation seg6;
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next()) {
        if (attribute->type != SEG6_IPTUNNEL_SRH) continue;
        ByteReader reader(attribute->payload);
        seg6.mode = static_cast<topology::Seg6Mode>(reader.native<std::uint32_t>());
        reader.skip(4);
        int const count = reader.u8() + 1;
        bool const has_hmac = reader.u8() & flag_hmac;
        reader.skip(2);
        for (int i = 0; i < count && !reader.failed(); ++i)
            if (auto const segment = IpAddress::from_bytes(reader.take(16)))
                seg6.segments.insert(seg6.segments.begin(), *segment);
        if (has_hmac) {
            reader.skip(4);
            seg6.hmac_key = reader.u32();
        }
        if (reader.failed()) return {};
    }
    if (attributes.failed()) return {};
    return seg6;
}

void write_content(XfrmEncapsulation const& xfrm, MessageWriter& to) {
    to.value(xfrm_interface_id, "LWT_XFRM_IF_ID", xfrm.interface_id);
}

std::optional<XfrmEncapsulation> read_xfrm(Bytes content) {
    XfrmEncapsulation xfrm;
    AttributeReader attributes(content);
    while (auto const attribute = attributes.next())
        if (attribute->type == xfrm_interface_id && !HostOrder::read(attribute->payload, xfrm.interface_id))
            return {};
    if (attributes.failed()) return {};
    return xfrm;
}

void write_content(OtherEncapsulation const&, MessageWriter&) {}

struct TypeOf {
    std::uint16_t operator()(MplsEncapsulation const&) const { return LWTUNNEL_ENCAP_MPLS; }
    std::uint16_t operator()(IpEncapsulation const& ip) const {
        return ip.family == Family::ipv4 ? LWTUNNEL_ENCAP_IP : LWTUNNEL_ENCAP_IP6;
    }
    std::uint16_t operator()(Seg6Encapsulation const&) const { return LWTUNNEL_ENCAP_SEG6; }
    std::uint16_t operator()(XfrmEncapsulation const&) const { return type_xfrm; }
    std::uint16_t operator()(OtherEncapsulation const& other) const { return other.type; }
};

}  // namespace

std::uint16_t encapsulation_type(Encapsulation const& encapsulation) {
    return std::visit(TypeOf{}, encapsulation);
}

void write_encapsulation(Encapsulation const& encapsulation, EncapsulationTypes types, MessageWriter& to) {
    to.value(types.type, "ENCAP_TYPE", encapsulation_type(encapsulation));
    auto const nest = to.begin_nest(types.content | NLA_F_NESTED, "ENCAP");
    std::visit([&to](auto const& one) { write_content(one, to); }, encapsulation);
    to.end_nest(nest);
}

std::optional<Encapsulation> read_encapsulation(std::uint16_t type, Bytes content) {
    switch (type) {
        case LWTUNNEL_ENCAP_MPLS:
            return read_mpls(content);
        case LWTUNNEL_ENCAP_IP:
            return read_ip(Family::ipv4, content);
        case LWTUNNEL_ENCAP_IP6:
            return read_ip(Family::ipv6, content);
        case LWTUNNEL_ENCAP_SEG6:
            return read_seg6(content);
        case type_xfrm:
            return read_xfrm(content);
        default:
            return OtherEncapsulation{type};
    }
}

}  // namespace vethwork::netlink
