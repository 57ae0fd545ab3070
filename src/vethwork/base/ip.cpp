#include <vethwork/base/ip.hpp>

#include <arpa/inet.h>

#include <charconv>
#include <cstring>

namespace vethwork {

static_assert(static_cast<int>(Family::ipv4) == AF_INET && static_cast<int>(Family::ipv6) == AF_INET6);

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    std::string const terminated(text);
    if (terminated.size() != std::strlen(terminated.c_str())) return {};
    IpAddress address{text.find(':') == std::string_view::npos ? Family::ipv4 : Family::ipv6, {}};
    if (::inet_pton(static_cast<int>(address.family), terminated.c_str(), address.octets.data()) != 1)
        return {};
    return address;
}

std::optional<IpAddress> IpAddress::from_bytes(Bytes bytes) {
    if (bytes.size() != 4 && bytes.size() != 16) return {};
    IpAddress address{bytes.size() == 4 ? Family::ipv4 : Family::ipv6, {}};
    std::memcpy(address.octets.data(), bytes.data(), bytes.size());
    return address;
}

IpAddress IpAddress::ipv4(std::uint32_t host_order) {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i)
        address.octets[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return address;
}

std::uint32_t IpAddress::ipv4_number() const {
    return std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 | std::uint32_t{octets[2]} << 8 |
           octets[3];
}

bool IpAddress::is_multicast() const {
    return family == Family::ipv4 ? (octets[0] & 0xf0) == 0xe0 : octets[0] == 0xff;
}

bool IpAddress::is_loopback() const {
    if (family == Family::ipv4) return octets[0] == 127;
    IpAddress one{Family::ipv6, {}};
    one.octets[15] = 1;
    return *this == one;
}

bool IpAddress::is_link_local() const {
    if (family == Family::ipv4) return octets[0] == 169 && octets[1] == 254;
    return octets[0] == 0xfe && (octets[1] & 0xc0) == 0x80;
}

std::string IpAddress::to_string() const {
    if (family == Family::ipv4) {
        // By hand: lists of thousands of addresses are common, and inet_ntop(3) formats as printf does.
        char quad[INET_ADDRSTRLEN];
        char* end = quad;
        for (std::size_t i = 0; i < 4; ++i) {
            if (i > 0) *end++ = '.';
            end = std::to_chars(end, quad + sizeof quad, octets[i]).ptr;
        }
        return {quad, end};
    }
    char text[INET6_ADDRSTRLEN];
    ::inet_ntop(static_cast<int>(family), octets.data(), text, sizeof text);
    return text;
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
    auto const slash = text.find('/');
    auto const address = IpAddress::parse(text.substr(0, slash));
    if (!address) return {};
    if (slash == std::string_view::npos) return host(*address);
    std::string_view const digits = text.substr(slash + 1);
    std::uint8_t length = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size()) return {};
    if (length > address_bits(address->family)) return {};
    return IpPrefix{*address, length};
}

namespace {

/// The mask of octet `index` under a prefix of `length` bits.
std::uint8_t mask_of(std::size_t index, std::uint8_t length) {
    int const bits = length - static_cast<int>(index) * 8;
    if (bits >= 8) return 0xff;
    return static_cast<std::uint8_t>(bits <= 0 ? 0 : 0xff << (8 - bits));
}

}  // namespace

bool IpPrefix::contains(IpAddress const& other) const {
    return other.family == address.family && IpPrefix{other, length}.network() == network();
}

IpPrefix IpPrefix::network() const {
    IpPrefix result = *this;
    for (std::size_t i = 0; i < 16; ++i) result.address.octets[i] &= mask_of(i, length);
    return result;
}

IpAddress IpPrefix::last() const {
    IpAddress result = address;
    for (std::size_t i = 0; i < address_bits(address.family) / 8u; ++i)
        result.octets[i] |= static_cast<std::uint8_t>(~mask_of(i, length));
    return result;
}

std::string IpPrefix::to_string() const { return address.to_string() + "/" + std::to_string(length); }

}  // namespace vethwork
