// IP addresses and prefixes of both families, as values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <vethwork/base/bytes.hpp>

namespace vethwork {

enum class Family : std::uint8_t { ipv4 = 2, ipv6 = 10 };  ///< AF_INET, AF_INET6

/// 32 or 128.
[[nodiscard]] constexpr std::uint8_t address_bits(Family family) { return family == Family::ipv4 ? 32 : 128; }

struct IpAddress {
    Family family = Family::ipv4;
    std::array<std::uint8_t, 16> octets{};  ///< network order; IPv4 uses the first four

    /// Dotted quad or RFC 4291 text, whole; nothing otherwise (inet_pton(3)).
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    /// From 4 or 16 bytes; nothing for any other length.
    [[nodiscard]] static std::optional<IpAddress> from_bytes(Bytes bytes);
    [[nodiscard]] static IpAddress ipv4(std::uint32_t host_order);
    /// 0.0.0.0 or ::
    [[nodiscard]] static IpAddress any(Family family) { return {family, {}}; }

    [[nodiscard]] Bytes bytes() const { return Bytes(octets).first(address_bits(family) / 8u); }
    [[nodiscard]] std::uint32_t ipv4_number() const;  ///< host order; IPv4 only
    [[nodiscard]] bool is_any() const { return octets == std::array<std::uint8_t, 16>{}; }
    [[nodiscard]] bool is_multicast() const;
    [[nodiscard]] bool is_loopback() const;
    [[nodiscard]] bool is_link_local() const;  ///< fe80::/10, 169.254/16
    [[nodiscard]] std::string to_string() const;

    auto operator<=>(IpAddress const&) const = default;
};

struct IpPrefix {
    IpAddress address;  ///< may have bits set behind the prefix, as an interface's address has
    std::uint8_t length = 0;

    /// ADDRESS or ADDRESS/LENGTH; without a length that of a single address.
    [[nodiscard]] static std::optional<IpPrefix> parse(std::string_view text);
    [[nodiscard]] static IpPrefix host(IpAddress const& address) {
        return {address, address_bits(address.family)};
    }
    [[nodiscard]] Family family() const { return address.family; }
    [[nodiscard]] bool is_host() const { return length == address_bits(address.family); }
    [[nodiscard]] bool contains(IpAddress const& other) const;
    /// The same prefix with the bits behind it cleared.
    [[nodiscard]] IpPrefix network() const;
    /// The last address of the prefix (an IPv4 network's broadcast address).
    [[nodiscard]] IpAddress last() const;
    [[nodiscard]] std::string to_string() const;  ///< always with the length

    auto operator<=>(IpPrefix const&) const = default;
};

}  // namespace vethwork
