// Links as a topology file writes them when nothing is left to be chosen.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

/// `key: value` of a flow map.
using FlowItems = std::vector<std::string>;

enum class PinAddresses { ip_only, ip_and_mac };

/// What was chosen automatically for an end: its interface's name, addresses, and with `ip_and_mac` a
/// link-layer address (locally administered, made from the names of lab, node and interface).
[[nodiscard]] FlowItems automatic_items(Lab const& lab, LabEnd const& end, PinAddresses which);
/// "{ node: a, if: eth0, ip: 10.0.0.1/24 }"
[[nodiscard]] std::string end_yaml(Lab const& lab, LabEnd const& end, PinAddresses which);
/// "{ link: [{ node: a, … }, { node: b, … }], name: a-b, mtu: 1400 }"
[[nodiscard]] std::string link_yaml(Lab const& lab, LabLink const& link, PinAddresses which);

}  // namespace vethwork::topology
