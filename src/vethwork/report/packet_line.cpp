#include <vethwork/report/packet_line.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace vethwork::report::lines {

namespace {

constexpr std::array ethertype_names{
    Word{0x0800, "IPv4"},
    Word{0x0806, "ARP"},
    Word{0x6558, "TEB"},
    Word{0x8035, "Reverse ARP"},
    Word{0x809b, "Appletalk"},
    Word{0x80f3, "Appletalk ARP"},
    Word{0x8100, "802.1Q"},
    Word{0x8137, "IPX"},
    Word{0x86dd, "IPv6"},
    Word{0x8808, "MPCP"},
    Word{0x8809, "Slow Protocols"},
    Word{0x880b, "PPP"},
    Word{0x8847, "MPLS unicast"},
    Word{0x8848, "MPLS multicast"},
    Word{0x8863, "PPPoE D"},
    Word{0x8864, "PPPoE S"},
    Word{0x888e, "EAPOL"},
    Word{0x8899, "Realtek protocols"},
    Word{0x88a2, "AoE"},
    Word{0x88a8, "802.1Q-QinQ"},
    Word{0x88ca, "TIPC"},
    Word{0x88cc, "LLDP"},
    Word{0x88e5, "802.1AE MACsec"},
    Word{0x88f7, "PTP"},
    Word{0x8902, "CFM"},
    Word{0x894f, "NSH"},
    Word{0x9000, "Loopback"},
    Word{0x9100, "802.1Q-9100"},
    Word{0x9200, "802.1Q-9200"},
};

constexpr std::array protocol_names{
    Word{0, "Options"},    Word{1, "ICMP"},
    Word{2, "IGMP"},       Word{4, "IPIP"},
    Word{6, "TCP"},        Word{8, "EGP"},
    Word{9, "IGRP"},       Word{17, "UDP"},
    Word{33, "DCCP"},      Word{41, "IPv6"},
    Word{43, "Routing"},   Word{44, "Fragment"},
    Word{46, "RSVP"},      Word{47, "GRE"},
    Word{50, "ESP"},       Word{51, "AH"},
    Word{55, "Mobile IP"}, Word{58, "ICMPv6"},
    Word{88, "EIGRP"},     Word{89, "OSPF"},
    Word{103, "PIM"},      Word{108, "Compressed IP"},
    Word{112, "VRRP"},     Word{113, "PGM"},
    Word{132, "SCTP"},     Word{135, "Mobility"},
    Word{143, "Ethernet"},
};

constexpr std::array arp_operations{
    Word{1, "Request"},       Word{2, "Reply"},           Word{3, "Reverse Request"},
    Word{4, "Reverse Reply"}, Word{8, "Inverse Request"}, Word{9, "Inverse Reply"},
    Word{10, "NACK Reply"},
};
constexpr std::array arp_hardware{
    Word{1, "Ethernet"},    Word{6, "TokenRing"},  Word{7, "ArcNet"},
    Word{15, "FrameRelay"}, Word{24, "IEEE 1394"}, Word{32, "InfiniBand"},
};
constexpr std::array directions{
    Word{0, "In"}, Word{1, "B"}, Word{2, "M"}, Word{3, "P"}, Word{4, "Out"},
};
constexpr std::array ipv4_option_names{
    Word{0, "EOL"},        Word{1, "NOP"},         Word{7, "RR"},
    Word{68, "timestamp"}, Word{82, "traceroute"}, Word{130, "security"},
    Word{131, "LSRR"},     Word{137, "SSRR"},      Word{148, "RA"},
};

std::string octets_text(std::span<std::uint8_t const> octets) {
    std::string text;
    for (std::uint8_t const octet : octets) text += fmt::format("{}{:02x}", text.empty() ? "" : ":", octet);
    return text;
}

std::string or_unknown(std::string_view name, std::string unknown) {
    return name.empty() ? unknown : std::string(name);
}

}  // namespace

std::string_view find_word(std::span<Word const> table, std::uint32_t number) {
    for (Word const& word : table)
        if (word.number == number) return word.text;
    return {};
}

std::string bit_words(std::span<Word const> table, std::uint32_t bits, std::string_view separator) {
    std::string text;
    for (Word const& word : table)
        if (bits & word.number) text.append(text.empty() ? "" : separator).append(word.text);
    return text.empty() ? "none" : text;
}

