// Impairments as a topology file writes them.
#pragma once

#include <string>

#include <vethwork/topology/impairment.hpp>

namespace vethwork::topology {

/// A flow map: "{ delay: 20ms, loss: 1% }", shares as the kernel keeps them. Empty where there is nothing to
/// say.
[[nodiscard]] std::string impairment_yaml(Impairment const& impairment);

}  // namespace vethwork::topology
