// Why an exchange fails: walks there and back, sends a real probe, watches it, judges.
#pragma once

#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/diagnose/experiment.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

using WhyOptions = ExperimentOptions;

/// This thread is in another network namespace afterwards. Errors: no such namespace, no way to send a probe.
[[nodiscard]] Result<Diagnosis> why(Sites& sites, Flow const& flow, WhyOptions const& options);

/// What the configuration alone shows to be wrong on the way there and back; nothing is sent. This thread is
/// in another network namespace afterwards. Errors: no such namespace.
[[nodiscard]] Result<std::vector<Finding>> suspicions(Sites& sites, Flow const& flow);

}  // namespace vethwork::diagnose
