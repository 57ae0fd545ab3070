// The words for ICMP errors. Sources: RFC 792, RFC 1122, RFC 1812, RFC 4443; the words are those of ping(8).
#include <array>
#include <span>

#include <fmt/format.h>

#include <vethwork/report/ping_text.hpp>

namespace vethwork::report {

namespace {

constexpr std::array<std::string_view, 16> unreachable{
    "Destination Net Unreachable",
    "Destination Host Unreachable",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "",  // fragmentation needed: with the MTU
    "Source Route Failed",
    "Destination Net Unknown",
    "Destination Host Unknown",
    "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Packet filtered",
    "Precedence Violation",
    "Precedence Cutoff",
};
constexpr std::array<std::string_view, 4> redirect{
    "Redirect Network",
    "Redirect Host",
    "Redirect Type of Service and Network",
    "Redirect Type of Service and Host",
};
constexpr std::array<std::string_view, 2> exceeded{"Time to live exceeded", "Frag reassembly time exceeded"};
constexpr std::array<std::string_view, 5> unreachable6{"No route", "Administratively prohibited",
                                                       "Beyond scope of source address",
                                                       "Address unreachable", "Port unreachable"};
constexpr std::array<std::string_view, 2> exceeded6{"Hop limit", "Defragmentation failure"};
constexpr std::array<std::string_view, 3> problem6{"Wrong header field", "Unknown header", "Unknown option"};

/// The word for `code`, or `otherwise` with the code in it.
std::string word(std::span<std::string_view const> words, std::uint8_t code, char const* otherwise) {
    if (code < words.size()) return std::string(words[code]);
    return fmt::format(fmt::runtime(otherwise), code);
}

std::string ipv4_text(std::uint8_t type, std::uint8_t code, std::uint32_t info) {
    switch (type) {
        case 3:
            if (code == 4) return fmt::format("Frag needed and DF set (mtu = {})", info);
            return word(unreachable, code, "Dest Unreachable, Bad Code: {}");
        case 4:
            return "Source Quench";
        case 5:
            return word(redirect, code, "Redirect, Bad Code: {}") +
                   fmt::format("(New nexthop: {})", IpAddress::ipv4(info).to_string());
        case 11:
            return word(exceeded, code, "Time exceeded, Bad Code: {}");
        case 12:
            return fmt::format("Parameter problem: pointer = {}", info);
        default:
            return fmt::format("Bad ICMP type: {}", type);
    }
}

std::string ipv6_text(std::uint8_t type, std::uint8_t code, std::uint32_t info) {
    switch (type) {
        case 1:
            return "Destination unreachable: " + word(unreachable6, code, "Unknown code {}");
        case 2:
            return fmt::format("Packet too big: mtu={}", info) +
                   (code == 0 ? "" : fmt::format(", code={}", code));
        case 3:
            return "Time exceeded: " + word(exceeded6, code, "code {}");
        case 4:
            return fmt::format("Parameter problem: {} at {}", word(problem6, code, "code {}"), info);
        default:
            return fmt::format("unknown icmp type: {}", type);
    }
}

}  // namespace

std::string icmp_error_text(Family family, std::uint8_t type, std::uint8_t code, std::uint32_t info) {
    return family == Family::ipv4 ? ipv4_text(type, code, info) : ipv6_text(type, code, info);
}

}  // namespace vethwork::report
