// What is in a set of namespaces, as one value in the words of topology/: names instead of numbers, and of
// everything only what somebody has set.
#pragma once

#include <span>
#include <string>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::observe {

/// An open namespace of the set.
struct Member {
    std::string name;
    netlink::Connection* connection = nullptr;
    int netns = -1;  ///< descriptor
    bool outside = false;
};

/// Reads all members. What the kernel makes by itself is left out: its routes and rules, link-local and
/// loopback addresses, neighbours that were learnt; so are routes of routing daemons. Sysctls and rulesets
/// are not read. `expected` helps to find where cables lead without asking for every pair of namespaces; it
/// may be empty.
[[nodiscard]] Result<topology::NetworkState> network_state(std::span<Member const> members,
                                                           topology::NetworkState const& expected);

}  // namespace vethwork::observe
