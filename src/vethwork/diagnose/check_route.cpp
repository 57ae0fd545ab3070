#include <vethwork/diagnose/check_route.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/words.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

namespace {

using topology::InterfaceAddress;
using topology::Route;
using topology::Rule;
using topology::RuleAction;

constexpr std::uint32_t main_rule = 32766, default_rule = 32767;
constexpr std::uint32_t last_metric_of_vrfs = 4278198272;

std::string_view forbidding_name(topology::RouteType type) {
    if (type == topology::RouteType::blackhole) return "blackhole";
    return type == topology::RouteType::prohibit ? "prohibit" : "unreachable";
}

/// The route that keeps packets of a VRF from going on in the main table where the VRF's has none. Source:
/// vrf.rst of the kernel's documentation, which gives its metric.
bool ends_a_vrf(Route const& route) {
    return route.type == topology::RouteType::unreachable &&
           route.priority.value_or(0) == last_metric_of_vrfs &&
           (!route.destination || route.destination->length == 0);
}

Finding forbidden(Site& site, Route const& route) {
    auto const type = forbidding_name(route.type);
    return losing(std::string(type) + "-route", site, fmt::format("route {}", route_words(site, route)),
                  {ip(site, route.family, "route del " + route_words(site, route))});
}

std::string_view action_name(RuleAction action) {
    if (action == RuleAction::blackhole) return "blackhole";
    return action == RuleAction::prohibit ? "prohibit" : "unreachable";
}

Action rule_deletion(Site& site, Rule const& rule) {
    return ip(site, rule.family, "rule del " + rule_words(rule));
}

Finding prohibited(Site& site, Rule const& rule) {
    return losing("prohibit-rule", site,
                  fmt::format("rule {} ({})", rule_words(rule), action_name(rule.action)),
                  {rule_deletion(site, rule)});
}

/// The sender has no address on the only link that leads on.
Finding address_missing_here(RouteContext const& context, Site& site, Leg const& leg,
                             InterfaceAddress const& theirs) {
    auto const address = free_address(*context.sites, {*theirs.local, theirs.prefix_length});
    return stopping("address-missing", site, fmt::format("{} has no address", leg.out->name),
                    {add_address(site, address, theirs.prefix_length, leg.out->name)});
}

/// The destination is on our own segment, and our addresses do not say so.
std::optional<Finding> unlike_masks(RouteContext const& context, Site& site, Leg const& leg) {
    auto const family = context.packet->destination.family;
    auto const* const theirs = leg.to->address(context.packet->destination);
    auto const* const ours = site.global_address(leg.out->index, family);
    if (!theirs) return {};
    if (!ours) return address_missing_here(context, site, leg, *theirs);
    IpPrefix const prefix{*theirs->local, theirs->prefix_length};
    if (prefix.contains(*ours->local) && ours->prefix_length != theirs->prefix_length)
        return wrong_mask(site, *ours, theirs->prefix_length);
    return {};
}

/// " vrf red": where a route for a packet at this hop belongs; nothing: into the main table.
std::string vrf_words(RouteContext const& context, Hop const& hop) {
    auto const* const vrf = hop.in ? hop.site->vrf_of(*hop.in) : context.packet->vrf;
    return vrf ? " vrf " + vrf->name : "";
}

Finding no_route(RouteContext const& context, Hop const& hop, std::optional<Leg> const& leg,
                 std::optional<IpAddress> const& gateway) {
    auto& site = *hop.site;
    auto const& to = context.packet->destination;
    auto const cause = context.direction == Direction::forward ? "no-route-forward" : "no-route-return";
    auto finding = losing(cause, site, fmt::format("no route to {}", to.to_string()), {});
    auto* const owner = owner_of(*context.sites, to);
    if (!leg || !owner) return finding;
    auto const network = network_of(*owner, to);
    auto const where = gateway ? via_words(*leg, *gateway) : "dev " + leg->out->name;
    finding.repair = {
        ip(site, to.family,
           fmt::format("route add {} {}{}", network.to_string(), where, vrf_words(context, hop)))};
    return finding;
}

/// Whether `route` hands the packet to somebody from whom there is a way to the destination.
bool leads_on(RouteContext const& context, Site& site, Route const& route, Site& target) {
    if (route.type != topology::RouteType::unicast || !route.link) return false;
    auto const* const out = site.link(route.link->index);
    if (!out) return false;
    auto const next = route.via.value_or(context.packet->destination);
    for (auto const& landing :
         landings(*context.sites, site, *out, {.family = context.packet->destination.family})) {
        if (!landing.site->address(next)) continue;
        if (landing.site == &target) return true;
        if (shortest_way(*context.sites, *landing.site, target, context.packet->destination.family, &site))
            return true;
    }
    return false;
}

bool is_everyday(Rule const& rule) {
    auto const priority = rule.priority.value_or(0);
    return priority == 0 || priority == main_rule || priority == default_rule;
}

/// What tells the packet apart from others: its mark, its source where an answer begins, else where it goes.
std::string selector_of(RouteContext const& context, Hop const& hop) {
    if (hop.mark != 0) return fmt::format("fwmark {}", hop.mark);
    auto const& packet = *context.packet;
    if (context.direction == Direction::back && !hop.in && packet.source)
        return "from " + packet.source->to_string();
    auto* const owner = owner_of(*context.sites, packet.destination);
    return "to " +
           (owner ? network_of(*owner, packet.destination) : IpPrefix::host(packet.destination)).to_string();
}

/// A table that no rule leads to, or whose rule comes too late, would get the packet on.
std::optional<Finding> rule_missing_or_late(RouteContext const& context, Walk const& walk, Hop const& hop,
                                            Site& target) {
    auto const family = context.packet->destination.family;
    auto const key = key_at(hop, *context.packet, walk.source);
    auto const leads = [&](std::uint32_t table) {
        auto const* const route = best_route(hop.site->routes(family), table, key);
        return route && leads_on(context, *hop.site, *route, target);
    };
    auto const is_of_vrfs = [](Rule const& rule) { return rule.l3_master.value_or(0) != 0; };
    if (key.vrf_table != 0 && std::ranges::none_of(hop.site->rules(family), is_of_vrfs) &&
        leads(key.vrf_table))
        return misleading("policy-rule-missing", *hop.site, "no rule leads packets of VRFs to their tables",
                          {ip(*hop.site, family, "rule add l3mdev pref 1000")});
    for (auto const table : unruled_tables(*hop.site, family))
        if (leads(table)) return rule_missing(context, hop, table);
    bool is_behind = hop.rule == nullptr;
    for (auto const& rule : hop.site->rules(family)) {
        if (is_behind && rule.action == RuleAction::to_table && !is_everyday(rule) && applies(rule, key) &&
            leads(rule.table)) {
            auto const words = rule_words(rule);
            auto const before = hop.rule && hop.rule->priority.value_or(0) > 1 ? *hop.rule->priority - 1 : 1;
            auto again = rule;
            again.priority = std::min<std::uint32_t>(before, 1000);
            return misleading(
                "policy-rule-order", *hop.site, fmt::format("rule {} comes too late", words),
                {rule_deletion(*hop.site, rule), ip(*hop.site, family, "rule add " + rule_words(again))});
        }
        is_behind = is_behind || &rule == hop.rule;
    }
    return {};
}

/// The link that the packet was meant to leave by is down, and a more general route took over.
std::optional<Finding> link_down_leads_astray(RouteContext const& context, Hop const& hop) {
    auto const& to = context.packet->destination;
    for (auto const& address : hop.site->addresses()) {
        auto const* const link = hop.site->link(address.link.index);
        if (!link || link->name == "lo" || is_up(*link) || link == hop.out || !address.local ||
            address.local->family != to.family ||
            !IpPrefix{*address.local, address.prefix_length}.contains(to))
            continue;
        auto found = leaving_obstacles(*hop.site, *link);
        found.front().misleads = true;
        found.front().stops_everything = false;
        return found.front();
    }
    return {};
}

/// IPv6 is not there on the link that leads on: switched off, or its packets are too small.
std::optional<Finding> without_ipv6(RouteContext const& context, Walk const& walk, Leg const& leg) {
    auto& site = *leg.from;
    auto const& dev = leg.out->name;
    if (context.packet->destination.family != Family::ipv6) return {};
    auto const disabled = topology::interface_sysctl(Family::ipv6, dev, "disable_ipv6");
    bool const is_off = site.sysctl(disabled) == "1";
    if (!is_off && leg.out->mtu.value_or(1500) >= 1280) return {};
    std::vector<Action> repair{is_off ? sysctl(site, disabled + "=0")
                                      : ip(site, fmt::format("link set {} mtu 1500", dev))};
    auto const* const theirs = leg.to->global_address(leg.in->index, Family::ipv6);
    if (theirs) {
        auto address = free_address(*context.sites, {*theirs->local, theirs->prefix_length});
        for (auto const& route : leg.to->routes(Family::ipv6))
            if (route.via && route.link && route.link->index == leg.in->index &&
                !owner_of(*context.sites, *route.via))
                address = *route.via;
        repair.push_back(add_address(site, address, theirs->prefix_length, dev));
        auto* const owner = owner_of(*context.sites, context.packet->destination);
        if (owner && owner != leg.to && walk.hops.size() == 1)
            repair.push_back(
                ip(site, Family::ipv6, "route replace default via " + theirs->local->to_string()));
    }
    return stopping(is_off ? "ipv6-disabled" : "ipv6-mtu-too-small", site,
                    is_off ? fmt::format("IPv6 is disabled on {}", dev)
                           : fmt::format("{} has an MTU of {}, IPv6 needs 1280", dev, *leg.out->mtu),
                    std::move(repair));
}

/// Without the rule that decided, the packet would get on.
std::optional<Finding> rule_leads_astray(RouteContext const& context, Walk const& walk, Hop const& hop,
                                         Site& target) {
    if (!hop.rule || is_everyday(*hop.rule)) return {};
    auto const family = context.packet->destination.family;
    auto const without = look_up_without(hop.site->rules(family), hop.site->routes(family),
                                         key_at(hop, *context.packet, walk.source), hop.rule);
    if (!without.route || !leads_on(context, *hop.site, *without.route, target)) return {};
    bool const shadowed = without.rule && !is_everyday(*without.rule);
    return misleading(shadowed ? "policy-rule-order" : "policy-rule-wrong-table", *hop.site,
                      fmt::format("rule {} sends it to a table that leads astray", rule_words(*hop.rule)),
                      {rule_deletion(*hop.site, *hop.rule)});
}

/// Without the route that decided, another of the same table would get it on.
std::optional<Finding> route_leads_astray(RouteContext const& context, Walk const& walk, Hop const& hop,
                                          Site& target) {
    if (!hop.route) return {};
    auto const family = context.packet->destination.family;
    std::vector<Route> others;
    for (auto const& route : hop.site->routes(family))
        if (&route != hop.route) others.push_back(route);
    auto const* const next_best =
        best_route(others, hop.route->table, key_at(hop, *context.packet, walk.source));
    if (!next_best || !leads_on(context, *hop.site, *next_best, target)) return {};
    bool const same_prefix = prefix_words(*next_best) == prefix_words(*hop.route);
    auto const cause = same_prefix      ? "wrong-metric"
                       : hop.route->via ? "wrong-gateway"
                                        : "wrong-interface-route";
    return misleading(
        cause, *hop.site,
        fmt::format("route {} is preferred and leads astray", route_words(*hop.site, *hop.route)),
        {ip(*hop.site, family, "route del " + route_words(*hop.site, *hop.route))});
}

/// Another gateway would get it on.
std::optional<Finding> gateway_leads_astray(RouteContext const& context, Hop const& hop, Hop const* next,
                                            Hop const* before, Site& target) {
    if (!hop.route) return {};
    auto const family = context.packet->destination.family;
    auto const way = shortest_way(*context.sites, *hop.site, target, family, next ? next->site : nullptr);
    if (!way || (before && way->front().to == before->site)) return {};
    auto const gateway = gateway_of(way->front(), family);
    if (!gateway) return {};
    return misleading("wrong-gateway", *hop.site,
                      fmt::format("route {} leads astray", route_words(*hop.site, *hop.route)),
                      {replace_gateway(hop, way->front(), *gateway)});
}

bool is_loop(Walk const& walk) {
    auto const& hops = walk.hops;
    return hops.size() > 1 && std::any_of(hops.begin(), hops.end() - 1,
                                          [&](Hop const& one) { return one.site == hops.back().site; });
}

/// Where in the track the hop's own decision stands.
std::size_t place_of(Walk const& walk, std::size_t hop) {
    std::size_t decisions = 0;
    for (std::size_t i = 0; i < walk.track.size(); ++i)
        if (std::holds_alternative<Decision>(walk.track[i]) && decisions++ == hop) return i + 1;
    return walk.track.size();
}

}  // namespace