std::string_view ethertype_name(std::uint16_t type) { return find_word(ethertype_names, type); }
std::string_view ip_protocol_name(std::uint8_t protocol) { return find_word(protocol_names, protocol); }

std::string visible_text(std::string_view octets) {
    std::string text;
    for (char const c : octets) {
        auto octet = static_cast<std::uint8_t>(c);
        if (octet >= 0x80) text += "M-";
        octet &= 0x7f;
        if (octet < 0x20 || octet == 0x7f) {
            text += '^';
            octet ^= 0x40;
        }
        text += static_cast<char>(octet);
    }
    return text;
}

std::string PacketLine::text() && {
    while (!last()) {
        Layer const& layer = layers_[at_++];
        std::visit([this](auto const& shown) { show(shown); }, layer);
    }
    if (!cut_.empty()) print(" [|{}]", cut_);
    return std::move(out_);
}

void PacketLine::show_type(std::uint16_t type) {
    std::string_view const name = ethertype_name(type);
    if (options_.quiet)
        print("{}", or_unknown(name, fmt::format("Unknown Ethertype (0x{:04x})", type)));
    else
        print("ethertype {} (0x{:04x})", or_unknown(name, "Unknown"), type);
}

void PacketLine::show(Ethernet const& ethernet) {
    bool const has_length = ethernet.type <= ethertype::longest_length;
    bool const unknown = has_length || (!last() && std::holds_alternative<Payload>(layers_[at_]));
    if (!options_.link_level) {
        if (unknown && !has_length) show_unknown_frame(ethernet);
        return;
    }
    print("{} > {}, ", ethernet.source.to_string(), ethernet.destination.to_string());
    bool printed_length = false;
    for (VlanTag const& tag : ethernet.tags) {
        show_type(tag.protocol);
        if (!std::exchange(printed_length, true))
            print(", length {}: ", ethernet.length);
        else
            print(", ");
        print("vlan {}, p {}{}, ", tag.id(), tag.priority(), tag.drop_eligible() ? ", DEI" : "");
    }
    has_length ? print("802.3") : show_type(ethernet.type);
    if (printed_length)
        print("{}", has_length ? "" : ", ");
    else
        print(", length {}: ",
              has_length ? std::min<std::size_t>(ethernet.type, ethernet.length - 14) : ethernet.length);
}

void PacketLine::show_unknown_frame(Ethernet const& ethernet) {
    print("{} > {}, ", ethernet.source.to_string(), ethernet.destination.to_string());
    show_type(ethernet.type);
    print(", length {}: ", ethernet.length);
}

void PacketLine::show(CookedLink const& link) {
    auto const direction = or_unknown(find_word(directions, static_cast<std::uint32_t>(link.direction)), "?");
    bool const unknown = !last() && std::holds_alternative<Payload>(layers_[at_]);
    if (link.version == 2)
        print("{:<5} {:<3} ", options_.device_name ? options_.device_name(link.interface) : "?", direction);
    if (!options_.link_level && !unknown) return;
    link.version == 2 ? print("ifindex {} ", link.interface) : print("{:>3} ", direction);
    if (link.source.size == 6) print("{} ", link.source.to_string());
    if (options_.quiet) return;
    print("ethertype {} (0x{:04x}), length {}: ", or_unknown(ethertype_name(link.protocol), "Unknown"),
          link.protocol, link.length);
}

void PacketLine::show(NullLink const& link) {
    if (options_.link_level)
        print("AF {} ({}), length {}: ", link.family == 2 ? "IPv4" : "IPv6", link.family, link.length);
}

void PacketLine::show(Arp const& arp) {
    if (!options_.link_level) print("ARP, ");
    if (!arp.is_ipv4() || arp.hardware_size == 0 || verbose())
        print("{} (len {}), {} (len {})",
              or_unknown(find_word(arp_hardware, arp.hardware),
                         fmt::format("Unknown Hardware ({})", arp.hardware)),
              arp.hardware_size,
              or_unknown(ethertype_name(arp.protocol),
                         fmt::format("Unknown Protocol (0x{:04x})", arp.protocol)),
              arp.protocol_size);
    if ((arp.is_ipv4() && arp.hardware_size != 0) || verbose()) {
        print(
            "{}{} ", verbose() ? ", " : "",
            or_unknown(find_word(arp_operations, arp.operation), fmt::format("Unknown ({})", arp.operation)));
        show_arp_addresses(arp);
    }
    print(", length {}", arp.length);
}

