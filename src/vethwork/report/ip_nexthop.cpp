#include <vethwork/report/ip_route.hpp>
#include <vethwork/report/routing_text.hpp>

namespace vethwork::report {

namespace {

using topology::NameKind;
using topology::Nexthop;

constexpr double ticks_per_second = 100;  // USER_HZ

/// Seconds: in text as %g, in JSON with two decimals at most.
void write_time(IpWriter& writer, std::string_view key, std::string_view format, std::uint64_t ticks) {
    double const seconds = static_cast<double>(ticks) / ticks_per_second;
    if (writer.is_json()) return writer.json_double(key, seconds);
    writer.text(fmt::format(fmt::runtime(format), shortest(seconds)));
}

void write_group(IpWriter& writer, Nexthop const& nexthop) {
    writer.text("group ");
    writer.begin_list("group");
    for (auto const& member : nexthop.group) {
        writer.begin_object();
        if (&member != &nexthop.group.front()) writer.text("/");
        writer.field("id", "{}", member.id);
        if (member.weight != 1) writer.field("weight", ",{}", member.weight);
        writer.end_object();
    }
    writer.text(" ");
    writer.end_list();
}

void write_resilience(IpWriter& writer, topology::NexthopResilience const& resilience) {
    writer.begin_object("resilient_args");
    writer.field("buckets", "buckets {} ", resilience.buckets.value_or(0));
    write_time(writer, "idle_timer", "idle_timer {} ", resilience.idle_timer.value_or(0));
    write_time(writer, "unbalanced_timer", "unbalanced_timer {} ", resilience.unbalanced_timer.value_or(0));
    write_time(writer, "unbalanced_time", "unbalanced_time {} ", resilience.unbalanced_time.value_or(0));
    writer.end_object();
}

void write_mark(IpWriter& writer, std::string_view key, std::string_view text) {
    writer.text(text);
    writer.json_null(key);
}

void write_way(IpWriter& writer, Nexthop const& nexthop, RoutingDetails const& details) {
    if (nexthop.encapsulation) write_encapsulation(writer, *nexthop.encapsulation, details);
    if (nexthop.via) {
        writer.text("via ");
        write_text(writer, "gateway", details.host(*nexthop.via), ink_of(nexthop.via->family));
    }
    if (nexthop.link && nexthop.link->index != 0) {
        writer.text("dev ");
        write_text(writer, "dev", details.ip.link_name(nexthop.link->index), Ink::link_name);
    }
    if (nexthop.scope != 0 || details.ip.details)
        writer.field("scope", "scope {} ", details.ip.name(NameKind::scope, nexthop.scope));
    if (nexthop.blackhole) write_mark(writer, "blackhole", "blackhole ");
    if (nexthop.protocol != 0 || details.ip.details)
        writer.field("protocol", "proto {} ", details.ip.name(NameKind::route_protocol, nexthop.protocol));
}

void write_bucket(IpWriter& writer, topology::NexthopBucket const& bucket) {
    writer.begin_object();
    if (bucket.group_id) writer.field("id", "id {} ", *bucket.group_id);
    writer.begin_object("bucket");
    if (bucket.index) writer.field("index", "index {} ", *bucket.index);
    if (bucket.idle_time) write_time(writer, "idle_time", "idle_time {} ", *bucket.idle_time);
    if (bucket.nexthop_id) writer.field("nhid", "nhid {} ", *bucket.nexthop_id);
    writer.end_object();
    write_route_flags(writer, bucket.flags);
    writer.text("\n");
    writer.end_object();
}

}  // namespace

void write_nexthop_entry(IpWriter& writer, std::string_view key, Nexthop const& nexthop,
                         RoutingDetails const& details) {
    writer.begin_object(key);
    writer.field("id", "id {} ", nexthop.id.value_or(0));
    if (!nexthop.group.empty()) write_group(writer, nexthop);
    if (nexthop.group_type && *nexthop.group_type != topology::NexthopGroupType::multipath)
        writer.field(
            "type", "type {} ",
            *nexthop.group_type == topology::NexthopGroupType::resilient ? "resilient" : "<unknown type>");
    if (nexthop.resilience) write_resilience(writer, *nexthop.resilience);
    write_way(writer, nexthop, details);
    write_route_flags(writer, nexthop.flags);
    if (nexthop.fdb) write_mark(writer, "fdb", "fdb");
    writer.end_object();
}

void write_nexthops(IpWriter& writer, std::span<Nexthop const> nexthops, RoutingDetails const& details) {
    writer.begin_list();
    for (auto const& nexthop : nexthops) {
        write_nexthop_entry(writer, {}, nexthop, details);
        writer.text("\n");
    }
    writer.end_list();
}

void write_nexthop_buckets(IpWriter& writer, std::span<topology::NexthopBucket const> buckets) {
    writer.begin_list();
    for (auto const& bucket : buckets) write_bucket(writer, bucket);
    writer.end_list();
}

}  // namespace vethwork::report
