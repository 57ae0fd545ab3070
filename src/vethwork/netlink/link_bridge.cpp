#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Bridge;
using topology::BridgePort;

constexpr auto fields =
    make_table<Bridge>(field<&Bridge::forward_delay>(IFLA_BR_FORWARD_DELAY, "IFLA_BR_FORWARD_DELAY"),
                       field<&Bridge::hello_time>(IFLA_BR_HELLO_TIME, "IFLA_BR_HELLO_TIME"),
                       field<&Bridge::max_age>(IFLA_BR_MAX_AGE, "IFLA_BR_MAX_AGE"),
                       field<&Bridge::ageing_time>(IFLA_BR_AGEING_TIME, "IFLA_BR_AGEING_TIME"),
                       field<&Bridge::stp_state>(IFLA_BR_STP_STATE, "IFLA_BR_STP_STATE"),
                       field<&Bridge::priority>(IFLA_BR_PRIORITY, "IFLA_BR_PRIORITY"),
                       field<&Bridge::vlan_filtering>(IFLA_BR_VLAN_FILTERING, "IFLA_BR_VLAN_FILTERING"));

constexpr auto port_fields =
    make_table<BridgePort>(field<&BridgePort::state>(IFLA_BRPORT_STATE, "IFLA_BRPORT_STATE"),
                           field<&BridgePort::priority>(IFLA_BRPORT_PRIORITY, "IFLA_BRPORT_PRIORITY"),
                           field<&BridgePort::cost>(IFLA_BRPORT_COST, "IFLA_BRPORT_COST"));

}  // namespace

constinit LinkKindRow const bridge_kind = table_kind<Bridge, fields, BridgePort, port_fields>("bridge");

}  // namespace vethwork::netlink
