#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

void write_targets(KindWriter const& out, std::optional<std::vector<IpAddress>> const& targets,
                   std::string_view key) {
    if (!targets || targets->empty()) return;
    auto& writer = out.writer();
    writer.begin_list(key);
    writer.text(key);
    std::string_view before = " ";
    for (auto const& one : *targets) {
        writer.text(std::exchange(before, ","));
        writer.field({}, "{}", one.to_string());
    }
    writer.text(" ");
    writer.end_list();
}

void write_aggregator(KindWriter const& out, topology::BondAggregator const& a) {
    out.writer().begin_object("ad_info");
    out.number(a.id, "aggregator", "ad_aggregator");
    out.number(a.ports, "num_ports", "ad_num_ports");
    out.number(a.actor_key, "actor_key", "ad_actor_key");
    out.number(a.partner_key, "partner_key", "ad_partner_key");
    if (a.partner) out.text(a.partner->to_string(), "partner_mac", "ad_partner_mac");
    out.writer().end_object();
}

void write_monitoring(KindWriter const& out, topology::Bond const& b) {
    out.number(b.miimon, "miimon");
    out.number(b.up_delay, "updelay");
    out.number(b.down_delay, "downdelay");
    out.number(b.peer_notify_delay, "peer_notify_delay");
    out.number(b.use_carrier, "use_carrier");
    out.number(b.arp_interval, "arp_interval");
    out.number(b.missed_max, "arp_missed_max");
    write_targets(out, b.arp_targets, "arp_ip_target");
    write_targets(out, b.ns_targets, "ns_ip6_target");
    if (b.arp_validate == 0u && out.is_json())
        out.writer().json_null("arp_validate");
    else
        out.named(b.arp_validate, topology::bond_arp_validations, "arp_validate");
    out.named(b.arp_all_targets, topology::bond_arp_all_targets, "arp_all_targets");
}

void write_lacp(KindWriter const& out, topology::Bond const& b) {
    out.named(b.lacp_active, topology::bond_lacp_activity, "ad_lacp_active", "lacp_active");
    out.named(b.lacp_rate, topology::bond_lacp_rates, "ad_lacp_rate", "lacp_rate");
    out.named(b.selection, topology::bond_selections, "ad_select");
    if (b.aggregator) write_aggregator(out, *b.aggregator);
    out.number(b.actor_system_priority, "ad_actor_sys_prio");
    out.number(b.user_port_key, "ad_user_port_key");
    if (b.actor_system) out.text(b.actor_system->to_string(), "ad_actor_system");
}

}  // namespace

void write_kind(KindWriter const& out, topology::Bond const& b) {
    out.named(b.mode, topology::bond_modes, "mode");
    out.link(b.active_port, "active_slave");
    write_monitoring(out, b);
    out.link(b.primary, "primary");
    out.named(b.primary_reselect, topology::bond_primary_reselections, "primary_reselect");
    out.named(b.fail_over_mac, topology::bond_fail_over_macs, "fail_over_mac");
    out.named(b.hash_policy, topology::bond_hash_policies, "xmit_hash_policy");
    out.number(b.resend_igmp, "resend_igmp");
    out.number(b.peer_notifications, "num_peer_notif", "num_grat_arp");
    out.number(b.all_ports_active, "all_slaves_active");
    out.number(b.min_links, "min_links");
    out.number(b.lp_interval, "lp_interval");
    out.number(b.packets_per_port, "packets_per_slave");
    write_lacp(out, b);
    out.number(b.dynamic_load_balancing, "tlb_dynamic_lb");
}

namespace {

/// LACP_STATE_… by bit (IEEE 802.1AX, 6.4.2.3).
constexpr std::array<std::string_view, 8> lacp_states{"active",    "short_timeout", "aggregating",
                                                      "in_sync",   "collecting",    "distributing",
                                                      "defaulted", "expired"};

void write_lacp_state(KindWriter const& out, std::string const& key, unsigned state) {
    auto& writer = out.writer();
    out.number(std::optional(state), key);
    writer.begin_list(key + "_str");
    writer.text(key + "_str <");
    for (unsigned place = 0; place < lacp_states.size(); ++place) {
        if (!(state >> place & 1)) continue;
        state &= ~(1u << place);
        writer.field({}, state ? "{}," : "{}", lacp_states[place]);
    }
    writer.text("> ");
    writer.end_list();
}

}  // namespace

void write_port(KindWriter const& out, topology::BondPort const& p) {
    out.named(p.state, topology::bond_port_states, "state");
    out.named(p.mii_status, topology::bond_mii_states, "mii_status");
    out.number(p.link_failures, "link_failure_count");
    if (p.permanent_address) out.text(p.permanent_address->to_string(), "perm_hwaddr");
    out.number(p.queue_id, "queue_id");
    out.number(p.priority, "prio");
    out.number(p.aggregator, "ad_aggregator_id");
    if (p.actor_state) write_lacp_state(out, "ad_actor_oper_port_state", *p.actor_state);
    if (p.partner_state) write_lacp_state(out, "ad_partner_oper_port_state", *p.partner_state & 0xffu);
}

}  // namespace vethwork::report
