// The words of one rule, shared by add and delete.
#pragma once

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::plan {

/// Whether a rule is to be made, or one is looked for: then everything may stay open.
enum class RulePurpose { put, find };

[[nodiscard]] Result<topology::Rule> parse_rule(WordReader& words, RulePurpose purpose,
                                                RoutingContext& context);
/// parse_rule() reads them back.
[[nodiscard]] std::vector<std::string> rule_words(topology::Rule const& rule, RulePurpose purpose);

}  // namespace vethwork::plan
