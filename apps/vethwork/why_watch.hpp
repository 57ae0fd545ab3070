// `why --watch`: the same question again whenever the network changes.
#pragma once

#include <functional>

#include <vethwork/diagnose/why.hpp>
#include <vethwork/report/why_text.hpp>

#include "why_scope.hpp"

namespace vethwork::app {

struct WatchStyle {
    report::WhyStyle text;
    bool json = false;
    /// Notes what the file of a lab has to do with an answer.
    std::function<void(diagnose::Sites&, diagnose::Diagnosis&)> quote_file;
};

/// Prints the first verdict, then a line for each one that is other than before, until Ctrl-C. Gives the
/// last.
[[nodiscard]] Result<diagnose::Verdict> watch_why(diagnose::Sites& sites, diagnose::Flow const& flow,
                                                  WatchStyle const& style);

}  // namespace vethwork::app