Action replace_gateway(Hop const& hop, Leg const& leg, IpAddress const& gateway) {
    std::string words = hop.route ? prefix_words(*hop.route) : std::string("default");
    words += " " + via_words(leg, gateway);
    if (hop.route && hop.route->table != topology::main_table)
        words += " table " + table_words(hop.route->table);
    return ip(*hop.site, gateway.family, "route replace " + words);
}

IpAddress free_address(Sites& sites, IpPrefix const& prefix) {
    auto candidate = prefix.network().address;
    auto& last = candidate.octets[prefix.family() == Family::ipv4 ? 3 : 15];
    for (unsigned host = 2; host < 250; ++host) {
        last = static_cast<std::uint8_t>(host);
        if (!owner_of(sites, candidate)) break;
    }
    return candidate;
}

std::vector<std::uint32_t> unruled_tables(Site& site, Family family) {
    std::vector<std::uint32_t> tables;
    auto const is_led_to = [&](std::uint32_t table) {
        return std::ranges::any_of(site.rules(family),
                                   [table](auto const& rule) { return rule.table == table; }) ||
               std::ranges::any_of(site.links(), [table](auto const& link) {
                   auto const* const vrf = std::get_if<topology::Vrf>(&link.kind);
                   return vrf && vrf->table == table;
               });
    };
    for (auto const& route : site.routes(family))
        if (route.table != 0 && !is_led_to(route.table) &&
            std::ranges::find(tables, route.table) == tables.end())
            tables.push_back(route.table);
    return tables;
}

