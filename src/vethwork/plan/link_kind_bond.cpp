#include <vethwork/plan/link_kinds.hpp>

namespace vethwork::plan {

namespace {

using topology::Bond;
using topology::BondPort;
using Words = std::vector<std::string>;
using B = KindOptions<Bond>;
using P = KindOptions<BondPort>;

constexpr std::size_t most_targets = 16;

/// Addresses between commas; none at all clears the list.
template <auto Member, Family Which>
constexpr KindOption<Bond> targets(std::string_view keyword) {
    return {keyword,
            "[ ADDRESS,... ]",
            {},
            [](WordReader& words, Bond& bond, KindOption<Bond> const&, LinkContext const&) -> Result<> {
                auto& list = (bond.*Member).emplace();
                for (auto const part : split(words.take(), ','))
                    if (!part.empty() && list.size() < most_targets)
                        list.push_back(TRY(read_host(std::string(part), Which)));
                return {};
            },
            [](Bond const& bond, KindOption<Bond> const& self, Words& words) {
                if (!(bond.*Member)) return;
                std::vector<std::string> parts;
                for (auto const& one : *(bond.*Member)) parts.push_back(one.to_string());
                words.insert(words.end(), {std::string(self.keyword), join(parts, ",")});
            }};
}

constexpr KindManner manner{.name = "bond"};

constexpr std::array options{
    B::choice<&Bond::mode, topology::bond_modes>("mode", "invalid mode"),
    B::link<&Bond::active_port>("active_slave"),
    B::no_link<&Bond::active_port>("clear_active_slave"),
    B::number<&Bond::miimon>("miimon", "invalid miimon"),
    B::number<&Bond::up_delay>("updelay", "invalid updelay"),
    B::number<&Bond::down_delay>("downdelay", "invalid downdelay"),
    B::number<&Bond::peer_notify_delay>("peer_notify_delay", "invalid peer_notify_delay"),
    B::number<&Bond::use_carrier>("use_carrier", "invalid use_carrier"),
    B::number<&Bond::arp_interval>("arp_interval", "invalid arp_interval"),
    targets<&Bond::arp_targets, Family::ipv4>("arp_ip_target"),
    targets<&Bond::ns_targets, Family::ipv6>("ns_ip6_target").exact(),
    B::choice<&Bond::arp_validate, topology::bond_arp_validations>("arp_validate", "invalid arp_validate"),
    B::choice<&Bond::arp_all_targets, topology::bond_arp_all_targets>("arp_all_targets",
                                                                      "invalid arp_all_targets"),
    B::number<&Bond::missed_max>("arp_missed_max", "invalid arp_missed_max").exact(),
    B::link<&Bond::primary>("primary"),
    B::choice<&Bond::primary_reselect, topology::bond_primary_reselections>("primary_reselect",
                                                                            "invalid primary_reselect"),
    B::choice<&Bond::fail_over_mac, topology::bond_fail_over_macs>("fail_over_mac", "invalid fail_over_mac"),
    B::choice<&Bond::hash_policy, topology::bond_hash_policies>("xmit_hash_policy",
                                                                "invalid xmit_hash_policy"),
    B::number<&Bond::resend_igmp>("resend_igmp", "invalid resend_igmp"),
    B::number<&Bond::peer_notifications>("num_grat_arp", "invalid num_grat_arp|num_unsol_na"),
    B::number<&Bond::peer_notifications>("num_grat_arp", "invalid num_grat_arp|num_unsol_na")
        .synonym("num_unsol_na"),
    B::number<&Bond::all_ports_active>("all_slaves_active", "invalid all_slaves_active"),
    B::number<&Bond::min_links>("min_links", "invalid min_links"),
    B::number<&Bond::lp_interval>("lp_interval", "invalid lp_interval"),
    B::number<&Bond::packets_per_port>("packets_per_slave", "invalid packets_per_slave"),
    B::choice<&Bond::lacp_rate, topology::bond_lacp_rates>("lacp_rate", "invalid lacp_rate"),
    B::choice<&Bond::lacp_active, topology::bond_lacp_activity>("lacp_active", "invalid lacp_active").exact(),
    B::choice<&Bond::selection, topology::bond_selections>("ad_select", "invalid ad_select"),
    B::number<&Bond::user_port_key>("ad_user_port_key", "invalid ad_user_port_key"),
    B::number<&Bond::actor_system_priority>("ad_actor_sys_prio", "invalid ad_actor_sys_prio"),
    B::link_address<&Bond::actor_system>("ad_actor_system"),
    B::number<&Bond::dynamic_load_balancing>("tlb_dynamic_lb", "invalid tlb_dynamic_lb"),
};

constexpr KindManner port_manner{.name = "bond_slave", .unknown = "option"};

constexpr std::array port_options{
    P::number<&BondPort::queue_id>("queue_id", "queue_id is invalid", "ID"),
    P::number<&BondPort::priority>("prio", "prio is invalid", "PRIORITY").exact(),
};

}  // namespace

constinit LinkKindWords const bond_words =
    with_ports<BondPort, port_manner, port_options>(option_kind<Bond, manner, options>());

}  // namespace vethwork::plan
