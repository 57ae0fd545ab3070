// One more probe, whose way through the rules of nft the kernel itself tells: for rules that the walk cannot
// read, or only guesses at.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/flow.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

/// The rule, or the policy, that ends a new probe or its answer; nothing where none does. This thread is in
/// another network namespace afterwards. For as long as it waits there is a table of ours in those of `sites`
/// that have rules.
[[nodiscard]] std::optional<Finding> rule_that_drops(std::vector<Site*> const& sites, Site& start,
                                                     Flow const& flow);

}  // namespace vethwork::diagnose