Finding rule_missing(RouteContext const& context, Hop const& hop, std::uint32_t table) {
    auto const family = context.packet->destination.family;
    auto const selector = selector_of(context, hop);
    return misleading(
        "policy-rule-missing", *hop.site,
        fmt::format("table {} has the way, and no rule leads {} there", table_words(table), selector),
        {ip(*hop.site, family, fmt::format("rule add {} lookup {}", selector, table_words(table)))});
}

Site* previous_site(Walk const& walk) {
    return walk.hops.size() < 2 ? nullptr : walk.hops[walk.hops.size() - 2].site;
}

std::optional<std::vector<Leg>> way_on(RouteContext const& context, Walk const& walk) {
    auto const& to = context.packet->destination;
    auto* const target = owner_of(*context.sites, to);
    if (!target) return {};
    return shortest_way(*context.sites, *walk.last()->site, *target, to.family, previous_site(walk));
}

Finding wrong_mask(Site& site, InterfaceAddress const& address, std::uint8_t right_length) {
    auto const dev = site.device(address.link.index);
    auto const text = address.local->to_string();
    return misleading(
        "wrong-mask", site,
        fmt::format("{} has {}/{}, the others there /{}", dev, text, address.prefix_length, right_length),
        {ip(site, fmt::format("addr add {}/{} dev {}", text, right_length, dev)),
         ip(site, fmt::format("addr del {}/{} dev {}", text, address.prefix_length, dev))});
}

