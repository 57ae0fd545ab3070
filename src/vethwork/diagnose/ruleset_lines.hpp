// Which line of an nft text asks for a rule that the kernel has: the kernel writes rules its own way, so they
// are told by their order and by their words. Pure. Source: nft(8).
#pragma once

#include <optional>
#include <string_view>

#include <vethwork/diagnose/finding.hpp>

namespace vethwork::diagnose {

struct RuleLine {
    std::uint32_t line = 0;  ///< from 1
    /// The text asks for this rule before the one that is asked about, and the kernel does not have it.
    bool is_missing = false;
};

/// The line that asks for the rule, or for the policy of its chain; that of the first rule of the chain that
/// is missing before it; nothing where the text has no such rule.
[[nodiscard]] std::optional<RuleLine> line_of_rule(std::string_view text, RulePlace const& rule);

}  // namespace vethwork::diagnose
