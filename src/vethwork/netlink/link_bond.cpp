#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Bond;
using topology::BondAggregator;
using topology::BondPort;

/// Addresses in a nest, numbered from 0.
struct Targets {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      std::vector<IpAddress> const& targets) {
        auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
        std::uint16_t place = 0;
        for (auto const& one : targets) HostOrder::write(to, place++, name, one);
        to.end_nest(nest);
    }
    static bool read(Bytes bytes, std::vector<IpAddress>& targets) {
        AttributeReader reader(bytes);
        while (auto const one = reader.next())
            if (!HostOrder::read(one->payload, targets.emplace_back())) return false;
        return !reader.failed();
    }
};

constexpr auto aggregator_fields = make_table<BondAggregator>(
    field<&BondAggregator::id>(IFLA_BOND_AD_INFO_AGGREGATOR, "IFLA_BOND_AD_INFO_AGGREGATOR"),
    field<&BondAggregator::ports>(IFLA_BOND_AD_INFO_NUM_PORTS, "IFLA_BOND_AD_INFO_NUM_PORTS"),
    field<&BondAggregator::actor_key>(IFLA_BOND_AD_INFO_ACTOR_KEY, "IFLA_BOND_AD_INFO_ACTOR_KEY"),
    field<&BondAggregator::partner_key>(IFLA_BOND_AD_INFO_PARTNER_KEY, "IFLA_BOND_AD_INFO_PARTNER_KEY"),
    field<&BondAggregator::partner>(IFLA_BOND_AD_INFO_PARTNER_MAC, "IFLA_BOND_AD_INFO_PARTNER_MAC"));

constexpr auto fields = make_table<Bond>(
    field<&Bond::mode>(IFLA_BOND_MODE, "IFLA_BOND_MODE"),
    field<&Bond::active_port>(IFLA_BOND_ACTIVE_SLAVE, "IFLA_BOND_ACTIVE_SLAVE"),
    field<&Bond::miimon>(IFLA_BOND_MIIMON, "IFLA_BOND_MIIMON"),
    field<&Bond::up_delay>(IFLA_BOND_UPDELAY, "IFLA_BOND_UPDELAY"),
    field<&Bond::down_delay>(IFLA_BOND_DOWNDELAY, "IFLA_BOND_DOWNDELAY"),
    field<&Bond::use_carrier>(IFLA_BOND_USE_CARRIER, "IFLA_BOND_USE_CARRIER"),
    field<&Bond::arp_interval>(IFLA_BOND_ARP_INTERVAL, "IFLA_BOND_ARP_INTERVAL"),
    field<&Bond::arp_targets, Targets>(IFLA_BOND_ARP_IP_TARGET, "IFLA_BOND_ARP_IP_TARGET"),
    field<&Bond::arp_validate>(IFLA_BOND_ARP_VALIDATE, "IFLA_BOND_ARP_VALIDATE"),
    field<&Bond::arp_all_targets>(IFLA_BOND_ARP_ALL_TARGETS, "IFLA_BOND_ARP_ALL_TARGETS"),
    field<&Bond::primary>(IFLA_BOND_PRIMARY, "IFLA_BOND_PRIMARY"),
    field<&Bond::primary_reselect>(IFLA_BOND_PRIMARY_RESELECT, "IFLA_BOND_PRIMARY_RESELECT"),
    field<&Bond::fail_over_mac>(IFLA_BOND_FAIL_OVER_MAC, "IFLA_BOND_FAIL_OVER_MAC"),
    field<&Bond::hash_policy>(IFLA_BOND_XMIT_HASH_POLICY, "IFLA_BOND_XMIT_HASH_POLICY"),
    field<&Bond::resend_igmp>(IFLA_BOND_RESEND_IGMP, "IFLA_BOND_RESEND_IGMP"),
    field<&Bond::peer_notifications>(IFLA_BOND_NUM_PEER_NOTIF, "IFLA_BOND_NUM_PEER_NOTIF"),
    field<&Bond::all_ports_active>(IFLA_BOND_ALL_SLAVES_ACTIVE, "IFLA_BOND_ALL_SLAVES_ACTIVE"),
    field<&Bond::min_links>(IFLA_BOND_MIN_LINKS, "IFLA_BOND_MIN_LINKS"),
    field<&Bond::lp_interval>(IFLA_BOND_LP_INTERVAL, "IFLA_BOND_LP_INTERVAL"),
    field<&Bond::packets_per_port>(IFLA_BOND_PACKETS_PER_SLAVE, "IFLA_BOND_PACKETS_PER_SLAVE"),
    field<&Bond::lacp_rate>(IFLA_BOND_AD_LACP_RATE, "IFLA_BOND_AD_LACP_RATE"),
    field<&Bond::selection>(IFLA_BOND_AD_SELECT, "IFLA_BOND_AD_SELECT"),
    field<&Bond::aggregator, Nested<aggregator_fields>>(IFLA_BOND_AD_INFO, "IFLA_BOND_AD_INFO"),
    field<&Bond::actor_system_priority>(IFLA_BOND_AD_ACTOR_SYS_PRIO, "IFLA_BOND_AD_ACTOR_SYS_PRIO"),
    field<&Bond::user_port_key>(IFLA_BOND_AD_USER_PORT_KEY, "IFLA_BOND_AD_USER_PORT_KEY"),
    field<&Bond::actor_system>(IFLA_BOND_AD_ACTOR_SYSTEM, "IFLA_BOND_AD_ACTOR_SYSTEM"),
    field<&Bond::dynamic_load_balancing>(IFLA_BOND_TLB_DYNAMIC_LB, "IFLA_BOND_TLB_DYNAMIC_LB"),
    field<&Bond::peer_notify_delay>(IFLA_BOND_PEER_NOTIF_DELAY, "IFLA_BOND_PEER_NOTIF_DELAY"),
    field<&Bond::lacp_active>(IFLA_BOND_AD_LACP_ACTIVE, "IFLA_BOND_AD_LACP_ACTIVE"),
    field<&Bond::missed_max>(IFLA_BOND_MISSED_MAX, "IFLA_BOND_MISSED_MAX"),
    field<&Bond::ns_targets, Targets>(IFLA_BOND_NS_IP6_TARGET, "IFLA_BOND_NS_IP6_TARGET"));

