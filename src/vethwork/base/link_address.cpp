#include <vethwork/base/link_address.hpp>

#include <algorithm>
#include <charconv>

namespace vethwork {

std::optional<LinkAddress> LinkAddress::parse(std::string_view text) {
    LinkAddress address;
    for (;;) {
        auto const colon = text.find(':');
        std::string_view const digits = text.substr(0, colon);
        if (digits.empty() || digits.size() > 2 || address.size == address.octets.size()) return {};
        std::uint8_t octet = 0;
        auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octet, 16);
        if (error != std::errc{} || end != digits.data() + digits.size()) return {};
        address.octets[address.size++] = octet;
        if (colon == std::string_view::npos) return address;
        text.remove_prefix(colon + 1);
    }
}

std::optional<LinkAddress> LinkAddress::from_bytes(Bytes bytes) {
    LinkAddress address;
    if (bytes.size() > address.octets.size()) return {};
    std::ranges::copy(bytes, address.octets.begin());
    address.size = static_cast<std::uint8_t>(bytes.size());
    return address;
}

std::string LinkAddress::to_string() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::uint8_t const octet : bytes()) {
        if (!text.empty()) text += ':';
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

}  // namespace vethwork
