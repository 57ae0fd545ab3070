// What is asked about: may this exchange happen, and if not, why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>

namespace vethwork::diagnose {

enum class Protocol : std::uint8_t { icmp, tcp, udp };

struct Flow {
    std::string from;                 ///< the namespace that begins
    IpAddress destination;            ///< whom it speaks to
    std::optional<IpAddress> source;  ///< nothing: the kernel's choice
    Protocol protocol = Protocol::icmp;
    std::uint16_t port = 0;  ///< of the destination; tcp and udp
};

/// IPPROTO_…; that of ICMP depends on the family.
[[nodiscard]] std::uint8_t protocol_number(Protocol protocol, Family family);
/// "icmp", "tcp:80"
[[nodiscard]] std::string to_string(Protocol protocol, std::uint16_t port);
/// The reverse; nothing for other words.
struct ProtocolAndPort {
    Protocol protocol = Protocol::icmp;
    std::uint16_t port = 0;
};
[[nodiscard]] std::optional<ProtocolAndPort> parse_protocol(std::string_view text);

}  // namespace vethwork::diagnose
