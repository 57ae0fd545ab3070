#include <vethwork/observe/packet_link.hpp>

#include <array>

#include <vethwork/observe/packet_decode.hpp>

namespace vethwork::observe {

namespace {

struct LinkTypeName {
    LinkType type;
    std::string_view name, description;
};
constexpr std::array link_type_names{
    LinkTypeName{LinkType::null, "NULL", "BSD loopback"},
    LinkTypeName{LinkType::ethernet, "EN10MB", "Ethernet"},
    LinkTypeName{LinkType::raw, "RAW", "Raw IP"},
    LinkTypeName{LinkType::linux_sll, "LINUX_SLL", "Linux cooked v1"},
    LinkTypeName{LinkType::ipv4, "IPV4", "Raw IPv4"},
    LinkTypeName{LinkType::ipv6, "IPV6", "Raw IPv6"},
    LinkTypeName{LinkType::linux_sll2, "LINUX_SLL2", "Linux cooked v2"},
};

LinkTypeName find_link_type(LinkType type) {
    for (LinkTypeName const& row : link_type_names)
        if (row.type == type) return row;
    return {type, {}, {}};
}

bool is_tag(std::uint16_t type) {
    return type == ethertype::vlan || type == ethertype::service_vlan || type == 0x9100 || type == 0x9200;
}

/// Reads tags up to the last type; false where the bytes end among them.
bool read_tags(ByteReader& reader, Ethernet& to) {
    to.type = reader.u16();
    while (!reader.failed() && is_tag(to.type)) {
        VlanTag const tag{to.type, reader.u16()};
        to.type = reader.u16();
        if (!reader.failed()) to.tags.push_back(tag);
    }
    return !reader.failed();
}

}  // namespace

std::string_view link_type_name(LinkType type) { return find_link_type(type).name; }
std::string_view link_type_description(LinkType type) { return find_link_type(type).description; }

void decode_ethernet(Slice in, Decoding& to) {
    if (in.bytes.size() < 14) return to.cut("ether");
    ByteReader reader(in.bytes);
    Ethernet ethernet{.destination = read_link_address(reader, 6), .source = read_link_address(reader, 6)};
    bool const whole = read_tags(reader, ethernet);
    ethernet.length = in.length;
    ethernet.header_length = 14 + 4 * ethernet.tags.size();
    auto const header = to.add(std::move(ethernet)).header_length;
    if (!whole) return to.cut("vlan");
    auto const type = std::get<Ethernet>(to.packet.layers.back()).type;
    if (type <= ethertype::longest_length) return to.add_payload(in.from(header).first(type));
    decode_ethertype(type, in.from(header), to);
}

void decode_ethertype(std::uint16_t type, Slice in, Decoding& to) {
    switch (type) {
        case ethertype::ipv4:
            return decode_ipv4(in, to);
        case ethertype::ipv6:
            return decode_ipv6(in, to);
        case ethertype::arp:
        case ethertype::reverse_arp:
            return decode_arp(in, to);
        default:
            return to.add_payload(in);
    }
}

void decode_arp(Slice in, Decoding& to) {
    ByteReader reader(in.bytes);
    Arp arp{.hardware = reader.u16(), .protocol = reader.u16(), .length = in.length};
    arp.hardware_size = reader.u8();
    arp.protocol_size = reader.u8();
    arp.operation = reader.u16();
    arp.sender_hardware = read_octets(reader, arp.hardware_size);
    arp.sender_protocol = read_octets(reader, arp.protocol_size);
    arp.target_hardware = read_octets(reader, arp.hardware_size);
    arp.target_protocol = read_octets(reader, arp.protocol_size);
    if (reader.failed()) return to.cut("arp");
    to.add(std::move(arp));
}

}  // namespace vethwork::observe
