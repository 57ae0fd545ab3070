// From what was found in the configuration and what was seen of the probe to the one thing that is to blame:
// the first that is wrong behind the place where the packet was last seen. Pure.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/watch.hpp>

namespace vethwork::diagnose {

/// The whole exchange, there and back, as it should be.
struct Story {
    Track track;
    std::size_t boundary = 0;  ///< where the way back begins
    /// Whom the hops of each way ask for: questions about others are not ours.
    std::vector<IpAddress> asked_there, asked_back;
};
[[nodiscard]] Story story_of(Track forward, Track back);

/// Where in the story the probe was seen, and questions about neighbours.
struct Progress {
    std::vector<bool> seen;               ///< by place in the track; only crossings can be
    std::optional<std::size_t> packet;    ///< the last place of the probe, or of its answer
    std::optional<std::size_t> question;  ///< the last place of a neighbour's question, if further on
    [[nodiscard]] bool arrived(Story const& story) const;
};
/// `replies` is false where the answer was a refusal: then only how far the request came counts.
[[nodiscard]] Progress progress_of(Story const& story, std::vector<Sighting> const& sightings, bool replies);

/// The finding to blame; nothing where none stands at or behind the last place.
[[nodiscard]] std::optional<std::size_t> culprit(Story const& story, Progress const& progress);
/// Some packets get through and some do not: the first finding that depends on something; nothing else.
[[nodiscard]] std::optional<std::size_t> what_may_lose(Story const& story);
/// Further findings behind it that the packet has not refuted.
[[nodiscard]] std::vector<Finding> others_behind(Story const& story, std::size_t culprit);

}  // namespace vethwork::diagnose
