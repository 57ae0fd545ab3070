// VLANs of bridge ports on the wire: RTM_SETLINK and RTM_DELLINK of the family AF_BRIDGE.
// Source: <linux/if_bridge.h>, IFLA_BRIDGE_VLAN_INFO.
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/bridge_vlan.hpp>

namespace vethwork::netlink {

/// Header and attributes; the link's index must be known.
void write_bridge_vlan(topology::BridgeVlan const& vlan, MessageWriter& to);

}  // namespace vethwork::netlink
