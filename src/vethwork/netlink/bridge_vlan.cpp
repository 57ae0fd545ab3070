#include <vethwork/netlink/bridge_vlan.hpp>

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace vethwork::netlink {

void write_bridge_vlan(topology::BridgeVlan const& vlan, MessageWriter& to) {
    to.fixed(ifinfomsg{.ifi_family = AF_BRIDGE, .ifi_index = static_cast<int>(vlan.link.index)});
    unsigned const flags =
        (vlan.pvid ? BRIDGE_VLAN_INFO_PVID : 0u) | (vlan.untagged ? BRIDGE_VLAN_INFO_UNTAGGED : 0u);
    auto const nest = to.begin_nest(IFLA_AF_SPEC | NLA_F_NESTED, "IFLA_AF_SPEC");
    to.value(IFLA_BRIDGE_VLAN_INFO, "IFLA_BRIDGE_VLAN_INFO",
             bridge_vlan_info{.flags = static_cast<std::uint16_t>(flags), .vid = vlan.id});
    to.end_nest(nest);
}

}  // namespace vethwork::netlink
