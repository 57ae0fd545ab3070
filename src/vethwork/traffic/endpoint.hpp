// ADDRESS:PORT as text and as the kernel's sockaddr.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork {

/// An address and, where it is link-local IPv6, the device it is meant on.
struct ScopedAddress {
    IpAddress address;
    std::string device;  ///< behind the % of fe80::1%eth0, or empty

    /// fe80::1%eth0, 10.0.0.1; nothing else.
    [[nodiscard]] static std::optional<ScopedAddress> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

    bool operator==(ScopedAddress const&) const = default;
};

struct Endpoint {
    ScopedAddress host;
    std::uint16_t port = 0;

    /// 10.0.0.1:80, [fe80::1%eth0]:80; with a default host also :80.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view text,
                                                std::optional<IpAddress> default_host = {});
    [[nodiscard]] std::string to_string() const;

    bool operator==(Endpoint const&) const = default;
};

/// A sockaddr large enough for both families, with its length.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_storage);

    /// Looks the device up (if_nametoindex(3)) in the present network namespace.
    [[nodiscard]] static Result<SocketAddress> of(Endpoint const& endpoint);
    /// IPv4-mapped IPv6 addresses become IPv4; a link-local address gets its device's name.
    [[nodiscard]] Endpoint endpoint() const;
    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
    [[nodiscard]] sockaddr const* get() const { return reinterpret_cast<sockaddr const*>(&storage); }
    [[nodiscard]] int family() const { return storage.ss_family; }
};

}  // namespace vethwork
