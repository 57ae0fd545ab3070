#include <vethwork/diagnose/fib.hpp>

#include <linux/fib_rules.h>

#include <algorithm>

namespace vethwork::diagnose {

namespace {

using topology::Route;
using topology::Rule;
using topology::RuleAction;

bool holds(std::optional<IpPrefix> const& prefix, std::optional<IpAddress> const& address) {
    if (!prefix || prefix->length == 0) return true;
    return address && prefix->contains(*address);
}

bool holds(std::optional<topology::PortRange> const& range, std::uint16_t port) {
    return !range || (port >= range->first && port <= range->last);
}

bool selects(Rule const& rule, PacketKey const& packet) {
    if (!holds(rule.source, packet.source) || !holds(rule.destination, packet.destination)) return false;
    if (rule.incoming && *rule.incoming != (packet.incoming.empty() ? "lo" : packet.incoming)) return false;
    if (rule.outgoing && *rule.outgoing != packet.outgoing) return false;
    if (rule.mark && (packet.mark & rule.mark_mask.value_or(~0u)) != *rule.mark) return false;
    if (rule.ip_protocol && *rule.ip_protocol != packet.ip_protocol) return false;
    if (rule.l3_master && *rule.l3_master != 0 && packet.vrf_table == 0) return false;
    return holds(rule.destination_ports, packet.destination_port) &&
           holds(rule.source_ports, packet.source_port) && !rule.uids && !rule.tunnel_id;
}

std::uint8_t length_of(Route const& route) { return route.destination ? route.destination->length : 0; }

/// Whether `left` goes before `right`: longer prefix, then lower metric, then the earlier one.
bool is_better(Route const& left, Route const& right) {
    if (length_of(left) != length_of(right)) return length_of(left) > length_of(right);
    return left.priority.value_or(0) < right.priority.value_or(0);
}

bool fits(Route const& route, std::uint32_t table, PacketKey const& packet) {
    constexpr std::uint32_t unusable = topology::route_flag::dead | topology::route_flag::cloned;
    if (route.table != table || (route.flags & unusable) != 0) return false;
    if (!holds(route.destination, packet.destination)) return false;
    if (route.source && route.source->length != 0 && !holds(route.source, packet.source)) return false;
    return packet.outgoing.empty() || !route.link || route.link->name.empty() ||
           route.link->name == packet.outgoing;
}

Route const* in_table(Rule const& rule, std::span<Route const> routes, PacketKey const& packet) {
    bool const of_vrf = rule.l3_master.value_or(0) != 0;
    auto const* const found = best_route(routes, of_vrf ? packet.vrf_table : rule.table, packet);
    if (!found || found->type == topology::RouteType::throw_on) return nullptr;
    auto const shortest = rule.suppress_prefix_length;
    if (shortest && *shortest != ~0u && length_of(*found) <= *shortest) return nullptr;
    return found;
}

}  // namespace

bool applies(Rule const& rule, PacketKey const& packet) {
    bool const inverted = (rule.flags & topology::rule_flag::invert) != 0;
    return selects(rule, packet) != inverted;
}

Route const* best_route(std::span<Route const> routes, std::uint32_t table, PacketKey const& packet) {
    Route const* best = nullptr;
    for (auto const& route : routes)
        if (fits(route, table, packet) && (!best || is_better(route, *best))) best = &route;
    return best;
}

Lookup look_up(std::span<Rule const> rules, std::span<Route const> routes, PacketKey const& packet) {
    return look_up_without(rules, routes, packet, nullptr);
}

Lookup look_up_without(std::span<Rule const> rules, std::span<Route const> routes, PacketKey const& packet,
                       Rule const* left_out) {
    std::uint32_t skip_to = 0;
    for (auto const& rule : rules) {
        if (&rule == left_out || rule.priority.value_or(0) < skip_to || !applies(rule, packet)) continue;
        if (rule.action == RuleAction::go_to) {
            skip_to = rule.target.value_or(0);
        } else if (rule.action == RuleAction::to_table) {
            if (auto const* const route = in_table(rule, routes, packet)) return {&rule, route};
        } else if (rule.action != RuleAction::no_operation) {
            return {&rule, nullptr};  // blackhole, unreachable, prohibit
        }
    }
    return {};
}

}  // namespace vethwork::diagnose
