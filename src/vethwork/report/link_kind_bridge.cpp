#include <vethwork/report/hardware_type.hpp>
#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

std::string text_of(topology::BridgeId const& id) {
    auto text = fmt::format("{:02x}{:02x}.", id.priority[0], id.priority[1]);
    for (std::size_t i = 0; i < id.address.size(); ++i)
        fmt::format_to(std::back_inserter(text), "{}{:x}", i == 0 ? "" : ":", id.address[i]);
    return text;
}

void write_switch(KindWriter const& out, topology::BridgeSwitches const& switches, std::uint32_t which,
                  std::string_view key) {
    if (switches.mask & which) out.number(std::optional((switches.value & which) != 0 ? 1 : 0), key);
}

/// The protocols that a mask of 01:80:c2:00:00:0X lets through, by the last digit.
std::string forward_mask_text(std::uint16_t mask) {
    std::string text;
    for (unsigned place = 0; mask >> place; ++place) {
        if (!(mask >> place & 1)) continue;
        if (!text.empty()) text += ',';
        switch (place) {
            case 0:
                text += "stp";
                break;
            case 2:
                text += "lacp";
                break;
            case 14:
                text += "lldp";
                break;
            default:
                text += fmt::format("{:#x}", 1u << place);
        }
    }
    return text.empty() ? "0x0" : text;
}

void write_spanning_tree(KindWriter const& out, topology::Bridge const& b) {
    if (b.bridge_id) out.text(text_of(*b.bridge_id), "bridge_id");
    // The root is shown by the bridge's own id, as everybody's scripts have it.
    if (b.root_id && b.bridge_id) out.text(text_of(*b.bridge_id), "root_id", "designated_root");
    out.number(b.root_port, "root_port");
    out.number(b.root_path_cost, "root_path_cost");
    out.number(b.topology_change, "topology_change");
    out.number(b.topology_change_detected, "topology_change_detected");
    out.timer(b.hello_timer, "hello_timer");
    out.timer(b.topology_change_notice_timer, "tcn_timer");
    out.timer(b.topology_change_timer, "topology_change_timer");
    out.timer(b.collection_timer, "gc_timer");
}

void write_multicast(KindWriter const& out, topology::Bridge const& b) {
    out.number(b.multicast_snooping, "mcast_snooping");
    if (b.switches) {
        write_switch(out, *b.switches, topology::bridge_no_link_local_learning, "no_linklocal_learn");
        write_switch(out, *b.switches, topology::bridge_multicast_vlan_snooping, "mcast_vlan_snooping");
    }
    out.number(b.multicast_router, "mcast_router");
    out.number(b.multicast_query_use_address, "mcast_query_use_ifaddr");
    out.number(b.multicast_querier, "mcast_querier");
    out.number(b.multicast_hash_elasticity, "mcast_hash_elasticity");
    out.number(b.multicast_hash_max, "mcast_hash_max");
    out.number(b.multicast_last_member_count, "mcast_last_member_cnt", "mcast_last_member_count");
    out.number(b.multicast_startup_query_count, "mcast_startup_query_cnt", "mcast_startup_query_count");
    out.number(b.multicast_last_member_interval, "mcast_last_member_intvl", "mcast_last_member_interval");
    out.number(b.multicast_membership_interval, "mcast_membership_intvl", "mcast_membership_interval");
    out.number(b.multicast_querier_interval, "mcast_querier_intvl", "mcast_querier_interval");
    out.number(b.multicast_query_interval, "mcast_query_intvl", "mcast_query_interval");
    out.number(b.multicast_query_response_interval, "mcast_query_response_intvl",
               "mcast_query_response_interval");
    out.number(b.multicast_startup_query_interval, "mcast_startup_query_intvl",
               "mcast_startup_query_interval");
    out.number(b.multicast_statistics, "mcast_stats_enabled");
    out.number(b.igmp_version, "mcast_igmp_version");
    out.number(b.mld_version, "mcast_mld_version");
}

}  // namespace

