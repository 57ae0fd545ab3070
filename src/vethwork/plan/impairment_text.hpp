// Impairments as a topology file writes them.
#pragma once

#include <string>

#include <vethwork/topology/impairment.hpp>

namespace vethwork::plan {

/// A flow map of YAML: "{ delay: 20ms, loss: 1% }". Empty where there is nothing to say; a queue in bytes, a
/// trace and a seed, which no kernel has, are not said.
[[nodiscard]] std::string impairment_text(topology::Impairment const& impairment);

}  // namespace vethwork::plan
