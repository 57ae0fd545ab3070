#include <array>

#include <vethwork/report/packet_line.hpp>

namespace vethwork::report::lines {

namespace {

constexpr std::array flag_letters{
    Word{tcp_flag::fin, "F"}, Word{tcp_flag::syn, "S"}, Word{tcp_flag::rst, "R"}, Word{tcp_flag::push, "P"},
    Word{tcp_flag::ack, "."}, Word{tcp_flag::urg, "U"}, Word{tcp_flag::ece, "E"}, Word{tcp_flag::cwr, "W"},
};

/// Names of options and the size of their data, -1 where it varies.
struct OptionName {
    std::uint8_t type;
    std::string_view name;
    int size;
};
constexpr std::array option_names{
    OptionName{0, "eol", 0},     OptionName{1, "nop", 0},       OptionName{2, "mss", 2},
    OptionName{3, "wscale", 1},  OptionName{4, "sackOK", 0},    OptionName{5, "sack", -1},
    OptionName{6, "echo", 4},    OptionName{7, "echoreply", 4}, OptionName{8, "TS", 8},
    OptionName{19, "md5", 16},   OptionName{28, "uto", 2},      OptionName{29, "tcp-ao", -1},
    OptionName{30, "mptcp", -1}, OptionName{34, "tfo", -1},
};

OptionName find_option(std::uint8_t type) {
    for (OptionName const& row : option_names)
        if (row.type == type) return row;
    return {type, {}, -1};
}

std::string octets_text(Bytes octets) {
    std::string text;
    for (std::uint8_t const octet : octets) text += fmt::format("{:02x}", octet);
    return text;
}

std::string fast_open_text(Bytes cookie) {
    if (cookie.empty()) return "  cookiereq";
    return "  cookie " + octets_text(cookie);
}

/// Selective acknowledgements count from the origin of the direction that they are about.
std::string sack_text(ByteReader in, std::uint32_t origin) {
    if (in.left() % 8 != 0) return " invalid sack";
    std::string text = fmt::format(" {} ", in.left() / 8);
    while (in.left() > 0) {
        std::uint32_t const start = in.u32() - origin;
        text += fmt::format("{{{}:{}}}", start, in.u32() - origin);
    }
    return text;
}

std::string option_data(HeaderOption const& option, std::uint32_t sack_origin) {
    ByteReader in(option.data);
    switch (option.type) {
        case tcp_option::end:
        case tcp_option::nop:
        case tcp_option::sack_permitted:
            return {};
        case tcp_option::mss:
            return fmt::format(" {}", in.u16());
        case tcp_option::window_scale:
            return fmt::format(" {}", in.u8());
        case tcp_option::sack:
            return sack_text(in, sack_origin);
        case tcp_option::timestamps: {
            std::uint32_t const value = in.u32();
            return fmt::format(" val {} ecr {}", value, in.u32());
        }
        case 6:
        case 7:
            return fmt::format(" {}", in.u32());
        case 19:
            return " " + octets_text(option.data);
        case 34:
            return fast_open_text(option.data);
        default:
            return option.data.empty() ? "" : " 0x" + octets_text(option.data);
    }
}

/// Whether the first line of a payload is a request or a response of HTTP.
bool begins_http(std::string_view text) {
    constexpr std::array<std::string_view, 9> methods{"GET",     "PUT",   "HEAD",    "POST",   "DELETE",
                                                      "CONNECT", "TRACE", "OPTIONS", "HTTP/1."};
    for (std::string_view const method : methods)
        if (text.starts_with(method)) return true;
    return false;
}

}  // namespace

void PacketLine::show(Tcp const& tcp) {
    show_ports(tcp.source, tcp.destination);
    if (!tcp.whole_header) return;
    if (tcp.header_length < 20)
        return print(" tcp {} [bad hdr length {} - too short, < 20]", tcp.length - tcp.header_length,
                     tcp.header_length);
    bool const too_long = tcp.header_length > tcp.length;
    if (options_.quiet) {
        at_ = layers_.size();
        print("tcp {}", too_long ? tcp.length : tcp.payload_length());
        if (too_long) print(" [bad hdr length {} - too long, > {}]", tcp.header_length, tcp.length);
        return;
    }
    print("Flags [{}]", bit_words(flag_letters, tcp.flags, ""));
    show_tcp_numbers(tcp);
    show_tcp_payload(tcp);
}

void PacketLine::show_tcp_numbers(Tcp const& tcp) {
    bool const reversed =
        tcp.source > tcp.destination || (tcp.source == tcp.destination && ends_.source > ends_.destination);
    bool const acknowledges = (tcp.flags & tcp_flag::ack) != 0;
    std::uint32_t sequence = tcp.sequence, acknowledgement = tcp.acknowledgement;
    TcpOrigin origin;
    if (acknowledges) {
        auto const key = reversed ? std::tuple(ends_.destination, ends_.source, tcp.destination, tcp.source)
                                  : std::tuple(ends_.source, ends_.destination, tcp.source, tcp.destination);
        auto const [found, fresh] = conversations_.try_emplace(key);
        auto& [low, high] = found->second;
        if (fresh || (tcp.flags & tcp_flag::syn)) {
            (reversed ? high : low) = sequence;
            (reversed ? low : high) = acknowledgement - 1;
        } else {
            sequence -= reversed ? high : low;
            acknowledgement -= reversed ? low : high;
        }
        origin = found->second;
    }
    if (tcp.header_length > tcp.length)
        return print(" [bad hdr length {} - too long, > {}]", tcp.header_length, tcp.length);
    if (verbose() && tcp.checksum.expected) {
        print(
            ", cksum 0x{:04x} ({})", tcp.checksum.found,
            tcp.checksum.wrong() ? fmt::format("incorrect -> 0x{:04x}", *tcp.checksum.expected) : "correct");
    }
    std::size_t const payload = tcp.payload_length();
    if (verbose(2) || payload > 0 || (tcp.flags & (tcp_flag::syn | tcp_flag::fin | tcp_flag::rst)) != 0) {
        print(", seq {}", sequence);
        if (payload > 0) print(":{}", static_cast<std::uint32_t>(sequence + payload));
    }
    if (acknowledges) print(", ack {}", acknowledgement);
    print(", win {}", tcp.window);
    if (tcp.flags & tcp_flag::urg) print(", urg {}", tcp.urgent);
    if (tcp.header_length > 20) show_tcp_options(tcp, origin, reversed);
    if (!tcp.bad_options && !(cut_ == "tcp" && last())) print(", length {}", payload);
}

void PacketLine::show_tcp_options(Tcp const& tcp, TcpOrigin const& origin, bool reversed) {
    print(", options [");
    for (std::size_t i = 0; i < tcp.options.size(); ++i) {
        HeaderOption const& option = tcp.options[i];
        OptionName const row = find_option(option.type);
        print("{}{}", i > 0 ? "," : "",
              row.name.empty() ? fmt::format("unknown-{}", option.type) : std::string(row.name));
        print("{}", option_data(option, reversed ? origin.low : origin.high));
        if (row.size >= 0 && option.data.size() != static_cast<std::size_t>(row.size))
            print("[len {}]", option.data.size() + 2);
    }
    print("{}]", tcp.bad_options ? "[bad opt]" : "");
}

/// The first line of what a web server or browser says.
void PacketLine::show_tcp_payload(Tcp const& tcp) {
    Payload const* payload = take<Payload>();
    bool const web =
        tcp.source == 80 || tcp.destination == 80 || tcp.source == 8080 || tcp.destination == 8080;
    if (payload == nullptr || !web) return;
    std::string_view const text = as_text(payload->bytes);
    print(": HTTP");
    if (!begins_http(text)) return;
    std::string_view const line = text.substr(0, text.find_first_of("\r\n"));
    if (!verbose()) return print(": {}", visible_text(line));
    print(", length: {}", payload->length);
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t const end = std::min(text.find('\n', at), text.size());
        std::string_view shown = text.substr(at, end - at);
        if (shown.ends_with('\r')) shown.remove_suffix(1);
        print("\n\t{}", visible_text(shown));
        at = end + 1;
    }
}

