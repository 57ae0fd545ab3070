// What an event means to a network, in a few words.
#pragma once

#include <optional>
#include <string>

#include <vethwork/diagnose/change.hpp>
#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/observe/events.hpp>

namespace vethwork::report {

/// `before`: the link that the event speaks of as it was; null: not known, or it speaks of none. Nothing
/// where nothing has changed that matters to packets: the states of neighbours come and go by themselves.
[[nodiscard]] std::optional<diagnose::Change> change_of(std::string const& netns,
                                                        topology::Link const* before,
                                                        observe::Event const& event);

/// A line: `12:03:04 reachable → unreachable: r eth2 went down (link-down in r: eth2 is down)`; what is not
/// known is left out.
struct VerdictChange {
    std::string time;
    diagnose::Verdict before = diagnose::Verdict::undecided;
    std::optional<diagnose::Change> change;
};
[[nodiscard]] std::string verdict_change_line(VerdictChange const& change,
                                              diagnose::Diagnosis const& diagnosis, std::string_view prefix);
/// The same with the keys time, from, to, event (ns and what, or null), diagnosis.
[[nodiscard]] std::string verdict_change_json(VerdictChange const& change,
                                              diagnose::Diagnosis const& diagnosis);

}  // namespace vethwork::report
