// Why an exchange fails: walks there and back, sends a real probe, watches it, judges.
#pragma once

#include <chrono>

#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

struct WhyOptions {
    std::chrono::milliseconds patience{1100};  ///< how long silence is waited for
    unsigned tries = 8;                        ///< probes where the first is answered: to see losses
};

/// This thread is in another network namespace afterwards. Errors: no such namespace, no way to send a probe.
[[nodiscard]] Result<Diagnosis> why(Sites& sites, Flow const& flow, WhyOptions const& options);

}  // namespace vethwork::diagnose
