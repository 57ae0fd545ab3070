// Kinds of hardware and how their addresses are written. Source: <linux/if_arp.h>.
#pragma once

#include <cstdint>
#include <string>

#include <vethwork/base/link_address.hpp>

namespace vethwork::report {

/// ARPHRD_… as a word: "ether"; "[300]" where there is none.
[[nodiscard]] std::string hardware_type_name(std::uint16_t type);
/// An address of such hardware: octets between colons, or an IP address where a tunnel has one.
[[nodiscard]] std::string hardware_address_text(LinkAddress const& address, std::uint16_t type);

/// ETH_P_… as a word: "802.1Q"; "[1234]" where there is none.
[[nodiscard]] std::string ethernet_protocol_name(std::uint16_t protocol);

}  // namespace vethwork::report
