// What is still there once links that must go have gone: the kernel takes along what is on them.
#pragma once

#include <set>
#include <string>
#include <utility>

#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// Links by the names of their namespaces and their own.
using LinkNames = std::set<std::pair<std::string, std::string>>;

struct Remaining {
    topology::NetworkState state;  ///< with the links that go, but those that stand on another that goes
    LinkNames going;               ///< not wanted, or to be made anew; of cables both ends
};

/// `actual` without addresses, routes, neighbours, VLANs and disciplines of links that go, and without routes
/// over links that are to be down. Made anew is also what enters or leaves a bond or a VRF, which put their
/// ports down: that would take away more than can be told here.
[[nodiscard]] Remaining remaining(topology::NetworkState const& wanted, topology::NetworkState actual);

}  // namespace vethwork::plan
