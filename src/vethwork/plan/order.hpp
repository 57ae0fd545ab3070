// The order of steps: this, and nothing else, decides when a thing is made.
#pragma once

#include <vector>

#include <vethwork/plan/lab_plan.hpp>

namespace vethwork::plan {

/// Phase by phase while namespaces depend on each other, then namespace by namespace, in the order of
/// `wanted`.
void put_in_order(std::vector<Step>& steps, topology::NetworkState const& wanted);

}  // namespace vethwork::plan
