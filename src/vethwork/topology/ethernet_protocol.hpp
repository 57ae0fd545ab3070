// Protocols of Ethernet frames by word and number. Source: <linux/if_ether.h>.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace vethwork::topology {

struct EthernetProtocol {
    std::string_view word;
    std::uint16_t number;  ///< host order
};

/// The first row of a number is how it is written.
inline constexpr std::array<EthernetProtocol, 17> ethernet_protocols{{{"802.1Q", 0x8100},
                                                                      {"802.1ad", 0x88a8},
                                                                      {"ip", 0x0800},
                                                                      {"ipv4", 0x0800},
                                                                      {"ipv6", 0x86dd},
                                                                      {"arp", 0x0806},
                                                                      {"rarp", 0x8035},
                                                                      {"loop", 0x0060},
                                                                      {"all", 0x0003},
                                                                      {"802_2", 0x0004},
                                                                      {"mpls_uc", 0x8847},
                                                                      {"mpls_mc", 0x8848},
                                                                      {"teb", 0x6558},
                                                                      {"ppp_disc", 0x8863},
                                                                      {"ppp_ses", 0x8864},
                                                                      {"aoe", 0x88a2},
                                                                      {"LLDP", 0x88cc}}};

/// Empty where there is no word.
[[nodiscard]] constexpr std::string_view ethernet_protocol_word(std::uint16_t number) {
    for (auto const& one : ethernet_protocols)
        if (one.number == number) return one.word;
    return {};
}

}  // namespace vethwork::topology
