// Whether things are as wanted: what a wanted value leaves open is as wanted however it is.
#pragma once

#include <optional>

#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// Whether the wanted link can be had by changing this one: the kinds fit, and a cable leads to the same
/// place.
[[nodiscard]] bool same_device(topology::Link const& wanted, topology::Link const& actual);
/// A link that stands on another one, and is made after it.
[[nodiscard]] bool is_stacked(topology::Link const& link);
/// A link that others name as their master.
[[nodiscard]] bool is_master(topology::Link const& link);
/// The link is up, and is to be down.
[[nodiscard]] bool falls(topology::Link const& wanted, topology::Link const& actual);
/// What has to be set, or nothing. An MTU that is not wanted any more becomes the usual one.
[[nodiscard]] std::optional<topology::Link> difference(topology::Link const& wanted,
                                                       topology::Link const& actual);

[[nodiscard]] bool same_address(topology::InterfaceAddress const& wanted,
                                topology::InterfaceAddress const& actual);
[[nodiscard]] bool same_vlan(topology::BridgeVlan const& wanted, topology::BridgeVlan const& actual);
[[nodiscard]] bool same_qdisc(topology::Qdisc const& wanted, topology::Qdisc const& actual);
/// Whether the wanted discipline can be had by changing this one.
[[nodiscard]] bool can_become(topology::Qdisc const& wanted, topology::Qdisc const& actual);
[[nodiscard]] bool same_neighbour(topology::Neighbour const& wanted, topology::Neighbour const& actual);
[[nodiscard]] bool same_route(topology::Route const& wanted, topology::Route const& actual);
[[nodiscard]] bool same_rule(topology::Rule const& wanted, topology::Rule const& actual);

}  // namespace vethwork::plan
