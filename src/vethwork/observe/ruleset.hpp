// The nft rules of a namespace, as values: chains with their hooks, rules as nft writes them. Source: nft(8).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::observe {

struct NftRule {
    std::uint64_t handle = 0;
    std::string text;  ///< `tcp dport 80 accept comment "web"`

    bool operator==(NftRule const&) const = default;
};

struct NftChain {
    std::string family, table, name;         ///< "inet", "fw", "forward"
    std::string type, hook, device, policy;  ///< of base chains; others have none
    std::string priority;                    ///< "filter", "-100", "dstnat"
    std::vector<NftRule> rules;

    [[nodiscard]] bool is_base() const { return !hook.empty(); }
    /// "inet fw forward", as commands name it
    [[nodiscard]] std::string words() const { return family + " " + table + " " + name; }

    bool operator==(NftChain const&) const = default;
};

struct Ruleset {
    std::vector<NftChain> chains;
    std::map<std::string, std::string> sets;  ///< "inet fw web" -> "80, 443"; maps too

    bool operator==(Ruleset const&) const = default;
};

/// Out of what `nft -a list ruleset` prints. Lines that are not understood are passed over.
[[nodiscard]] Ruleset read_ruleset(std::string_view text);
/// Of the present namespace, through libnftables.
[[nodiscard]] Result<Ruleset> ruleset();

}  // namespace vethwork::observe
