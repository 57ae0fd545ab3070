#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Bridge;
using topology::BridgePort;

constexpr auto fields = make_table<Bridge>(
    field<&Bridge::forward_delay>(IFLA_BR_FORWARD_DELAY, "IFLA_BR_FORWARD_DELAY"),
    field<&Bridge::hello_time>(IFLA_BR_HELLO_TIME, "IFLA_BR_HELLO_TIME"),
    field<&Bridge::max_age>(IFLA_BR_MAX_AGE, "IFLA_BR_MAX_AGE"),
    field<&Bridge::ageing_time>(IFLA_BR_AGEING_TIME, "IFLA_BR_AGEING_TIME"),
    field<&Bridge::stp_state>(IFLA_BR_STP_STATE, "IFLA_BR_STP_STATE"),
    field<&Bridge::priority>(IFLA_BR_PRIORITY, "IFLA_BR_PRIORITY"),
    field<&Bridge::vlan_filtering>(IFLA_BR_VLAN_FILTERING, "IFLA_BR_VLAN_FILTERING"),
    field<&Bridge::vlan_protocol, NetworkOrder>(IFLA_BR_VLAN_PROTOCOL, "IFLA_BR_VLAN_PROTOCOL"),
    field<&Bridge::group_forward_mask>(IFLA_BR_GROUP_FWD_MASK, "IFLA_BR_GROUP_FWD_MASK"),
    field<&Bridge::root_id>(IFLA_BR_ROOT_ID, "IFLA_BR_ROOT_ID"),
    field<&Bridge::bridge_id>(IFLA_BR_BRIDGE_ID, "IFLA_BR_BRIDGE_ID"),
    field<&Bridge::root_port>(IFLA_BR_ROOT_PORT, "IFLA_BR_ROOT_PORT"),
    field<&Bridge::root_path_cost>(IFLA_BR_ROOT_PATH_COST, "IFLA_BR_ROOT_PATH_COST"),
    field<&Bridge::topology_change>(IFLA_BR_TOPOLOGY_CHANGE, "IFLA_BR_TOPOLOGY_CHANGE"),
    field<&Bridge::topology_change_detected>(IFLA_BR_TOPOLOGY_CHANGE_DETECTED,
                                             "IFLA_BR_TOPOLOGY_CHANGE_DETECTED"),
    field<&Bridge::hello_timer>(IFLA_BR_HELLO_TIMER, "IFLA_BR_HELLO_TIMER"),
    field<&Bridge::topology_change_notice_timer>(IFLA_BR_TCN_TIMER, "IFLA_BR_TCN_TIMER"),
    field<&Bridge::topology_change_timer>(IFLA_BR_TOPOLOGY_CHANGE_TIMER, "IFLA_BR_TOPOLOGY_CHANGE_TIMER"),
    field<&Bridge::collection_timer>(IFLA_BR_GC_TIMER, "IFLA_BR_GC_TIMER"),
    field<&Bridge::group_address>(IFLA_BR_GROUP_ADDR, "IFLA_BR_GROUP_ADDR"),
    field<&Bridge::flush, Presence>(IFLA_BR_FDB_FLUSH, "IFLA_BR_FDB_FLUSH"),
    field<&Bridge::multicast_router>(IFLA_BR_MCAST_ROUTER, "IFLA_BR_MCAST_ROUTER"),
    field<&Bridge::multicast_snooping>(IFLA_BR_MCAST_SNOOPING, "IFLA_BR_MCAST_SNOOPING"),
    field<&Bridge::multicast_query_use_address>(IFLA_BR_MCAST_QUERY_USE_IFADDR,
                                                "IFLA_BR_MCAST_QUERY_USE_IFADDR"),
    field<&Bridge::multicast_querier>(IFLA_BR_MCAST_QUERIER, "IFLA_BR_MCAST_QUERIER"),
    field<&Bridge::multicast_hash_elasticity>(IFLA_BR_MCAST_HASH_ELASTICITY, "IFLA_BR_MCAST_HASH_ELASTICITY"),
    field<&Bridge::multicast_hash_max>(IFLA_BR_MCAST_HASH_MAX, "IFLA_BR_MCAST_HASH_MAX"),
    field<&Bridge::multicast_last_member_count>(IFLA_BR_MCAST_LAST_MEMBER_CNT,
                                                "IFLA_BR_MCAST_LAST_MEMBER_CNT"),
    field<&Bridge::multicast_startup_query_count>(IFLA_BR_MCAST_STARTUP_QUERY_CNT,
                                                  "IFLA_BR_MCAST_STARTUP_QUERY_CNT"),
    field<&Bridge::multicast_last_member_interval>(IFLA_BR_MCAST_LAST_MEMBER_INTVL,
                                                   "IFLA_BR_MCAST_LAST_MEMBER_INTVL"),
    field<&Bridge::multicast_membership_interval>(IFLA_BR_MCAST_MEMBERSHIP_INTVL,
                                                  "IFLA_BR_MCAST_MEMBERSHIP_INTVL"),
    field<&Bridge::multicast_querier_interval>(IFLA_BR_MCAST_QUERIER_INTVL, "IFLA_BR_MCAST_QUERIER_INTVL"),
    field<&Bridge::multicast_query_interval>(IFLA_BR_MCAST_QUERY_INTVL, "IFLA_BR_MCAST_QUERY_INTVL"),
    field<&Bridge::multicast_query_response_interval>(IFLA_BR_MCAST_QUERY_RESPONSE_INTVL,
                                                      "IFLA_BR_MCAST_QUERY_RESPONSE_INTVL"),
    field<&Bridge::multicast_startup_query_interval>(IFLA_BR_MCAST_STARTUP_QUERY_INTVL,
                                                     "IFLA_BR_MCAST_STARTUP_QUERY_INTVL"),
    field<&Bridge::call_iptables>(IFLA_BR_NF_CALL_IPTABLES, "IFLA_BR_NF_CALL_IPTABLES"),
    field<&Bridge::call_ip6tables>(IFLA_BR_NF_CALL_IP6TABLES, "IFLA_BR_NF_CALL_IP6TABLES"),
    field<&Bridge::call_arptables>(IFLA_BR_NF_CALL_ARPTABLES, "IFLA_BR_NF_CALL_ARPTABLES"),
    field<&Bridge::vlan_default_pvid>(IFLA_BR_VLAN_DEFAULT_PVID, "IFLA_BR_VLAN_DEFAULT_PVID"),
    field<&Bridge::vlan_statistics>(IFLA_BR_VLAN_STATS_ENABLED, "IFLA_BR_VLAN_STATS_ENABLED"),
    field<&Bridge::multicast_statistics>(IFLA_BR_MCAST_STATS_ENABLED, "IFLA_BR_MCAST_STATS_ENABLED"),
    field<&Bridge::igmp_version>(IFLA_BR_MCAST_IGMP_VERSION, "IFLA_BR_MCAST_IGMP_VERSION"),
    field<&Bridge::mld_version>(IFLA_BR_MCAST_MLD_VERSION, "IFLA_BR_MCAST_MLD_VERSION"),
    field<&Bridge::vlan_statistics_per_port>(IFLA_BR_VLAN_STATS_PER_PORT, "IFLA_BR_VLAN_STATS_PER_PORT"),
    field<&Bridge::switches>(IFLA_BR_MULTI_BOOLOPT, "IFLA_BR_MULTI_BOOLOPT"));

