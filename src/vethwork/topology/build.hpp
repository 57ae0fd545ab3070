// From a lab to the network that it wants.
//
// Each node is a namespace of its name. The bridge of a `lan` of other than two ends lives in a namespace of
// its own, `switch:LINK`, whose ports are port0, port1, … in the order of the ends; that of a node of role
// switch is the node's br0. Both ends of a cable are there, each in its namespace, each with the other as
// peer.
#pragma once

#include <string>

#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::topology {

/// Links, addresses, automatic routes, sysctls, and rulesets with the node's nft text and its NAT. Not in it,
/// since they need parsers of other rooms: the texts of `routes` and `rules` (LabNode::routes,
/// LabNode::rules).
[[nodiscard]] NetworkState wanted_state(Lab const& lab);

/// The namespace of a lan's bridge.
[[nodiscard]] std::string bridge_namespace(LabLink const& link);
/// /etc/hosts for every node: all nodes by all their addresses.
[[nodiscard]] std::string hosts_text(Lab const& lab);
/// Tables `ip vethwork_nat` and `ip6 vethwork_nat`; empty where the node has no `nat`.
[[nodiscard]] std::string nat_ruleset(LabNode const& node);

}  // namespace vethwork::topology
