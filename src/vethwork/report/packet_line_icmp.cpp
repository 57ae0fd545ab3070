#include <array>

#include <vethwork/report/packet_line.hpp>

namespace vethwork::report::lines {

namespace {

/// What a destination unreachable says about the quoted packet's destination, {} (RFC 792, 1122, 1812).
constexpr std::array unreachable_texts{
    Word{0, "net {} unreachable"},
    Word{1, "host {} unreachable"},
    Word{5, "{} unreachable - source route failed"},
    Word{6, "net {} unreachable - unknown"},
    Word{7, "host {} unreachable - unknown"},
    Word{8, "{} unreachable - source host isolated"},
    Word{9, "net {} unreachable - admin prohibited"},
    Word{10, "host {} unreachable - admin prohibited"},
    Word{11, "net {} unreachable - tos prohibited"},
    Word{12, "host {} unreachable - tos prohibited"},
    Word{13, "host {} unreachable - admin prohibited filter"},
    Word{14, "host {} unreachable - host precedence violation"},
    Word{15, "host {} unreachable - precedence cutoff"},
};

constexpr std::array redirect_texts{
    Word{0, "redirect {} to net {}"},
    Word{1, "redirect {} to host {}"},
    Word{2, "redirect-tos {} to net {}"},
    Word{3, "redirect-tos {} to host {}"},
};

constexpr std::array other_texts{
    Word{4, "source quench"},      Word{10, "router solicitation"},  Word{15, "information request"},
    Word{16, "information reply"}, Word{17, "address mask request"},
};

Ipv4 const* quoted_ip(Icmp const& icmp) {
    return icmp.quoted.empty() ? nullptr : icmp.quoted[0].find<Ipv4>();
}

std::string quoted_destination(Icmp const& icmp) {
    Ipv4 const* ip = quoted_ip(icmp);
    return ip != nullptr ? ip->destination.to_string() : "?";
}

std::string unreachable_port(Icmp const& icmp) {
    Packet const& quoted = icmp.quoted[0];
    Ipv4 const* ip = quoted.find<Ipv4>();
    std::string const host = ip->destination.to_string();
    if (Tcp const* tcp = quoted.find<Tcp>())
        return fmt::format("{} tcp port {} unreachable", host, tcp->destination);
    if (Udp const* udp = quoted.find<Udp>())
        return fmt::format("{} udp port {} unreachable", host, udp->destination);
    std::uint16_t port = 0;
    if (Payload const* payload = quoted.find<Payload>()) {
        ByteReader reader(payload->bytes);
        reader.skip(2);
        port = reader.u16();
    }
    return fmt::format("{} protocol {} port {} unreachable", host, ip->protocol, port);
}

std::string unreachable_text(Icmp const& icmp) {
    Ipv4 const* ip = quoted_ip(icmp);
    if (ip == nullptr) return fmt::format("unreachable - code {}", icmp.code);
    std::string const host = ip->destination.to_string();
    if (icmp.code == 2) return fmt::format("{} protocol {} unreachable", host, ip->protocol);
    if (icmp.code == 3) return unreachable_port(icmp);
    if (icmp.code == 4) {
        std::uint32_t const mtu = icmp.rest & 0xffff;
        return fmt::format("{} unreachable - need to frag", host) +
               (mtu != 0 ? fmt::format(" (mtu {})", mtu) : "");
    }
    std::string_view const text = find_word(unreachable_texts, icmp.code);
    if (text.empty()) return fmt::format("{} unreachable - #{}", host, icmp.code);
    return fmt::format(fmt::runtime(text), host);
}

std::string redirect_text(Icmp const& icmp) {
    std::string const host = quoted_destination(icmp), gateway = IpAddress::ipv4(icmp.rest).to_string();
    std::string_view const text = find_word(redirect_texts, icmp.code);
    if (text.empty()) return fmt::format("redirect-#{} {} to {}", icmp.code, host, gateway);
    return fmt::format(fmt::runtime(text), host, gateway);
}

std::string lifetime_text(std::uint32_t seconds) {
    if (seconds < 60) return fmt::format("{}", seconds);
    if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60);
}

std::string router_text(Icmp const& icmp) {
    std::uint32_t const entry_size = icmp.rest >> 16 & 0xff;
    std::string text = fmt::format("router advertisement lifetime {} {}:", lifetime_text(icmp.rest & 0xffff),
                                   icmp.rest >> 24);
    if (entry_size != 2) return text + fmt::format(" [size {}]", entry_size);
    for (std::size_t i = 0; i + 1 < icmp.words.size(); i += 2)
        text += fmt::format(" {{{} {}}}", IpAddress::ipv4(icmp.words[i]).to_string(), icmp.words[i + 1]);
    return text;
}

/// Milliseconds since midnight UTC.
std::string day_time(std::uint32_t ms) {
    return fmt::format("{:02}:{:02}:{:02}.{:03}", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

std::string timestamp_text(Icmp const& icmp) {
    std::string const ends = fmt::format("id {} seq {}", icmp.id(), icmp.sequence());
    if (icmp.type == icmp_type::timestamp_request) return "time stamp query " + ends;
    return fmt::format("time stamp reply {}: org {}, recv {}, xmit {}", ends, day_time(icmp.words[0]),
                       day_time(icmp.words[1]), day_time(icmp.words[2]));
}

std::string time_exceeded_text(Icmp const& icmp) {
    if (icmp.code == 0) return "time exceeded in-transit";
    if (icmp.code == 1) return "ip reassembly time exceeded";
    return fmt::format("time exceeded-#{}", icmp.code);
}

std::string icmp_text(Icmp const& icmp) {
    switch (icmp.type) {
        case icmp_type::echo_request:
            return fmt::format("echo request, id {}, seq {}", icmp.id(), icmp.sequence());
        case icmp_type::echo_reply:
            return fmt::format("echo reply, id {}, seq {}", icmp.id(), icmp.sequence());
        case icmp_type::unreachable:
            return unreachable_text(icmp);
        case icmp_type::redirect:
            return redirect_text(icmp);
        case icmp_type::router_advertisement:
            return router_text(icmp);
        case icmp_type::time_exceeded:
            return time_exceeded_text(icmp);
        case icmp_type::parameter_problem:
            return icmp.code != 0 ? fmt::format("parameter problem - code {}", icmp.code)
                                  : fmt::format("parameter problem - octet {}", icmp.rest >> 24);
        case icmp_type::timestamp_request:
        case icmp_type::timestamp_reply:
            return timestamp_text(icmp);
        case icmp_type::mask_reply:
            return fmt::format("address mask is 0x{:08x}", icmp.words[0]);
        default:
            break;
    }
    std::string_view const text = find_word(other_texts, icmp.type);
    return text.empty() ? fmt::format("type-#{}", icmp.type) : std::string(text);
}

}  // namespace

void PacketLine::show(Icmp const& icmp) {
    print("ICMP {}, length {}", icmp_text(icmp), icmp.length);
    if (!verbose()) return;
    if (icmp.checksum.wrong())
        print(" (wrong icmp cksum {:x} (->{:x})!)", icmp.checksum.found, *icmp.checksum.expected);
    if (!icmp.quoted.empty()) show_quoted(icmp);
}

void PacketLine::show_quoted(Icmp const& icmp) {
    PacketTextOptions options = options_;
    options.hex = HexStyle::hex;  // no dump of its own
    options.zone = {};
    TcpConversations none;
    print("\n\t{}", PacketLine(options, none, icmp.quoted[0]).text());
}

void PacketLine::show(Igmp const& igmp) {
    if (options_.quiet) return print("igmp");
    std::string const group = igmp.group.to_string();
    bool const v3 = igmp.length >= 12;
    switch (igmp.type) {
        case 0x11:
            print("igmp query{}", v3 ? " v3" : igmp.max_response != 0 ? " v2" : " v1");
            if (!v3 && igmp.max_response != 0 && igmp.max_response != 100)
                print(" [max resp time {}]", igmp.max_response);
            if (v3 && igmp.max_response != 100) print(" [max resp time {:.1f}s]", igmp.max_response * 0.1);
            if (!igmp.group.is_any())
                print(" [gaddr {}{}]", group,
                      igmp.count > 0 ? fmt::format(", {} source(s)", igmp.count) : "");
            break;
        case 0x12:
            print("igmp v1 report {}", group);
            break;
        case 0x16:
            print("igmp v2 report {}", group);
            break;
        case 0x17:
            print("igmp leave {}", group);
            break;
        case 0x22:
            print("igmp v3 report, {} group record(s)", igmp.count);
            if (verbose()) show_records(igmp.records);
            break;
        default:
            print("igmp-{}", igmp.type);
    }
    if (verbose() && igmp.checksum.wrong()) print(" bad igmp cksum {:x}!", igmp.checksum.found);
}

void PacketLine::show_records(std::span<GroupRecord const> records) {
    constexpr std::array types{Word{1, "is_in"}, Word{2, "is_ex"}, Word{3, "to_in"},
                               Word{4, "to_ex"}, Word{5, "allow"}, Word{6, "block"}};
    for (GroupRecord const& record : records) {
        std::string_view const type = find_word(types, record.type);
        bool const v6 = record.group.family == Family::ipv6;
        print(" [gaddr {} {}", record.group.to_string(),
              type.empty() ? fmt::format(" [{}-report-#{}]", v6 ? "v2" : "v3", record.type)
                           : std::string(type));
        if (!verbose(2)) {
            print(", {} source(s)]", record.source_count);
            continue;
        }
        print(" {{");
        for (IpAddress const& source : record.sources) print(" {}", source.to_string());
        print(" }}]");
    }
}

}  // namespace vethwork::report::lines
