// The way of a probe, hop by hop, for people and for programs.
#pragma once

#include <string>

#include <vethwork/diagnose/trace.hpp>

namespace vethwork::report {

struct TraceStyle {
    std::string prefix;  ///< is left out before each namespace's name ("lab.")
    std::string hint;    ///< what to ask next where it was lost: a command
};

[[nodiscard]] std::string trace_text(diagnose::Trace const& trace, TraceStyle const& style);
/// One object on one line; times in microseconds since the probe was sent.
[[nodiscard]] std::string trace_json(diagnose::Trace const& trace);

/// "812 ns", "12.3 µs", "1.24 ms", "2.10 s"
[[nodiscard]] std::string span_text(std::int64_t nanoseconds);

}  // namespace vethwork::report
