// Repairs that `why` has found: tried on a copy of the network, and carried out where somebody asks for it.
#pragma once

#include <functional>
#include <string>

#include <vethwork/diagnose/why.hpp>

namespace vethwork::app {

/// Runs `life` in a process of its own that ends with this one; its exit status. Standard output is flushed
/// at its end.
[[nodiscard]] Result<int> in_child(std::function<int()> const& life);

/// Carries out a repair in the namespaces that /run/netns names for this process. The error is that of the
/// command that failed, which the ones behind it then are not tried after.
[[nodiscard]] Result<> carry_out(std::vector<diagnose::Action> const& repair);

/// Copies the namespaces that the diagnosis has looked at, sees whether the copy has the fault too, mends it
/// there and sends the probe again. Notes the outcome in `diagnosis`; where it could not be tried, why not.
void try_on_copy(diagnose::Sites& sites, diagnose::Diagnosis& diagnosis);

}  // namespace vethwork::app
