// Carries out a plan of a lab: all of it, or nothing of it.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <vethwork/apply/network.hpp>
#include <vethwork/plan/lab_plan.hpp>

namespace vethwork::apply {

/// The step that failed, and why.
struct Failure {
    plan::Step step;
    Error error;
    std::vector<Error> left;  ///< what could not be taken back; empty: nothing is left of the plan
};

/// Told before each group of steps: how many of all are done, and the phase that begins.
using Progress = std::function<void(std::size_t done, plan::Phase phase)>;

/// Carries out every step in order. After the first failure everything done is taken back, newest first: what
/// lies in namespaces of the plan's own goes with them, other steps by their inverses. Nothing: all went
/// well. What was done in the namespace `left_alone` the caller takes back itself.
[[nodiscard]] std::optional<Failure> carry_out(plan::Plan const& plan, Network& network,
                                               Progress const& progress, std::string_view left_alone = {});

}  // namespace vethwork::apply
