#include <vethwork/traffic/endpoint.hpp>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>

#include <vethwork/base/text.hpp>

namespace vethwork {

namespace {

constexpr char const* forms = "write it as 10.0.2.0:4078 or [fd00::2]:4078";

Error not_an_endpoint(std::string_view text, std::string what) {
    return usage_error("\"" + std::string(text) + "\" is no address and port: " + std::move(what), forms);
}

/// The last colon that is not part of a bracketed address, or npos.
std::size_t port_colon(std::string_view text) {
    auto const colon = text.rfind(':');
    auto const bracket = text.rfind(']');
    return colon != std::string_view::npos && bracket != std::string_view::npos && colon < bracket
               ? std::string_view::npos
               : colon;
}

Result<ScopedAddress> parse_host(std::string_view whole, std::string_view host) {
    bool const bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    auto const parsed = ScopedAddress::parse(host);
    if (!parsed) return not_an_endpoint(whole, "\"" + std::string(host) + "\" is no IPv4 or IPv6 address");
    if (!bracketed && parsed->address.family == Family::ipv6)
        return not_an_endpoint(whole, "an IPv6 address stands in brackets before its port");
    return *parsed;
}

Endpoint from_ipv4(sockaddr_in const& in) {
    return {{*IpAddress::from_bytes({reinterpret_cast<std::uint8_t const*>(&in.sin_addr), 4}), {}},
            ntohs(in.sin_port)};
}

Endpoint from_ipv6(sockaddr_in6 const& in) {
    Bytes const octets(in.sin6_addr.s6_addr, 16);
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr))
        return {{*IpAddress::from_bytes(octets.subspan(12)), {}}, ntohs(in.sin6_port)};
    Endpoint endpoint{{*IpAddress::from_bytes(octets), {}}, ntohs(in.sin6_port)};
    char name[IF_NAMESIZE];
    if (in.sin6_scope_id != 0 && ::if_indextoname(in.sin6_scope_id, name) != nullptr)
        endpoint.host.device = name;
    return endpoint;
}

}  // namespace

std::optional<ScopedAddress> ScopedAddress::parse(std::string_view text) {
    auto const percent = text.find('%');
    auto const address = IpAddress::parse(text.substr(0, percent));
    if (!address) return {};
    if (percent == std::string_view::npos) return ScopedAddress{*address, {}};
    if (address->family == Family::ipv4 || percent + 1 == text.size()) return {};
    return ScopedAddress{*address, std::string(text.substr(percent + 1))};
}

std::string ScopedAddress::to_string() const {
    return device.empty() ? address.to_string() : address.to_string() + "%" + device;
}

Result<Endpoint> Endpoint::parse(std::string_view text, std::optional<IpAddress> default_host) {
    auto const colon = port_colon(text);
    if (colon == std::string_view::npos) return not_an_endpoint(text, "there is no :PORT");
    auto const port = parse_number<std::uint16_t>(text.substr(colon + 1), 10);
    if (!port) return not_an_endpoint(text, "the port is a number from 0 to 65535");
    if (colon == 0 && default_host) return Endpoint{{*default_host, {}}, *port};
    return Endpoint{TRY(parse_host(text, text.substr(0, colon))), *port};
}

std::string Endpoint::to_string() const {
    bool const brackets = host.address.family == Family::ipv6;
    return (brackets ? "[" + host.to_string() + "]" : host.to_string()) + ":" + std::to_string(port);
}

Result<SocketAddress> SocketAddress::of(Endpoint const& endpoint) {
    SocketAddress address;
    Bytes const octets = endpoint.host.address.bytes();
    if (endpoint.host.address.family == Family::ipv4) {
        sockaddr_in in{.sin_family = AF_INET, .sin_port = htons(endpoint.port)};
        std::memcpy(&in.sin_addr, octets.data(), octets.size());
        std::memcpy(&address.storage, &in, sizeof in);
        address.size = sizeof in;
        return address;
    }
    sockaddr_in6 in{.sin6_family = AF_INET6, .sin6_port = htons(endpoint.port)};
    std::memcpy(&in.sin6_addr, octets.data(), octets.size());
    if (!endpoint.host.device.empty()) {
        in.sin6_scope_id = ::if_nametoindex(endpoint.host.device.c_str());
        if (in.sin6_scope_id == 0)
            return lookup_error("there is no device \"" + endpoint.host.device + "\" here");
    }
    std::memcpy(&address.storage, &in, sizeof in);
    address.size = sizeof in;
    return address;
}

Endpoint SocketAddress::endpoint() const {
    if (family() == AF_INET) {
        sockaddr_in in;
        std::memcpy(&in, &storage, sizeof in);
        return from_ipv4(in);
    }
    sockaddr_in6 in{};
    if (family() == AF_INET6) std::memcpy(&in, &storage, sizeof in);
    return from_ipv6(in);
}

}  // namespace vethwork