void PacketLine::show_arp_addresses(Arp const& arp) {
    auto const protocol = [&arp](std::vector<std::uint8_t> const& octets) -> std::string {
        if (arp.protocol != ethertype::ipv4) return "<wrong proto type>";
        return arp.is_ipv4() ? IpAddress::from_bytes(octets)->to_string() : "<wrong len>";
    };
    bool const asks_known = std::any_of(arp.target_hardware.begin(), arp.target_hardware.end(),
                                        [](std::uint8_t b) { return b != 0; });
    switch (arp.operation) {
        case 1:
            print("who-has {}", protocol(arp.target_protocol));
            if (asks_known) print(" ({})", octets_text(arp.target_hardware));
            return print(" tell {}", protocol(arp.sender_protocol));
        case 2:
            return print("{} is-at {}", protocol(arp.sender_protocol), octets_text(arp.sender_hardware));
        case 3:
        case 8:
            return print("who-is {} tell {}", octets_text(arp.target_hardware),
                         octets_text(arp.sender_hardware));
        case 4:
            return print("{} at {}", octets_text(arp.target_hardware), protocol(arp.target_protocol));
        case 9:
            return print("{} at {}", octets_text(arp.sender_hardware), protocol(arp.sender_protocol));
        default:
            return;
    }
}

namespace {

std::string_view congestion_text(std::uint8_t service) {
    constexpr std::array<std::string_view, 4> words{"", ",ECT(1)", ",ECT(0)", ",CE"};
    return words[service & 3u];
}

}  // namespace

void PacketLine::show_option(HeaderOption const& option) {
    print("{}",
          or_unknown(find_word(ipv4_option_names, option.type), fmt::format("unknown {}", option.type)));
    bool const route = option.type == 7 || option.type == 131 || option.type == 137;
    ByteReader reader(option.data);
    std::uint8_t const pointer = route ? reader.u8() : std::uint8_t{0};
    for (std::size_t position = 3; route && reader.left() >= 4; position += 4) {
        print(" {}", IpAddress::ipv4(reader.u32()).to_string());
        if (pointer - 1u > position) print(",");
    }
    if (option.type == 148)
        if (std::uint16_t const value = reader.u16(); value != 0) print(" value {}", value);
}

void PacketLine::show_ipv4_details(Ipv4 const& ip) {
    std::uint32_t const bits =
        (ip.more_fragments ? 1u : 0u) | (ip.dont_fragment ? 2u : 0u) | (ip.reserved_flag ? 4u : 0u);
    constexpr std::array flags{Word{1, "+"}, Word{2, "DF"}, Word{4, "rsvd"}};
    print("(tos 0x{:x}{}", ip.service, congestion_text(ip.service));
    if (ip.ttl >= 1) print(", ttl {}", ip.ttl);
    print(", id {}, offset {}, flags [{}], proto {} ({}), length {}", ip.id, ip.offset,
          bit_words(flags, bits, ","), or_unknown(ip_protocol_name(ip.protocol), "unknown"), ip.protocol,
          ip.total_length);
    if (!ip.options.empty() || ip.bad_options) {
        print(", options (");
        for (std::size_t i = 0; i < ip.options.size(); ++i) {
            if (i > 0) print(",");
            show_option(ip.options[i]);
        }
        print("{})", ip.bad_options ? " [bad option]" : "");
    }
    if (ip.checksum.wrong()) print(", bad cksum {:x} (->{:x})!", ip.checksum.found, *ip.checksum.expected);
    print(")\n    ");
}

void PacketLine::show(Ipv4 const& ip) {
    if (!options_.link_level) print("IP ");
    if (ip.missing > 0) print("truncated-ip - {} bytes missing! ", ip.missing);
    if (verbose()) show_ipv4_details(ip);
    ends_ = {ip.source, ip.destination, true, ip.is_fragment()};
    if (ip.offset == 0) return show_ends(ip.protocol);
    print("{} > {}: ip-proto-{}", ip.source.to_string(), ip.destination.to_string(), ip.protocol);
    take<Payload>();
}

