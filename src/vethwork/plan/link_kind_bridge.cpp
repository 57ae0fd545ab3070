#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::Bridge;
using topology::BridgePort;
using B = KindOptions<Bridge>;
using P = KindOptions<BridgePort>;

/// One of the switches that share an attribute.
template <std::uint32_t Which>
constexpr KindOption<Bridge> switch_option(std::string_view keyword, std::string_view complaint) {
    return {keyword,
            "{ 0 | 1 }",
            complaint,
            [](WordReader& words, Bridge& bridge, KindOption<Bridge> const& self,
               LinkContext const&) -> Result<> {
                bool const on = TRY(words.number<std::uint8_t>(self.complaint)) != 0;
                if (!bridge.switches) bridge.switches.emplace();
                bridge.switches->mask |= Which;
                bridge.switches->value =
                    on ? bridge.switches->value | Which : bridge.switches->value & ~Which;
                return {};
            },
            [](Bridge const& bridge, KindOption<Bridge> const& self, std::vector<std::string>& words) {
                if (bridge.switches && (bridge.switches->mask & Which))
                    words.insert(words.end(),
                                 {std::string(self.keyword), bridge.switches->value & Which ? "1" : "0"});
            },
            nullptr,
            Match::exact};
}

constexpr KindManner manner{.name = "bridge"};

constexpr std::array options{
    B::number<&Bridge::forward_delay>("forward_delay", "invalid forward_delay"),
    B::number<&Bridge::hello_time>("hello_time", "invalid hello_time"),
    B::number<&Bridge::max_age>("max_age", "invalid max_age"),
    B::number<&Bridge::ageing_time>("ageing_time", "invalid ageing_time"),
    B::number<&Bridge::stp_state>("stp_state", "invalid stp_state"),
    B::number<&Bridge::priority>("priority", "invalid priority"),
    B::number<&Bridge::vlan_filtering>("vlan_filtering", "invalid vlan_filtering"),
    B::ethernet_protocol<&Bridge::vlan_protocol>("vlan_protocol", "invalid vlan_protocol"),
    B::number<&Bridge::group_forward_mask>("group_fwd_mask", "invalid group_fwd_mask"),
    B::link_address<&Bridge::group_address>("group_address"),
    switch_option<topology::bridge_no_link_local_learning>("no_linklocal_learn",
                                                           "invalid no_linklocal_learn"),
    B::flag<&Bridge::flush>("fdb_flush"),
    B::number<&Bridge::vlan_default_pvid>("vlan_default_pvid", "invalid vlan_default_pvid"),
    B::number<&Bridge::vlan_statistics>("vlan_stats_enabled", "invalid vlan_stats_enabled"),
    B::number<&Bridge::vlan_statistics_per_port>("vlan_stats_per_port", "invalid vlan_stats_per_port"),
    B::number<&Bridge::multicast_router>("mcast_router", "invalid mcast_router"),
    B::number<&Bridge::multicast_snooping>("mcast_snooping", "invalid mcast_snooping"),
    switch_option<topology::bridge_multicast_vlan_snooping>("mcast_vlan_snooping",
                                                            "invalid mcast_vlan_snooping"),
    B::number<&Bridge::multicast_query_use_address>("mcast_query_use_ifaddr",
                                                    "invalid mcast_query_use_ifaddr"),
    B::number<&Bridge::multicast_querier>("mcast_querier", "invalid mcast_querier"),
    B::number<&Bridge::multicast_hash_elasticity>("mcast_hash_elasticity", "invalid mcast_hash_elasticity"),
    B::number<&Bridge::multicast_hash_max>("mcast_hash_max", "invalid mcast_hash_max"),
    B::number<&Bridge::multicast_last_member_count>("mcast_last_member_count",
                                                    "invalid mcast_last_member_count"),
    B::number<&Bridge::multicast_startup_query_count>("mcast_startup_query_count",
                                                      "invalid mcast_startup_query_count"),
    B::number<&Bridge::multicast_last_member_interval>("mcast_last_member_interval",
                                                       "invalid mcast_last_member_interval"),
    B::number<&Bridge::multicast_membership_interval>("mcast_membership_interval",
                                                      "invalid mcast_membership_interval"),
    B::number<&Bridge::multicast_querier_interval>("mcast_querier_interval",
                                                   "invalid mcast_querier_interval"),
    B::number<&Bridge::multicast_query_interval>("mcast_query_interval", "invalid mcast_query_interval"),
    B::number<&Bridge::multicast_query_response_interval>("mcast_query_response_interval",
                                                          "invalid mcast_query_response_interval"),
    B::number<&Bridge::multicast_startup_query_interval>("mcast_startup_query_interval",
                                                         "invalid mcast_startup_query_interval"),
    B::number<&Bridge::multicast_statistics>("mcast_stats_enabled", "invalid mcast_stats_enabled"),
    B::number<&Bridge::igmp_version>("mcast_igmp_version", "invalid mcast_igmp_version"),
    B::number<&Bridge::mld_version>("mcast_mld_version", "invalid mcast_mld_version"),
    B::number<&Bridge::call_iptables>("nf_call_iptables", "invalid nf_call_iptables"),
    B::number<&Bridge::call_ip6tables>("nf_call_ip6tables", "invalid nf_call_ip6tables"),
    B::number<&Bridge::call_arptables>("nf_call_arptables", "invalid nf_call_arptables"),
};

constexpr KindManner port_manner{.name = "bridge_slave", .unknown = "option"};

constexpr std::array port_options{
    P::flag<&BridgePort::flush>("fdb_flush"),
    P::number<&BridgePort::state>("state", "state is invalid"),
    P::number<&BridgePort::priority>("priority", "priority is invalid"),
    P::number<&BridgePort::cost>("cost", "cost is invalid"),
    P::on_off<&BridgePort::hairpin>("hairpin"),
    P::on_off<&BridgePort::guard>("guard"),
    P::on_off<&BridgePort::root_block>("root_block"),
    P::on_off<&BridgePort::fast_leave>("fastleave"),
    P::on_off<&BridgePort::learning>("learning"),
    P::on_off<&BridgePort::flood>("flood"),
    P::on_off<&BridgePort::multicast_flood>("mcast_flood"),
    P::on_off<&BridgePort::broadcast_flood>("bcast_flood"),
    P::on_off<&BridgePort::multicast_to_unicast>("mcast_to_unicast"),
    P::on_off<&BridgePort::proxy_arp>("proxy_arp"),
    P::on_off<&BridgePort::proxy_arp_wifi>("proxy_arp_wifi"),
    P::number<&BridgePort::multicast_router>("mcast_router", "invalid mcast_router"),
    P::on_off<&BridgePort::fast_leave>("fastleave").synonym("mcast_fast_leave"),
    P::on_off<&BridgePort::neighbour_suppression>("neigh_suppress"),
    P::number<&BridgePort::group_forward_mask>("group_fwd_mask", "invalid group_fwd_mask"),
    P::on_off<&BridgePort::vlan_tunnel>("vlan_tunnel"),
    P::on_off<&BridgePort::isolated>("isolated"),
    P::on_off<&BridgePort::locked>("locked"),
    P::link<&BridgePort::backup_port>("backup_port"),
    P::no_link<&BridgePort::backup_port>("nobackup_port"),
};

}  // namespace

constinit LinkKindWords const bridge_words =
    with_ports<BridgePort, port_manner, port_options>(option_kind<Bridge, manner, options>());

}  // namespace vethwork::plan
