#include <vethwork/report/ip_route.hpp>

#include <vethwork/report/routing_text.hpp>

namespace vethwork::report {

namespace {

using topology::NameKind;
using topology::Route;
using topology::RouteFilter;
using topology::RouteHop;
using topology::RouteMetric;
using topology::RouteType;

struct FlagName {
    std::uint32_t flag;
    std::string_view name;
};

/// In the order in which they are told.
constexpr FlagName flag_names[] = {
    {topology::route_flag::dead, "dead"},
    {topology::route_flag::onlink, "onlink"},
    {topology::route_flag::pervasive, "pervasive"},
    {topology::route_flag::offload, "offload"},
    {topology::route_flag::trap, "trap"},
    {topology::route_flag::notify, "notify"},
    {topology::route_flag::linkdown, "linkdown"},
    {topology::route_flag::unresolved, "unresolved"},
    {topology::route_flag::hw_offload, "rt_offload"},
    {topology::route_flag::hw_trap, "rt_trap"},
    {topology::route_flag::hw_offload_failed, "rt_offload_failed"},
};

/// RTCF_… of <linux/in_route.h>.
constexpr FlagName cache_flag_names[] = {
    {0x80000000, "local"},      {0x40000000, "reject"},     {0x20000000, "mc"},
    {0x10000000, "brd"},        {0x08000000, "dst-nat"},    {0x00800000, "src-nat"},
    {0x00400000, "masq"},       {0x00020000, "dst-direct"}, {0x04000000, "src-direct"},
    {0x00040000, "redirected"}, {0x01000000, "redirect"},   {0x00200000, "fastroute"},
    {0x00010000, "notify"},     {0x00080000, "proxy"},
};

/// By RouteMetric.
constexpr std::string_view metric_names[] = {
    "",         "",        "mtu",      "window",     "rtt",      "rttvar",
    "ssthresh", "cwnd",    "advmss",   "reordering", "hoplimit", "initcwnd",
    "features", "rto_min", "initrwnd", "quickack",   "congctl",  "fastopen_no_cookie"};
static_assert(std::size(metric_names) == topology::route_metric_count);

/// A prefix that is an address is told as a host.
std::string prefix_text(IpPrefix const& prefix, RoutingDetails const& details) {
    return prefix.is_host() ? details.host(prefix.address) : prefix.to_string();
}

void write_realms(IpWriter& writer, std::uint32_t realms, RoutingDetails const& details) {
    auto const name = [&details](std::uint32_t realm) { return details.ip.name(NameKind::realm, realm); };
    auto const source = realms >> 16, destination = realms & 0xffff;
    writer.begin_object("flow");
    writer.text(source != 0 ? "realms " : "realm ");
    if (source != 0) writer.field("from", "{}/", name(source));
    writer.field("to", "{} ", name(destination));
    writer.end_object();
}

void write_via(IpWriter& writer, IpAddress const& via, Family family, RoutingDetails const& details) {
    auto const host = details.host(via);
    if (via.family == family) {
        writer.text("via ");
        write_text(writer, "gateway", host, ink_of(family));
        return;
    }
    std::string_view const name = via.family == Family::ipv4 ? "inet" : "inet6";
    writer.begin_object("via");
    writer.text("via ");
    write_text(writer, "family", name);
    write_text(writer, "host", host, ink_of(via.family));
    writer.end_object();
}

void write_new_destination(IpWriter& writer, IpAddress const& address, RoutingDetails const& details) {
    writer.text("as to ");
    write_text(writer, "to", details.host(address), ink_of(address.family));
}

void write_link(IpWriter& writer, std::string_view key, topology::LinkRef const& link,
                RoutingDetails const& details) {
    writer.text(key);
    writer.text(" ");
    write_text(writer, key, details.ip.link_name(link.index), Ink::link_name);
}

void write_cache_flags(IpWriter& writer, std::uint32_t flags) {
    flags &= 0xffff0000;
    writer.end_line();
    writer.text("    cache ");
    writer.begin_list("cache");
    if (flags != 0) writer.text("<");
    for (auto const& [flag, name] : cache_flag_names) {
        if ((flags & flag) == 0) continue;
        flags &= ~flag;
        writer.json({}, name);
        writer.text(name);
        writer.text(flags != 0 ? "," : "> ");
    }
    if (flags != 0) writer.field({}, "{}>", fmt::format("{:x}", flags));
    writer.end_list();
}

void write_cache(IpWriter& writer, topology::RouteCacheInfo const& cache, int statistics) {
    constexpr std::int32_t ticks_per_second = 100;  // USER_HZ
    if (cache.expires != 0) writer.field("expires", "expires {}sec ", cache.expires / ticks_per_second);
    if (cache.error != 0) writer.field("error", "error {} ", cache.error);
    if (statistics > 0) {
        if (cache.references != 0) writer.field("users", "users {} ", cache.references);
        if (cache.used != 0) writer.field("used", "used {} ", cache.used);
        if (cache.last_use != 0) writer.field("age", "age {}sec ", cache.last_use / ticks_per_second);
    }
    if (cache.id != 0) writer.field("ipid", "ipid {} ", fmt::format("{:#06x}", cache.id));
    if (cache.timestamp != 0 || cache.timestamp_age != 0) {
        writer.field("ts", "ts {}", fmt::format("{:#x}", cache.timestamp));
        writer.field("tsage", "tsage {}sec ", cache.timestamp_age);
    }
}

void write_time(IpWriter& writer, std::string_view name, std::uint32_t milliseconds) {
    writer.json(name, milliseconds);
    if (writer.is_json()) return;
    writer.text(milliseconds >= 1000 ? fmt::format("{}s ", shortest(milliseconds / 1e3))
                                     : fmt::format("{}ms ", milliseconds));
}

void write_features(IpWriter& writer, std::uint32_t features) {
    if (features & topology::ecn_feature) {
        writer.text("ecn ");
        writer.json_null("ecn");
    }
    if (features & ~topology::ecn_feature) writer.field("features", "{} ", fmt::format("{:#x}", features));
}

void write_metric(IpWriter& writer, RouteMetric which, std::uint32_t value, std::string const& congestion) {
    auto const name = metric_names[static_cast<std::size_t>(which)];
    switch (which) {
        case RouteMetric::features:
            return write_features(writer, value);
        case RouteMetric::rtt:
            return write_time(writer, name, value / 8);
        case RouteMetric::rttvar:
            return write_time(writer, name, value / 4);
        case RouteMetric::rto_min:
            return write_time(writer, name, value);
        case RouteMetric::cc_algo:
            return write_text(writer, "congestion", congestion);
        default:
            return writer.field(name, "{} ", value);
    }
}

void write_metrics(IpWriter& writer, topology::RouteMetrics const& metrics) {
    if (metrics == topology::RouteMetrics{}) return;
    writer.begin_list("metrics");
    writer.begin_object();
    for (std::size_t i = static_cast<std::size_t>(RouteMetric::mtu); i < topology::route_metric_count; ++i) {
        auto const which = static_cast<RouteMetric>(i);
        bool const named = which == RouteMetric::cc_algo;
        bool const there = named ? !metrics.congestion_control.empty() : metrics[which].has_value();
        if (!there && (named || !metrics.is_locked(which))) continue;
        auto const value = metrics[which].value_or(0);
        if (which == RouteMetric::hoplimit && value == 0xffffffff) continue;
        writer.text(metric_names[i]);
        writer.text(metrics.is_locked(which) ? " lock " : " ");
        write_metric(writer, which, value, metrics.congestion_control);
    }
    writer.end_object();
    writer.end_list();
}

void write_preference(IpWriter& writer, std::uint8_t preference) {
    switch (preference) {
        case 0:
            return writer.field("pref", "pref {}", "medium");
        case 1:
            return writer.field("pref", "pref {}", "high");
        case 3:
            return writer.field("pref", "pref {}", "low");
        default:
            return writer.field("pref", "{}", preference);
    }
}

/// A hop of a multicast route that the kernel made for one packet has a look of its own.
void write_multicast_hop(IpWriter& writer, RouteHop const& hop, bool first, RoutingDetails const& details) {
    writer.text(first ? "Oifs: " : " ");
    writer.field("dev", "{}", details.ip.link_name(hop.link->index));
    if (hop.weight != 2) writer.field("ttl", "(ttl>{})", hop.weight - 1);
    writer.text(" ");
}

void write_hop(IpWriter& writer, RouteHop const& hop, Route const& route, bool first,
               RoutingDetails const& details) {
    bool const multicast = (route.flags & topology::route_flag::cloned) && route.type == RouteType::multicast;
    writer.begin_object();
    if (!multicast) {
        writer.end_line();
        writer.text("\tnexthop ");
    }
    if (hop.encapsulation) write_encapsulation(writer, *hop.encapsulation, details);
    if (hop.new_destination) write_new_destination(writer, *hop.new_destination, details);
    if (hop.via) write_via(writer, *hop.via, route.family, details);
    if (hop.realms) write_realms(writer, *hop.realms, details);
    if (multicast) {
        write_multicast_hop(writer, hop, first, details);
    } else {
        writer.field("dev", "dev {} ", details.ip.link_name(hop.link->index));
        writer.field("weight", "weight {} ", hop.weight);
    }
    write_route_flags(writer, hop.flags);
    writer.end_object();
}

void write_hops(IpWriter& writer, Route const& route, RoutingDetails const& details) {
    if (route.hops.empty()) return;
    writer.begin_list("nexthops");
    for (auto const& hop : route.hops) write_hop(writer, hop, route, &hop == &route.hops.front(), details);
    writer.end_list();
}

/// What the route is for: type, prefixes, next hop object, encapsulation.
void write_head(IpWriter& writer, Route const& route, RouteFilter const& filter,
                RoutingDetails const& details) {
    if (route.type != RouteType::unicast || details.ip.details)
        write_text(writer, "type",
                   route_type_text(static_cast<std::uint8_t>(route.type), details.ip.numeric));
    write_text(writer, "dst", route.destination ? prefix_text(*route.destination, details) : "default",
               route.destination ? ink_of(route.family) : Ink::none);
    if (route.source) {
        writer.text("from ");
        write_text(writer, "from", prefix_text(*route.source, details), ink_of(route.family));
    }
    if (route.nexthop_id) writer.field("nhid", "nhid {} ", *route.nexthop_id);
    if (route.new_destination) write_new_destination(writer, *route.new_destination, details);
    if (route.encapsulation) write_encapsulation(writer, *route.encapsulation, details);
    if (route.tos != 0 && !filter.tos)
        writer.field("tos", "tos {} ", details.ip.name(NameKind::ds_field, route.tos));
}

bool is_whole(topology::PrefixFilter const& filter, Family family) {
    return filter.prefix.length == address_bits(family) && filter.family.has_value();
}

void write_place(IpWriter& writer, Route const& route, RouteFilter const& filter,
                 RoutingDetails const& details) {
    if (route.via && (route.via->family != route.family || !is_whole(filter.via, route.family)))
        write_via(writer, *route.via, route.family, details);
    if (route.link && !filter.link) write_link(writer, "dev", *route.link, details);
    if (route.table != 0 && (route.table != topology::main_table || details.ip.details) && filter.table == 0)
        writer.field("table", "table {} ", details.ip.name(NameKind::route_table, route.table));
}

void write_origin(IpWriter& writer, Route const& route, RouteFilter const& filter,
                  RoutingDetails const& details) {
    if (!(route.flags & topology::route_flag::cloned)) {
        if ((route.protocol != topology::boot_protocol || details.ip.details) && !filter.protocol)
            writer.field("protocol", "proto {} ", details.ip.name(NameKind::route_protocol, route.protocol));
        if ((route.scope != topology::global_scope || details.ip.details) && !filter.scope)
            writer.field("scope", "scope {} ", details.ip.name(NameKind::scope, route.scope));
    }
    if (route.preferred_source && !is_whole(filter.preferred_source, route.family)) {
        writer.text("src ");
        write_text(writer, "prefsrc", route.preferred_source->to_string(), ink_of(route.family));
    }
    if (route.priority && !filter.priority) writer.field("metric", "metric {} ", *route.priority);
}

void write_mark(IpWriter& writer, std::uint32_t mark) {
    if (mark == 0) return;
    writer.json("mark", mark);
    if (!writer.is_json())
        writer.text(mark >= 16 ? fmt::format("mark {:#x} ", mark) : fmt::format("mark {} ", mark));
}

void write_tail(IpWriter& writer, Route const& route, RouteFilter const& filter,
                RoutingDetails const& details) {
    write_metrics(writer, route.metrics);
    if (route.incoming && !filter.incoming) write_link(writer, "iif", *route.incoming, details);
    if (route.preference) write_preference(writer, *route.preference);
    if (route.ttl_propagate) {
        bool const on = *route.ttl_propagate != 0;
        writer.json("ttl-propogate", on);
        writer.text(on ? "ttl-propogate enabled" : "ttl-propogate disabled");
    }
    if (!route.nexthop_id || !details.ip.details || !details.nexthop) return;
    auto const* const nexthop = details.nexthop(*route.nexthop_id);
    if (!nexthop) return;
    writer.text("\n\tnh_info ");
    write_nexthop_entry(writer, "nh_info", *nexthop, details);
}

}  // namespace

void write_route_flags(IpWriter& writer, std::uint32_t flags) {
    writer.begin_list("flags");
    for (auto const& [flag, name] : flag_names)
        if (flags & flag) write_text(writer, {}, name);
    writer.end_list();
}

void write_route(IpWriter& writer, Route const& route, RouteFilter const& filter,
                 RoutingDetails const& details) {
    writer.begin_object();
    write_head(writer, route, filter, details);
    write_place(writer, route, filter, details);
    write_origin(writer, route, filter, details);
    write_route_flags(writer, route.flags);
    write_mark(writer, route.mark.value_or(0));
    if (route.realms && filter.realms_mask != 0xffffffff) write_realms(writer, *route.realms, details);
    if (route.uid) writer.field("uid", "uid {} ", *route.uid);
    if (route.family == Family::ipv4 && (route.flags & topology::route_flag::cloned))
        write_cache_flags(writer, route.flags);
    if (route.cache) write_cache(writer, *route.cache, details.ip.statistics);
    write_tail(writer, route, filter, details);
    write_hops(writer, route, details);
    writer.text("\n");
    writer.end_object();
}

void write_routes(IpWriter& writer, std::span<Route const> routes, RouteFilter const& filter,
                  RoutingDetails const& details) {
    writer.begin_list();
    for (auto const& route : routes) write_route(writer, route, filter, details);
    writer.end_list();
}

}  // namespace vethwork::report
