// The words of selectors of rules: `ip rule show SELECTOR`, `ip rule flush …`. Source: ip-rule(8).
#pragma once

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::plan {

/// What is absent does not restrict.
struct RuleFilter {
    topology::Rule like;    ///< its present members must be those of the rule
    bool inverted = false;  ///< only rules with `not`
    std::optional<std::uint8_t> tos;
    std::uint32_t table = 0;               ///< 0: all
    std::optional<std::uint8_t> protocol;  ///< for flushing only

    [[nodiscard]] bool accepts(topology::Rule const& rule) const;
};

[[nodiscard]] Result<RuleFilter> parse_rule_filter(WordReader& words, RoutingContext& context);

}  // namespace vethwork::plan
