#include <array>

#include <vethwork/report/packet_line.hpp>

namespace vethwork::report::lines {

namespace {

constexpr std::array type_names{
    Word{1, "destination unreachable"},
    Word{2, "packet too big"},
    Word{3, "time exceeded in-transit"},
    Word{4, "parameter problem"},
    Word{128, "echo request"},
    Word{129, "echo reply"},
    Word{130, "multicast listener query"},
    Word{131, "multicast listener report"},
    Word{132, "multicast listener done"},
    Word{133, "router solicitation"},
    Word{134, "router advertisement"},
    Word{135, "neighbor solicitation"},
    Word{136, "neighbor advertisement"},
    Word{137, "redirect"},
    Word{138, "router renumbering"},
    Word{141, "inverse neighbor solicitation"},
    Word{142, "inverse neighbor advertisement"},
    Word{143, "multicast listener report v2"},
};

constexpr std::array unreachable_names{
    Word{0, "unreachable route"},   Word{1, " unreachable prohibited"}, Word{2, "beyond scope"},
    Word{3, "unreachable address"}, Word{4, "unreachable port"},
};

constexpr std::array parameter_names{
    Word{0, "erroneous"},
    Word{1, "next header"},
    Word{2, "option"},
    Word{3, "incomplete header chain"},
};

constexpr std::array option_names{
    Word{1, "source link-address"},
    Word{2, "destination link-address"},
    Word{3, "prefix info"},
    Word{4, "redirected header"},
    Word{5, "mtu"},
    Word{7, "advertisement interval"},
    Word{8, "homeagent information"},
    Word{24, "route info"},
    Word{25, "rdnss"},
    Word{31, "dnssl"},
};

constexpr std::array router_flags{
    Word{0x80, "managed"},
    Word{0x40, "other stateful"},
    Word{0x20, "home agent"},
    Word{0x02, "ipv6 only"},
};
constexpr std::array neighbor_flags{
    Word{0x80000000, "router"},
    Word{0x40000000, "solicited"},
    Word{0x20000000, "override"},
};
constexpr std::array prefix_flags{Word{0x80, "onlink"}, Word{0x40, "auto"}, Word{0x20, "router"}};

std::string_view preference_text(std::uint32_t flags) {
    constexpr std::array<std::string_view, 4> words{"medium", "high", "rsv", "low"};
    return words[flags >> 3 & 3];
}

std::string lifetime_text(std::uint32_t seconds) {
    return seconds == 0xffffffff ? "infinity" : fmt::format("{}s", seconds);
}

std::string link_address_text(ByteReader in) {
    std::string text;
    while (in.left() > 0) text += fmt::format("{}{:02x}", text.empty() ? "" : ":", in.u8());
    return text;
}

/// An address of which only the front is there.
IpAddress prefix_address(ByteReader in) {
    IpAddress address = IpAddress::any(Family::ipv6);
    for (std::size_t i = 0; i < 16 && in.left() > 0; ++i) address.octets[i] = in.u8();
    return address;
}

std::string prefix_text(ByteReader in, std::size_t size) {
    unsigned const length = in.u8(), flags = in.u8();
    std::uint32_t const valid = in.u32(), preferred = in.u32();
    in.skip(4);
    return fmt::format("{}/{}{}, Flags [{}], valid time {}, pref. time {}", prefix_address(in).to_string(),
                       length, size == 30 ? "" : "badlen", bit_words(prefix_flags, flags, ", "),
                       lifetime_text(valid), lifetime_text(preferred));
}

std::string rdnss_text(ByteReader in) {
    in.skip(2);
    std::string text = fmt::format(" lifetime {}s,", in.u32());
    while (in.left() >= 16) text += fmt::format(" addr: {}", IpAddress::from_bytes(in.take(16))->to_string());
    return text;
}

std::string dnssl_text(ByteReader in) {
    in.skip(2);
    std::string text = fmt::format(" lifetime {}s, domain(s):", in.u32());
    while (in.left() > 0) {
        std::string name;
        while (std::uint8_t const size = in.u8()) name += visible_text(as_text(in.take(size))) + '.';
        if (name.empty() || in.failed()) break;
        text += ' ' + name;
    }
    return text;
}

std::string route_text(ByteReader in) {
    unsigned const length = in.u8(), flags = in.u8();
    std::uint32_t const lifetime = in.u32();
    return fmt::format(" {}/{}, pref={}, lifetime={}", prefix_address(in).to_string(), length,
                       preference_text(flags), lifetime_text(lifetime));
}

std::string option_text(HeaderOption const& option) {
    ByteReader in(option.data);
    switch (option.type) {
        case 1:
        case 2:
            return link_address_text(in);
        case 3:
            return prefix_text(in, option.data.size());
        case 5:
            in.skip(2);
            return fmt::format(" {}", in.u32());
        case 7:
            in.skip(2);
            return fmt::format(" {}ms", in.u32());
        case 24:
            return route_text(in);
        case 25:
            return rdnss_text(in);
        case 31:
            return dnssl_text(in);
        default:
            return {};
    }
}

std::string hex_rows(Bytes bytes, std::string_view indent) {
    std::string text = hex_dump(bytes, HexColumns::hex);
    for (std::size_t at = 0; (at = text.find("\n\t", at)) != std::string::npos; at += indent.size())
        text.replace(at, 2, indent);
    return text;
}

}  // namespace

void PacketLine::show_nd_options(Icmpv6 const& icmp) {
    for (HeaderOption const& option : icmp.options) {
        std::size_t const size = option.data.size() + 2;
        std::string_view const name = find_word(option_names, option.type);
        print("\n\t  {} option ({}), length {} ({}): {}", name.empty() ? "unknown" : name, option.type, size,
              size / 8, option_text(option));
        if (verbose(2) || (name.empty() && verbose()))
            out_ += hex_rows(option.data, verbose(2) ? "\n\t    " : "\n\t  ");
        if (name.empty() && !verbose(2)) return;
    }
    if (icmp.bad_options) print(" [|icmp6]");
}

void PacketLine::show_icmpv6_error(Icmpv6 const& icmp) {
    Ipv6 const* ip = icmp.quoted.empty() ? nullptr : icmp.quoted[0].find<Ipv6>();
    std::string const host = ip != nullptr ? ip->destination.to_string() : "?";
    std::string_view const unreachable = find_word(unreachable_names, icmp.code);
    std::string_view const parameter = find_word(parameter_names, icmp.code);
    switch (icmp.type) {
        case icmpv6_type::unreachable:
            if (unreachable.empty()) return print(", unknown unreach code ({})", icmp.code);
            print(", {}", unreachable);
            if (icmp.code == 2)
                return print(" {}, source address {}", host, ip != nullptr ? ip->source.to_string() : "?");
            if (icmp.code != 4) return print(" {}", host);
            if (icmp.quoted.empty()) return;
            if (Tcp const* tcp = icmp.quoted[0].find<Tcp>())
                return print(", {} tcp port {}", host, tcp->destination);
            if (Udp const* udp = icmp.quoted[0].find<Udp>())
                return print(", {} udp port {}", host, udp->destination);
            return print(" [|icmp6]");
        case icmpv6_type::packet_too_big:
            return print(", mtu {}", icmp.rest);
        case icmpv6_type::time_exceeded:
            if (icmp.code == 0) return print(" for {}", host);
            if (icmp.code == 1) return print(" (reassembly)");
            return print(", unknown code ({})", icmp.code);
        case icmpv6_type::parameter_problem:
            if (parameter.empty()) return print(", code-#{}", icmp.code);
            return print(", {} - octet {}", parameter, icmp.rest);
        default:
            return;
    }
}

void PacketLine::show_listener_query(Icmpv6 const& icmp) {
    if (icmp.length < 28)
        return print("max resp delay: {} addr: {}", icmp.rest >> 16, icmp.target.to_string());
    std::uint32_t const code = icmp.rest >> 16;
    std::uint32_t const delay = code < 32768 ? code : ((code & 0x0fff) | 0x1000) << ((code >> 12 & 7) + 3);
    print(" v2");
    if (verbose()) print(" [max resp delay={}]", delay);
    print(" [gaddr {}", icmp.target.to_string());
    if (verbose()) {
        unsigned const flags = icmp.query_control >> 8, interval = icmp.query_control & 0xff;
        if (flags & 8u) print(" sflag");
        if (flags & 7u) print(" robustness={}", flags & 7u);
        print(" qqi={}", interval < 128 ? interval : ((interval & 15) | 16) << ((interval >> 4 & 7) + 3));
    }
    if (icmp.sources.size() < icmp.source_count) {
        print(" [invalid number of sources]");
    } else if (icmp.source_count > 0 && !verbose(2)) {
        print(", {} source(s)", icmp.source_count);
    } else if (icmp.source_count > 0) {
        print(" {{");
        for (IpAddress const& source : icmp.sources) print(" {}", source.to_string());
        print(" }}");
    }
    print("]");
}

void PacketLine::show_icmpv6_body(Icmpv6 const& icmp) {
    switch (icmp.type) {
        case icmpv6_type::echo_request:
        case icmpv6_type::echo_reply:
            return print(", id {}, seq {}", icmp.id(), icmp.sequence());
        case icmpv6_type::listener_query:
            return show_listener_query(icmp);
        case icmpv6_type::listener_report:
        case icmpv6_type::listener_done:
            return print("max resp delay: {} addr: {}", icmp.rest >> 16, icmp.target.to_string());
        case icmpv6_type::listener_report_v2:
            print(", {} group record(s)", icmp.rest & 0xffff);
            return verbose() ? show_records(icmp.records) : void();
        case icmpv6_type::router_advertisement:
            if (verbose())
                print(
                    "\n\thop limit {}, Flags [{}], pref {}, router lifetime {}s, reachable time {}ms, "
                    "retrans timer {}ms",
                    icmp.rest >> 24, bit_words(router_flags, icmp.rest >> 16 & 0xff, ", "),
                    preference_text(icmp.rest >> 16), icmp.rest & 0xffff, icmp.reachable_time,
                    icmp.retransmit_time);
            return;
        case icmpv6_type::neighbor_solicitation:
            return print(", who has {}", icmp.target.to_string());
        case icmpv6_type::neighbor_advertisement:
            print(", tgt is {}", icmp.target.to_string());
            return verbose() ? print(", Flags [{}]", bit_words(neighbor_flags, icmp.rest, ", ")) : void();
        case icmpv6_type::redirect:
            return print(", {} to {}", icmp.destination.to_string(), icmp.target.to_string());
        default:
            return show_icmpv6_error(icmp);
    }
}

void PacketLine::show(Icmpv6 const& icmp) {
    if (verbose() && icmp.checksum.expected) {
        if (icmp.checksum.wrong())
            print("[bad icmp6 cksum 0x{:04x} -> 0x{:04x}!] ", icmp.checksum.found, *icmp.checksum.expected);
        else
            print("[icmp6 sum ok] ");
    }
    std::string_view const name = find_word(type_names, icmp.type);
    bool const discovery =
        icmp.type >= icmpv6_type::router_solicitation && icmp.type <= icmpv6_type::redirect;
    print("ICMP6, {}", name.empty() ? fmt::format("unknown icmp6 type ({})", icmp.type) : std::string(name));
    if (verbose() && discovery) print(", length {}", icmp.length);
    show_icmpv6_body(icmp);
    if (verbose() && discovery) show_nd_options(icmp);
    if (!verbose() || name.empty()) print(", length {}", icmp.length);
}

}  // namespace vethwork::report::lines
