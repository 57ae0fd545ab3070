// A link-layer address: six octets on Ethernet, four or sixteen on tunnels, up to 32 elsewhere
// (MAX_ADDR_LEN).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <vethwork/base/bytes.hpp>

namespace vethwork {

struct LinkAddress {
    std::array<std::uint8_t, 32> octets{};
    std::uint8_t size = 0;

    /// Hexadecimal octets of one or two digits between colons: "02:0:0:0:0:1".
    [[nodiscard]] static std::optional<LinkAddress> parse(std::string_view text);
    /// At most 32 bytes; nothing where there are more.
    [[nodiscard]] static std::optional<LinkAddress> from_bytes(Bytes bytes);
    [[nodiscard]] Bytes bytes() const { return Bytes(octets).first(size); }
    /// Two digits an octet, lower case.
    [[nodiscard]] std::string to_string() const;

    auto operator<=>(LinkAddress const&) const = default;
};

}  // namespace vethwork
