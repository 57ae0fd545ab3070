#include <vethwork/diagnose/flow.hpp>

#include <netinet/in.h>

#include <vethwork/base/text.hpp>

namespace vethwork::diagnose {

std::uint8_t protocol_number(Protocol protocol, Family family) {
    if (protocol == Protocol::tcp) return IPPROTO_TCP;
    if (protocol == Protocol::udp) return IPPROTO_UDP;
    if (family == Family::ipv4) return IPPROTO_ICMP;
    return IPPROTO_ICMPV6;
}

std::string to_string(Protocol protocol, std::uint16_t port) {
    if (protocol == Protocol::icmp) return "icmp";
    return (protocol == Protocol::tcp ? "tcp:" : "udp:") + std::to_string(port);
}

std::optional<ProtocolAndPort> parse_protocol(std::string_view text) {
    if (text == "icmp" || text == "ping") return ProtocolAndPort{};
    bool const tcp = text.starts_with("tcp:");
    if (!tcp && !text.starts_with("udp:")) return {};
    auto const port = parse_number<std::uint16_t>(text.substr(4));
    if (!port || *port == 0) return {};
    return ProtocolAndPort{tcp ? Protocol::tcp : Protocol::udp, *port};
}

}  // namespace vethwork::diagnose