void PacketLine::show(Udp const& udp) {
    show_ports(udp.source, udp.destination);
    if (last() && cut_ == "udp") return;
    if (udp.length < 8) return print("truncated-udplength {}", udp.length);
    bool const v6 = ends_.source.family == Family::ipv6;
    if (verbose(v6 ? 1 : 2) && !ends_.fragment) {
        if (udp.checksum.found == 0 && !v6)
            print("[no cksum] ");
        else if (udp.checksum.wrong())
            print("[bad udp cksum 0x{:04x} -> 0x{:04x}!] ", udp.checksum.found, *udp.checksum.expected);
        else if (udp.checksum.expected)
            print("[udp sum ok] ");
    }
    bool const decoded = !last() && !std::holds_alternative<Payload>(layers_[at_]);
    if (options_.quiet) {
        at_ = layers_.size();
        return print("UDP, length {}", udp.payload_length);
    }
    if (decoded) return;
    take<Payload>();
    if (cut_.empty()) print("UDP, length {}", udp.payload_length);
}

void PacketLine::show(Vxlan const& vxlan) {
    print("VXLAN, flags [{}] (0x{:02x}), vni {}\n", vxlan.flags & 8 ? "I" : "invalid", vxlan.flags,
          vxlan.vni);
}

void PacketLine::show(Gre const& gre) {
    print("GREv{}", gre.flags & 7);
    if (verbose()) {
        constexpr std::array flags{Word{0x8000, "checksum present"}, Word{0x4000, "routing present"},
                                   Word{0x2000, "key present"}, Word{0x1000, "sequence# present"}};
        print(", Flags [{}]", bit_words(flags, gre.flags, ", "));
    }
    if (gre.flags & 0x2000) print(", key=0x{:x}", gre.key);
    if (gre.flags & 0x1000) print(", seq {}", gre.sequence);
    if (options_.link_level) print(", proto {} (0x{:04x})", ethertype_name(gre.protocol), gre.protocol);
    print(", length {}{}", gre.length, verbose() ? "\n\t" : ": ");
}

}  // namespace vethwork::report::lines
