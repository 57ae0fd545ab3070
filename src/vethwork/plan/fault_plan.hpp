// Faults of a topology file as steps: a link that goes down or comes up, packets that are impaired. Pure.
#pragma once

#include <vethwork/plan/lab_plan.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::plan {

/// What a fault of kind down, up or impair does to a lab that is as `state` says; empty for other kinds.
/// `state` is afterwards what it was, with the emulators of the fault.
[[nodiscard]] Plan plan_fault(topology::Lab const& lab, topology::LabFault const& fault,
                              topology::NetworkState& state);

}  // namespace vethwork::plan