constexpr auto port_fields = make_table<BondPort>(
    field<&BondPort::state>(IFLA_BOND_SLAVE_STATE, "IFLA_BOND_SLAVE_STATE"),
    field<&BondPort::mii_status>(IFLA_BOND_SLAVE_MII_STATUS, "IFLA_BOND_SLAVE_MII_STATUS"),
    field<&BondPort::link_failures>(IFLA_BOND_SLAVE_LINK_FAILURE_COUNT, "IFLA_BOND_SLAVE_LINK_FAILURE_COUNT"),
    field<&BondPort::permanent_address>(IFLA_BOND_SLAVE_PERM_HWADDR, "IFLA_BOND_SLAVE_PERM_HWADDR"),
    field<&BondPort::queue_id>(IFLA_BOND_SLAVE_QUEUE_ID, "IFLA_BOND_SLAVE_QUEUE_ID"),
    field<&BondPort::aggregator>(IFLA_BOND_SLAVE_AD_AGGREGATOR_ID, "IFLA_BOND_SLAVE_AD_AGGREGATOR_ID"),
    field<&BondPort::actor_state>(IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE,
                                  "IFLA_BOND_SLAVE_AD_ACTOR_OPER_PORT_STATE"),
    field<&BondPort::partner_state>(IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE,
                                    "IFLA_BOND_SLAVE_AD_PARTNER_OPER_PORT_STATE"),
    field<&BondPort::priority>(IFLA_BOND_SLAVE_PRIO, "IFLA_BOND_SLAVE_PRIO"));

}  // namespace

constinit LinkKindRow const bond_kind = table_kind<Bond, fields, BondPort, port_fields>("bond");

}  // namespace vethwork::netlink
