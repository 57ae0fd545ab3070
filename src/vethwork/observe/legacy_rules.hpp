// The rules of the older tables (iptables-legacy), which nft does not show: only where they are, whether they
// end packets, and how many they have met. Source: <linux/netfilter_ipv4/ip_tables.h>, iptables(8).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vethwork/base/ip.hpp>

namespace vethwork::observe {

struct LegacyRule {
    std::string table, chain;  ///< "raw", "PREROUTING"
    unsigned number = 0;       ///< from 1, as iptables counts them; 0: the chain's policy
    bool ends = false;         ///< DROP or REJECT
    std::uint64_t packets = 0;

    bool operator==(LegacyRule const&) const = default;
};

/// Of the tables that the present namespace has, in their order; nothing where there are none, or where they
/// may not be read.
[[nodiscard]] std::vector<LegacyRule> legacy_rules(Family family);

}  // namespace vethwork::observe
