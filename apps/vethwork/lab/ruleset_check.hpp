// Whether nft takes the rules of a lab's nodes, found out without the lab: each ruleset is loaded into a
// network namespace of its own, which ends with a child process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace vethwork::app {

struct RulesetCheck {
    std::vector<topology::Complaint> complaints;  ///< E508
    /// Why nothing could be tried here; empty where it was, or there was nothing to try.
    std::string why_not;
};

/// The rulesets of all nodes, or of the one that is named.
[[nodiscard]] RulesetCheck check_rulesets(LoadedLab const& loaded, std::string_view node = {});

}  // namespace vethwork::app
