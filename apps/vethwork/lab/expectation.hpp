// One test of a topology file, carried out in the running lab: by the verbs of this program, each in the node
// that asks.
#pragma once

#include <string>
#include <string_view>

#include "lab/context.hpp"

namespace vethwork::app {

enum class TestResult { holds, fails, left_out };
[[nodiscard]] std::string_view name_of(TestResult result);

struct TestOutcome {
    TestResult result = TestResult::holds;
    std::string text;  ///< what was found, or why this machine cannot tell
};

/// What a test is called, or does: "ping from a to b".
[[nodiscard]] std::string title_of(topology::Lab const& lab, topology::LabTest const& test);
/// What a test is, as its key in the file: "ping".
[[nodiscard]] std::string_view kind_of(topology::LabTest const& test);

/// Sets the faults of `given`; tries until it holds, as long as the test says `within`, and looks whether it
/// does as long as it says `hold`; undoes the faults, also where a signal ends the waiting.
[[nodiscard]] TestOutcome carry_out(topology::LabTest const& test, LoadedLab const& loaded,
                                    lab::Record const& record, LabOptions const& options);

}  // namespace vethwork::app