constexpr auto port_fields = make_table<BridgePort>(
    field<&BridgePort::state>(IFLA_BRPORT_STATE, "IFLA_BRPORT_STATE"),
    field<&BridgePort::priority>(IFLA_BRPORT_PRIORITY, "IFLA_BRPORT_PRIORITY"),
    field<&BridgePort::cost>(IFLA_BRPORT_COST, "IFLA_BRPORT_COST"),
    field<&BridgePort::hairpin>(IFLA_BRPORT_MODE, "IFLA_BRPORT_MODE"),
    field<&BridgePort::guard>(IFLA_BRPORT_GUARD, "IFLA_BRPORT_GUARD"),
    field<&BridgePort::root_block>(IFLA_BRPORT_PROTECT, "IFLA_BRPORT_PROTECT"),
    field<&BridgePort::fast_leave>(IFLA_BRPORT_FAST_LEAVE, "IFLA_BRPORT_FAST_LEAVE"),
    field<&BridgePort::learning>(IFLA_BRPORT_LEARNING, "IFLA_BRPORT_LEARNING"),
    field<&BridgePort::flood>(IFLA_BRPORT_UNICAST_FLOOD, "IFLA_BRPORT_UNICAST_FLOOD"),
    field<&BridgePort::proxy_arp>(IFLA_BRPORT_PROXYARP, "IFLA_BRPORT_PROXYARP"),
    field<&BridgePort::proxy_arp_wifi>(IFLA_BRPORT_PROXYARP_WIFI, "IFLA_BRPORT_PROXYARP_WIFI"),
    field<&BridgePort::root_id>(IFLA_BRPORT_ROOT_ID, "IFLA_BRPORT_ROOT_ID"),
    field<&BridgePort::bridge_id>(IFLA_BRPORT_BRIDGE_ID, "IFLA_BRPORT_BRIDGE_ID"),
    field<&BridgePort::designated_port>(IFLA_BRPORT_DESIGNATED_PORT, "IFLA_BRPORT_DESIGNATED_PORT"),
    field<&BridgePort::designated_cost>(IFLA_BRPORT_DESIGNATED_COST, "IFLA_BRPORT_DESIGNATED_COST"),
    field<&BridgePort::id>(IFLA_BRPORT_ID, "IFLA_BRPORT_ID"),
    field<&BridgePort::number>(IFLA_BRPORT_NO, "IFLA_BRPORT_NO"),
    field<&BridgePort::topology_change_acknowledged>(IFLA_BRPORT_TOPOLOGY_CHANGE_ACK,
                                                     "IFLA_BRPORT_TOPOLOGY_CHANGE_ACK"),
    field<&BridgePort::configuration_pending>(IFLA_BRPORT_CONFIG_PENDING, "IFLA_BRPORT_CONFIG_PENDING"),
    field<&BridgePort::message_age_timer>(IFLA_BRPORT_MESSAGE_AGE_TIMER, "IFLA_BRPORT_MESSAGE_AGE_TIMER"),
    field<&BridgePort::forward_delay_timer>(IFLA_BRPORT_FORWARD_DELAY_TIMER,
                                            "IFLA_BRPORT_FORWARD_DELAY_TIMER"),
    field<&BridgePort::hold_timer>(IFLA_BRPORT_HOLD_TIMER, "IFLA_BRPORT_HOLD_TIMER"),
    field<&BridgePort::flush, Presence>(IFLA_BRPORT_FLUSH, "IFLA_BRPORT_FLUSH"),
    field<&BridgePort::multicast_router>(IFLA_BRPORT_MULTICAST_ROUTER, "IFLA_BRPORT_MULTICAST_ROUTER"),
    field<&BridgePort::multicast_flood>(IFLA_BRPORT_MCAST_FLOOD, "IFLA_BRPORT_MCAST_FLOOD"),
    field<&BridgePort::multicast_to_unicast>(IFLA_BRPORT_MCAST_TO_UCAST, "IFLA_BRPORT_MCAST_TO_UCAST"),
    field<&BridgePort::vlan_tunnel>(IFLA_BRPORT_VLAN_TUNNEL, "IFLA_BRPORT_VLAN_TUNNEL"),
    field<&BridgePort::broadcast_flood>(IFLA_BRPORT_BCAST_FLOOD, "IFLA_BRPORT_BCAST_FLOOD"),
    field<&BridgePort::group_forward_mask>(IFLA_BRPORT_GROUP_FWD_MASK, "IFLA_BRPORT_GROUP_FWD_MASK"),
    field<&BridgePort::neighbour_suppression>(IFLA_BRPORT_NEIGH_SUPPRESS, "IFLA_BRPORT_NEIGH_SUPPRESS"),
    field<&BridgePort::isolated>(IFLA_BRPORT_ISOLATED, "IFLA_BRPORT_ISOLATED"),
    field<&BridgePort::backup_port>(IFLA_BRPORT_BACKUP_PORT, "IFLA_BRPORT_BACKUP_PORT"),
    field<&BridgePort::locked>(IFLA_BRPORT_LOCKED, "IFLA_BRPORT_LOCKED"));

}  // namespace

constinit LinkKindRow const bridge_kind = table_kind<Bridge, fields, BridgePort, port_fields>("bridge");

}  // namespace vethwork::netlink