void write_kind(KindWriter const& out, topology::Bridge const& b) {
    out.number(b.forward_delay, "forward_delay");
    out.number(b.hello_time, "hello_time");
    out.number(b.max_age, "max_age");
    out.number(b.ageing_time, "ageing_time");
    out.number(b.stp_state, "stp_state");
    out.number(b.priority, "priority");
    out.number(b.vlan_filtering, "vlan_filtering");
    if (b.vlan_protocol) out.text(ethernet_protocol_name(*b.vlan_protocol), "vlan_protocol");
    write_spanning_tree(out, b);
    out.number(b.vlan_default_pvid, "vlan_default_pvid");
    out.number(b.vlan_statistics, "vlan_stats_enabled");
    out.number(b.vlan_statistics_per_port, "vlan_stats_per_port");
    out.hexadecimal(b.group_forward_mask, "group_fwd_mask");
    if (b.group_address) out.text(b.group_address->to_string(), "group_addr", "group_address");
    write_multicast(out, b);
    out.number(b.call_iptables, "nf_call_iptables");
    out.number(b.call_ip6tables, "nf_call_ip6tables");
    out.number(b.call_arptables, "nf_call_arptables");
}

namespace {

void write_port_spanning_tree(KindWriter const& out, topology::BridgePort const& p) {
    out.hexadecimal(p.id, "id", "port_id");
    out.hexadecimal(p.number, "no", "port_no");
    out.number(p.designated_port, "designated_port");
    out.number(p.designated_cost, "designated_cost");
    if (p.bridge_id) out.text(text_of(*p.bridge_id), "bridge_id", "designated_bridge");
    if (p.root_id) out.text(text_of(*p.root_id), "root_id", "designated_root");
    out.timer(p.hold_timer, "hold_timer");
    out.timer(p.message_age_timer, "message_age_timer");
    out.timer(p.forward_delay_timer, "forward_delay_timer");
    out.number(p.topology_change_acknowledged, "topology_change_ack");
    out.number(p.configuration_pending, "config_pending");
}

}  // namespace

void write_port(KindWriter const& out, topology::BridgePort const& p) {
    if (p.state && *p.state >= topology::bridge_port_states.size()) {
        out.writer().field("state_index", "state ({}) ", *p.state);
    } else {
        out.named(p.state, topology::bridge_port_states, "state");
    }
    out.number(p.priority, "priority");
    out.number(p.cost, "cost");
    out.on_off(p.hairpin, "hairpin");
    out.on_off(p.guard, "guard");
    out.on_off(p.root_block, "root_block");
    out.on_off(p.fast_leave, "fastleave");
    out.on_off(p.learning, "learning");
    out.on_off(p.flood, "flood");
    write_port_spanning_tree(out, p);
    out.on_off(p.proxy_arp, "proxy_arp");
    out.on_off(p.proxy_arp_wifi, "proxy_arp_wifi");
    out.number(p.multicast_router, "multicast_router", "mcast_router");
    if (p.fast_leave) out.writer().text(*p.fast_leave ? "mcast_fast_leave on " : "mcast_fast_leave off ");
    out.on_off(p.multicast_flood, "mcast_flood");
    out.on_off(p.broadcast_flood, "bcast_flood");
    out.on_off(p.multicast_to_unicast, "mcast_to_unicast");
    out.on_off(p.neighbour_suppression, "neigh_suppress");
    out.hexadecimal(p.group_forward_mask, "group_fwd_mask");
    if (p.group_forward_mask) out.text(forward_mask_text(*p.group_forward_mask), "group_fwd_mask_str");
    out.on_off(p.vlan_tunnel, "vlan_tunnel");
    out.on_off(p.isolated, "isolated");
    out.on_off(p.locked, "locked");
    if (p.backup_port) out.text(out.details().link_name(p.backup_port->index), "backup_port");
}

}  // namespace vethwork::report