MissingRoute missing_route(RouteContext const& context, Walk const& walk, Lookup const& found) {
    auto& site = *walk.last()->site;
    MissingRoute verdict;
    if (auto const way = way_on(context, walk)) {
        verdict.leg = way->front();
        auto* const target = owner_of(*context.sites, context.packet->destination);
        if (verdict.leg->to != target)
            verdict.next = gateway_of(*verdict.leg, context.packet->destination.family);
        if (auto no_ipv6 = without_ipv6(context, walk, *verdict.leg)) {
            no_ipv6->stops_everything = false;
            verdict.findings.push_back(std::move(*no_ipv6));
        } else if (auto masks =
                       verdict.leg->to == target ? unlike_masks(context, site, *verdict.leg) : std::nullopt) {
            masks->stops_everything = false;
            verdict.findings.push_back(std::move(*masks));
        }
    }
    bool const down = verdict.leg && !is_up(*verdict.leg->out);
    if (down) {
        verdict.findings = leaving_obstacles(site, *verdict.leg->out);
    } else if (found.rule && !found.route) {
        verdict.findings = {prohibited(site, *found.rule)};
    } else if (found.route && !ends_a_vrf(*found.route)) {
        verdict.findings = {forbidden(site, *found.route)};
    } else if (verdict.findings.empty()) {
        auto* const target = owner_of(*context.sites, context.packet->destination);
        if (auto rule = target ? rule_missing_or_late(context, walk, *walk.last(), *target) : std::nullopt) {
            verdict.findings.push_back(std::move(*rule));
            return verdict;
        }
        // Where everything on the way lies behind us, an earlier decision is at fault.
        if (verdict.leg || walk.hops.size() == 1 || !owner_of(*context.sites, context.packet->destination))
            verdict.findings.push_back(no_route(context, *walk.last(), verdict.leg, verdict.next));
    }
    return verdict;
}

void blame_upstream(RouteContext const& context, Walk& walk) {
    auto* const target = owner_of(*context.sites, context.packet->destination);
    if (!target || walk.hops.empty()) return;
    bool const loop = is_loop(walk);
    // Who is at fault in a loop is one of its own.
    for (std::size_t i = walk.hops.size(); i-- > 0;) {
        auto const& hop = walk.hops[i];
        auto const* const next = i + 1 < walk.hops.size() ? &walk.hops[i + 1] : nullptr;
        auto const* const before = i > 0 ? &walk.hops[i - 1] : nullptr;
        auto found = link_down_leads_astray(context, hop);
        if (!found) found = rule_leads_astray(context, walk, hop, *target);
        if (!found) found = rule_missing_or_late(context, walk, hop, *target);
        if (!found) found = route_leads_astray(context, walk, hop, *target);
        if (!found && next) found = gateway_leads_astray(context, hop, next, before, *target);
        if (!found) continue;
        if (loop && found->cause == "wrong-gateway") found->cause = "routing-loop";
        walk.track.insert(walk.track.begin() + static_cast<std::ptrdiff_t>(place_of(walk, i)),
                          std::move(*found));
        return;
    }
}

}  // namespace vethwork::diagnose
