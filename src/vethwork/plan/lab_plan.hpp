// wanted − actual = what is to be done, in an order that works and that the kernel likes. Pure.
#pragma once

#include <string>
#include <vector>

#include <vethwork/plan/operation.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// When a step is carried out; order.cpp says how phases follow each other.
enum class Phase {
    end_things,  ///< what must go, before what takes its place comes
    namespaces,
    sysctls_before,  ///< those that links take over when they are made (net.ipv6.conf.default…)
    masters,         ///< bridges, bonds and VRFs, down
    links,           ///< cables and other links
    stacked_links,   ///< links on links: vlan, vxlan, …
    ports,           ///< what has a master, and names it
    port_vlans,
    addresses,
    up,
    bridges_up,  ///< after their ports: a bridge that is up announces each new one
    impairments,
    neighbours,
    routes,      ///< to networks that are at hand
    far_routes,  ///< through gateways
    rules,
    sysctls,
    rulesets,
    snooping,  ///< of wide bridges, once all else is there
    end_namespaces,
};

struct Step {
    Phase phase;
    std::string netns;  ///< where; also what a namespace step makes or ends
    Operation operation;
    std::string key;     ///< topology::key_of what it is about
    std::string reason;  ///< one sentence: "is in the file, and not there"
};

struct Plan {
    std::vector<Step> steps;  ///< in order

    [[nodiscard]] bool empty() const { return steps.empty(); }
};

/// What turns `actual` into `wanted`. Namespaces of `actual` that are not wanted are ended unless they are
/// outside.
[[nodiscard]] Plan make_plan(topology::NetworkState const& wanted, topology::NetworkState const& actual);

}  // namespace vethwork::plan