/// The addresses, unless ports come with them; behind them what has no decoder.
void PacketLine::show_ends(std::uint8_t protocol) {
    if (protocol == ip_protocol::tcp || protocol == ip_protocol::udp) {
        if (last()) print("{} > {}:", ends_.source.to_string(), ends_.destination.to_string());
        return;
    }
    if (ends_.adjacent) print("{} > {}: ", ends_.source.to_string(), ends_.destination.to_string());
    bool const hidden = protocol == ip_protocol::igmp || protocol == ip_protocol::gre;
    if (hidden && last()) return;
    if (Payload const* payload = take<Payload>()) print(" ip-proto-{} {}", protocol, payload->length);
    if (protocol == ip_protocol::none && ends_.source.family == Family::ipv6) print("no next header");
}

void PacketLine::show_ports(std::uint16_t source, std::uint16_t destination) {
    if (ends_.adjacent)
        print("{}.{} > {}.{}: ", ends_.source.to_string(), source, ends_.destination.to_string(),
              destination);
    else
        print("{} > {}: ", source, destination);
}

void PacketLine::show_ipv6_details(Ipv6 const& ip) {
    print("(");
    if (ip.traffic_class != 0) print("class 0x{:02x}, ", ip.traffic_class);
    if (ip.flow_label != 0) print("flowlabel 0x{:05x}, ", ip.flow_label);
    std::string_view const name = ip_protocol_name(ip.next_header);
    print("hlim {}, next-header {} ({}) payload length: {}) ", ip.hop_limit, or_unknown(name, "unknown"),
          ip.next_header, ip.payload_length);
}

void PacketLine::show(Ipv6 const& ip) {
    if (!options_.link_level) print("IP6 ");
    if (ip.missing > 0) print("truncated-ip6 - {} bytes missing!", ip.missing);
    if (verbose()) show_ipv6_details(ip);
    ends_ = {ip.source, ip.destination, true, false};
    show_ends(ip.next_header);
    ends_.adjacent = ip.next_header == ip_protocol::tcp || ip.next_header == ip_protocol::udp;
}

void PacketLine::show(Ipv6Options const& header) {
    constexpr std::array names{Word{0, "pad1"}, Word{1, "padn"}};
    print("{} ", header.hop_by_hop ? "HBH" : "DSTOPT");
    if (!verbose()) return show_ends(header.next_header);
    for (HeaderOption const& option : header.options) {
        ByteReader data(option.data);
        if (option.type == 5 && option.data.size() == 2)
            print("(rtalert: 0x{:04x}) ", data.u16());
        else if (auto const name = find_word(names, option.type); !name.empty())
            print("({})", name);
        else
            print("(opt_type 0x{:02x}: len={})", option.type, option.data.size());
    }
    print(" ");
    show_ends(header.next_header);
}

void PacketLine::show(Ipv6Routing const& header) {
    print("RT6 (len={}, type={}{}, segleft={}", header.size, header.type,
          header.type == 0 ? " [Deprecated]" : "", header.segments_left);
    bool const segment_routing = header.type == 4;
    if (!segment_routing && header.type != 0 && header.type != 2) return print(" (unknown type) (invalid)");
    if (segment_routing) {
        std::uint32_t const flags = header.rest >> 16 & 0xff;
        print(", last-entry={}", header.rest >> 24);
        if (flags != 0 || verbose()) print(", flags=0x{:x}", flags);
        print(", tag={:x}", header.rest & 0xffff);
    } else if (header.rest != 0 || verbose()) {
        print(", rsv=0x{:x}", header.rest);
    }
    if (header.size % 2 == 1) return print(" (invalid length {}) (invalid)", header.size);
    for (std::size_t i = 0; i < header.segments.size(); ++i)
        print(", [{}]{}", i, header.segments[i].to_string());
    print(") ");
    show_ends(header.next_header);
}

void PacketLine::show(Ipv6Fragment const& header) {
    ends_.fragment = true;
    if (verbose())
        print("frag (0x{:08x}:{}|{})", header.id, header.offset, header.payload_length);
    else
        print("frag ({}|{})", header.offset, header.payload_length);
    if (header.offset != 0) return (void)take<Payload>();
    print(" ");
    show_ends(header.next_header);
}

void PacketLine::show(Payload const& payload) {
    if (options_.hex == HexStyle::none && !options_.quiet)
        out_ += hex_dump(payload.bytes, HexColumns::hex_and_ascii);
}

void PacketLine::show(Malformed const& malformed) { out_ += malformed.what; }

}  // namespace vethwork::report::lines
