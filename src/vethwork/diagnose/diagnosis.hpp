// The answer to "why": a verdict, the one thing that is wrong, and what speaks for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/flow.hpp>
#include <vethwork/diagnose/in_file.hpp>

namespace vethwork::diagnose {

enum class Verdict : std::uint8_t { reachable, unreachable, degraded, undecided };
[[nodiscard]] std::string_view to_string(Verdict verdict);

/// One place of the path, for telling.
struct PathStep {
    std::string netns, in, out, decision;
    bool seen = false;  ///< the probe was seen there
};

struct Evidence {
    std::string kind;  ///< "drop", "trace", "seen", "absent", "answer", "error"
    std::string netns;
    std::string text;
};

/// The line of the topology file that has to do with the cause.
struct FileQuote {
    FilePlace place;
    std::string path;          ///< of the file, absolute
    std::string text;          ///< the line, without the blanks around it
    bool has_changed = false;  ///< the file says something else than what `up` read
};

struct Diagnosis {
    Flow flow;
    std::string to;  ///< the destination's namespace, where it is known
    Verdict verdict = Verdict::undecided;
    std::optional<Finding> cause;
    std::optional<FileQuote> source;  ///< where a topology file asks for it, in a lab that has one
    bool on_the_way_back = false;     ///< the request arrived
    bool repair_tested = false;
    bool repair_works = false;
    std::string not_tried;      ///< why the repair was not tried, where somebody wanted to
    std::vector<Finding> also;  ///< further things wrong behind the first
    std::vector<Evidence> evidence;
    std::vector<PathStep> forward, back;
    std::vector<std::string> observers;  ///< what was listened to
    std::vector<std::string> gaps;       ///< what could not be looked at
    std::vector<std::string> notes;      ///< oddities of what works
    unsigned sent = 0, answered = 0;
    double round_trip_ms = 0, elapsed_ms = 0;
};

}  // namespace vethwork::diagnose
