// A change in a network as one line, or as one JSON object.
#pragma once

#include <string>
#include <vector>

#include <vethwork/observe/events.hpp>

namespace vethwork::report {

/// What a line has of an event besides time and place.
struct EventFacts {
    std::string kind;                  ///< "link", "address", "route", "neighbour", "rule"
    std::string object;                ///< "eth0", "10.0.0.1/24 dev eth0", a route's words
    std::vector<std::string> details;  ///< "up", "no carrier", "mtu 1500"; of what has gone: none
};

[[nodiscard]] EventFacts facts_of(observe::Event const& event);

/// `12:00:01.123456  pc1           link       eth0  up, mtu 1500`; `time` is the first word.
[[nodiscard]] std::string event_line(std::string_view time, std::string_view node,
                                     observe::Event const& event);
/// The same with the keys time, node, event (new or gone), kind, object, details.
[[nodiscard]] std::string event_json(std::string_view time, std::string_view node,
                                     observe::Event const& event);

}  // namespace vethwork::report
