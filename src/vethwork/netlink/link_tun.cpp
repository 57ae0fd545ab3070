#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Tun;

constexpr auto fields = make_table<Tun>(
    field<&Tun::owner>(IFLA_TUN_OWNER, "IFLA_TUN_OWNER"),
    field<&Tun::group>(IFLA_TUN_GROUP, "IFLA_TUN_GROUP"), field<&Tun::type>(IFLA_TUN_TYPE, "IFLA_TUN_TYPE"),
    field<&Tun::packet_information>(IFLA_TUN_PI, "IFLA_TUN_PI"),
    field<&Tun::virtual_net_header>(IFLA_TUN_VNET_HDR, "IFLA_TUN_VNET_HDR"),
    field<&Tun::persistent>(IFLA_TUN_PERSIST, "IFLA_TUN_PERSIST"),
    field<&Tun::multi_queue>(IFLA_TUN_MULTI_QUEUE, "IFLA_TUN_MULTI_QUEUE"),
    field<&Tun::queues>(IFLA_TUN_NUM_QUEUES, "IFLA_TUN_NUM_QUEUES"),
    field<&Tun::disabled_queues>(IFLA_TUN_NUM_DISABLED_QUEUES, "IFLA_TUN_NUM_DISABLED_QUEUES"));

}  // namespace

constinit LinkKindRow const tun_kind = table_kind<Tun, fields>("tun");

}  // namespace vethwork::netlink
