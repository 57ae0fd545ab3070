// DNS messages (RFC 1035, 2782, 3596, 6891) of captured packets.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <vethwork/base/ip.hpp>

namespace vethwork::observe {

namespace dns_type {
inline constexpr std::uint16_t a = 1, ns = 2, cname = 5, soa = 6, ptr = 12, mx = 15, txt = 16, aaaa = 28,
                               srv = 33, dname = 39, opt = 41;
}  // namespace dns_type

/// Names are the octets of their labels, each followed by a dot; "." is the root.
struct DnsQuestion {
    std::string name;
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
};

struct DnsHost {
    std::string name;
};
struct DnsMail {
    std::uint16_t preference = 0;
    std::string name;
};
struct DnsService {
    std::uint16_t priority = 0, weight = 0, port = 0;
    std::string name;
};
struct DnsAuthority {
    std::string primary, mailbox;
    std::uint32_t serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0;
};
struct DnsText {
    std::vector<std::string> strings;
};
/// Any other type, and data that break the format of their type.
struct DnsOther {
    std::vector<std::uint8_t> octets;
};

struct DnsRecord {
    std::string name;
    std::uint16_t type = 0;
    std::uint16_t klass = 0;
    std::uint32_t ttl = 0;
    std::variant<DnsOther, IpAddress, DnsHost, DnsMail, DnsService, DnsAuthority, DnsText> data;
};

struct Dns {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::uint16_t question_count = 0, answer_count = 0, authority_count = 0, additional_count = 0;
    std::vector<DnsQuestion> questions;
    std::vector<DnsRecord> answers, authorities, additionals;
    bool multicast = false;  ///< port 5353 (RFC 6762)
    bool malformed = false;  ///< reading stopped at a name or record that breaks the format
    std::size_t length = 0;

    [[nodiscard]] bool is_response() const { return (flags & 0x8000) != 0; }
    [[nodiscard]] unsigned opcode() const { return (flags >> 11u) & 15; }
};

}  // namespace vethwork::observe
