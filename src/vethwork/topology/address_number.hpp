// Addresses as numbers, for counting through subnets.
#pragma once

#include <vethwork/base/ip.hpp>

namespace vethwork::topology {

using AddressNumber = unsigned __int128;

[[nodiscard]] inline AddressNumber to_number(IpAddress const& address) {
    AddressNumber number = 0;
    for (auto const octet : address.bytes()) number = number << 8 | octet;
    return number;
}

[[nodiscard]] inline IpAddress from_number(AddressNumber number, Family family) {
    IpAddress address = IpAddress::any(family);
    for (std::size_t i = address_bits(family) / 8u; i > 0; --i, number >>= 8)
        address.octets[i - 1] = static_cast<std::uint8_t>(number);
    return address;
}

/// How many addresses a prefix of this length has, less one: all bits behind the prefix.
[[nodiscard]] inline AddressNumber host_bits(Family family, std::uint8_t length) {
    unsigned const bits = address_bits(family) - length;
    return bits >= 128 ? ~AddressNumber{0} : (AddressNumber{1} << bits) - 1;
}

}  // namespace vethwork::topology
