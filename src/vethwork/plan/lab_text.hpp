// A lab file out of what is there: brought up elsewhere it is the same network again. Pure.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

struct LabText {
    std::string text;               ///< a topology file
    std::vector<std::string> left;  ///< what a file cannot say: "red: device eth3 leads out of the lab"
};

/// Namespaces become nodes, cables between them links, other devices interfaces; addresses, link-layer
/// addresses and MTUs are written out, and nothing is automatic. Sysctls and rulesets are taken over as they
/// are.
[[nodiscard]] LabText lab_text(topology::NetworkState const& state, std::string const& lab);

}  // namespace vethwork::plan
