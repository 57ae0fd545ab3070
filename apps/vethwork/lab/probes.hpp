// What this machine can do, found out by doing it in a network namespace that ends at once.
#pragma once

#include <string>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::app {

struct Finding {
    std::string what;  ///< "vxlan"
    bool good = false;
    std::string detail;     ///< why not, or a value; may be empty
    std::string fix;        ///< what would help; empty where nothing is to be done
    bool required = false;  ///< no lab can run without
};

/// Makes one device of each kind, a queueing discipline of netem and a ruleset of nft.
[[nodiscard]] std::vector<Finding> probe_kernel();

/// Moves this process into a new network namespace, and into a user namespace where it needs one for that.
/// For good: only in a child.
[[nodiscard]] Result<> enter_fresh_namespace();

}  // namespace vethwork::app
