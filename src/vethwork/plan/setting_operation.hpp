// Changes of a namespace that are no rtnetlink objects: sysctls and nftables rulesets.
#pragma once

#include <string>
#include <vector>

namespace vethwork::plan {

/// Writes one sysctl below net: "net.ipv4.ip_forward" = "1". A '/' in a name stands for a dot in a link's
/// name.
struct SetSysctl {
    std::string name;
    std::string value;

    [[nodiscard]] std::string describe() const { return "set " + name + " = " + value; }
    /// Behind `sysctl`: {"-qw", "net.ipv4.ip_forward=1"}.
    [[nodiscard]] std::vector<std::string> words() const { return {"-qw", name + "=" + value}; }
    bool operator==(SetSysctl const&) const = default;
};

/// Loads nft text, all of it or nothing of it (one nftables transaction).
struct LoadRuleset {
    std::string text;

    [[nodiscard]] std::string describe() const { return "load the nft ruleset"; }
    /// Behind `nft`: {"-f", "-"}; the text goes to its standard input.
    [[nodiscard]] std::vector<std::string> words() const { return {"-f", "-"}; }
    bool operator==(LoadRuleset const&) const = default;
};

}  // namespace vethwork::plan
