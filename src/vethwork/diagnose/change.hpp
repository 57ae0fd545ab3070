// What has changed in a network, and which change made the difference. Pure, but for silent_changes().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

struct Change {
    /// What brings others about, before what follows from it: a link that goes down takes its routes with it.
    enum class Weight : std::uint8_t { carrier, route, address, setting, link };

    std::string netns;
    std::string what;  ///< a clause behind the namespace's name: "eth2 went down"
    Weight weight = Weight::setting;

    bool operator==(Change const&) const = default;
};

/// The one to name: the weightiest, of several first those in the namespace that is to blame (empty: none
/// is), then the earliest. Null where there is none.
[[nodiscard]] Change const* turning_point(std::vector<Change> const& changes, std::string_view blamed);

/// What two looks at the same namespaces have both read, and the kernel sends no event about: settings, rules
/// of nft, queueing disciplines, servers.
[[nodiscard]] std::vector<Change> silent_changes(Sites& before, Sites& after);

}  // namespace vethwork::diagnose
