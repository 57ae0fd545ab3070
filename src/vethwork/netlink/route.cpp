#include <vethwork/netlink/route.hpp>

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/encapsulation.hpp>

namespace vethwork::netlink {

namespace {

using topology::LinkRef;
using topology::Route;
using topology::RouteHop;
using topology::RouteMetric;
using topology::RouteMetrics;

constexpr EncapsulationTypes encapsulation_types{RTA_ENCAP_TYPE, RTA_ENCAP};
static_assert(sizeof(topology::RouteCacheInfo) == sizeof(rta_cacheinfo));
static_assert(static_cast<int>(RouteMetric::fastopen_no_cookie) == RTAX_FASTOPEN_NO_COOKIE);

/// A gateway of the route's own family is RTA_GATEWAY, of the other RTA_VIA.
void write_via(std::optional<IpAddress> const& via, Family family, MessageWriter& to) {
    if (!via) return;
    if (via->family == family) return to.attribute(RTA_GATEWAY, "RTA_GATEWAY", via->bytes());
    ByteWriter bytes;
    bytes.native(static_cast<std::uint16_t>(via->family));
    bytes.raw(via->bytes());
    to.attribute(RTA_VIA, "RTA_VIA", bytes.bytes());
}

bool read_address(Bytes bytes, std::optional<IpAddress>& address) {
    address = IpAddress::from_bytes(bytes);
    return address.has_value();
}

bool read_via(Bytes bytes, std::optional<IpAddress>& via) {
    return bytes.size() >= 2 && read_address(bytes.subspan(2), via);
}

void write_metrics(RouteMetrics const& metrics, MessageWriter& to) {
    if (metrics == RouteMetrics{}) return;
    auto const nest = to.begin_nest(RTA_METRICS, "RTA_METRICS");
    for (std::size_t i = RTAX_MTU; i < metrics.values.size(); ++i)
        if (metrics.values[i]) to.value(static_cast<std::uint16_t>(i), "RTAX", *metrics.values[i]);
    if (!metrics.congestion_control.empty())
        to.text(RTAX_CC_ALGO, "RTAX_CC_ALGO", metrics.congestion_control);
    if (metrics.locked != 0) to.value(RTAX_LOCK, "RTAX_LOCK", metrics.locked);
    to.end_nest(nest);
}

bool read_metrics(Route& route, Bytes bytes) {
    AttributeReader attributes(bytes);
    while (auto const attribute = attributes.next()) {
        std::uint32_t value = 0;
        if (attribute->type == RTAX_CC_ALGO) {
            HostOrder::read(attribute->payload, route.metrics.congestion_control);
            continue;
        }
        if (!HostOrder::read(attribute->payload, value)) return false;
        if (attribute->type == RTAX_LOCK)
            route.metrics.locked = value;
        else if (attribute->type < route.metrics.values.size())
            route.metrics.values[attribute->type] = value;
    }
    return !attributes.failed();
}

/// The attributes of one hop: the same types as those of a route.
struct HopAttributes {
    RouteHop hop;
    std::uint16_t encapsulation_type = 0;
    Bytes encapsulation;
};

bool read_hop_attribute(HopAttributes& into, Attribute const& attribute) {
    switch (attribute.type) {
        case RTA_GATEWAY:
            return read_address(attribute.payload, into.hop.via);
        case RTA_VIA:
            return read_via(attribute.payload, into.hop.via);
        case RTA_NEWDST:
            return read_address(attribute.payload, into.hop.new_destination);
        case RTA_FLOW:
            return HostOrder::read(attribute.payload, into.hop.realms.emplace());
        case RTA_ENCAP_TYPE:
            return HostOrder::read(attribute.payload, into.encapsulation_type);
        case RTA_ENCAP:
            into.encapsulation = attribute.payload;
            return true;
        default:
            return true;
    }
}

std::optional<RouteHop> read_hop(rtnexthop const& header, Bytes bytes) {
    HopAttributes into;
    AttributeReader attributes(bytes);
    while (auto const attribute = attributes.next())
        if (!read_hop_attribute(into, *attribute)) return {};
    if (attributes.failed()) return {};
    if (into.encapsulation_type != 0) {
        into.hop.encapsulation = read_encapsulation(into.encapsulation_type, into.encapsulation);
        if (!into.hop.encapsulation) return {};
    }
    into.hop.link = LinkRef{{}, static_cast<std::uint32_t>(header.rtnh_ifindex)};
    into.hop.weight = static_cast<std::uint16_t>(header.rtnh_hops + 1);
    into.hop.flags = header.rtnh_flags;
    return std::move(into.hop);
}

bool read_hops(Route& route, Bytes bytes) {
    ByteReader reader(bytes);
    while (reader.left() >= sizeof(rtnexthop)) {
        auto const header = reader.native<rtnexthop>();
        if (header.rtnh_len < sizeof header || header.rtnh_len - sizeof header > reader.left()) return false;
        auto hop = read_hop(header, reader.take(header.rtnh_len - sizeof header));
        if (!hop) return false;
        route.hops.push_back(std::move(*hop));
        reader.skip(std::min<std::size_t>(-header.rtnh_len & 3u, reader.left()));
    }
    return true;
}

void write_hop(RouteHop const& hop, Family family, MessageWriter& to) {
    std::size_t const begin = to.size();
    rtnexthop header{.rtnh_len = 0,
                     .rtnh_flags = static_cast<std::uint8_t>(hop.flags),
                     .rtnh_hops = static_cast<std::uint8_t>(hop.weight - 1),
                     .rtnh_ifindex = hop.link ? static_cast<int>(hop.link->index) : 0};
    to.fixed(header);
    write_via(hop.via, family, to);
    if (hop.realms) to.value(RTA_FLOW, "RTA_FLOW", *hop.realms);
    if (hop.new_destination) to.attribute(RTA_NEWDST, "RTA_NEWDST", hop.new_destination->bytes());
    if (hop.encapsulation) write_encapsulation(*hop.encapsulation, encapsulation_types, to);
    header.rtnh_len = static_cast<std::uint16_t>(to.size() - begin);
    std::memcpy(to.at(begin), &header, sizeof header);
}

void write_hops(Route const& route, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (route.hops.empty()) return;
    auto const nest = to.begin_nest(type, name);
    for (auto const& hop : route.hops) write_hop(hop, route.family, to);
    to.end_nest(nest);
}

/// Reads the address of a prefix whose length came in the header.
template <std::optional<IpPrefix> Route::*Member>
bool read_prefix(Route& route, Bytes bytes) {
    auto const address = IpAddress::from_bytes(bytes);
    if (!address) return false;
    (route.*Member)->address = *address;
    return true;
}

template <std::optional<IpPrefix> Route::*Member>
void write_prefix(Route const& route, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (route.*Member) to.attribute(type, name, (route.*Member)->address.bytes());
}

constexpr auto fields = make_table<Route>(
    Row<Route>{RTA_TABLE, "RTA_TABLE",
               [](Route const& route, MessageWriter& to, std::uint16_t type, std::string_view name) {
                   if (route.table > 255) to.value(type, name, route.table);
               },
               [](Route& route, Bytes bytes) { return HostOrder::read(bytes, route.table); }},
    Row<Route>{RTA_DST, "RTA_DST", write_prefix<&Route::destination>, read_prefix<&Route::destination>},
    Row<Route>{RTA_SRC, "RTA_SRC", write_prefix<&Route::source>, read_prefix<&Route::source>},
    field<&Route::incoming>(RTA_IIF, "RTA_IIF"), field<&Route::priority>(RTA_PRIORITY, "RTA_PRIORITY"),
    field<&Route::nexthop_id>(RTA_NH_ID, "RTA_NH_ID"),
    Row<Route>{RTA_METRICS, "RTA_METRICS",
               [](Route const& route, MessageWriter& to, std::uint16_t, std::string_view) {
                   write_metrics(route.metrics, to);
               },
               read_metrics},
    field<&Route::preferred_source>(RTA_PREFSRC, "RTA_PREFSRC"),
    Row<Route>{RTA_GATEWAY, "RTA_GATEWAY",
               [](Route const& route, MessageWriter& to, std::uint16_t, std::string_view) {
                   write_via(route.via, route.family, to);
               },
               [](Route& route, Bytes bytes) { return read_address(bytes, route.via); }},
    Row<Route>{RTA_VIA, "RTA_VIA", nullptr,
               [](Route& route, Bytes bytes) { return read_via(bytes, route.via); }},
    field<&Route::link>(RTA_OIF, "RTA_OIF"), field<&Route::realms>(RTA_FLOW, "RTA_FLOW"),
    field<&Route::new_destination>(RTA_NEWDST, "RTA_NEWDST"),
    Row<Route>{RTA_MULTIPATH, "RTA_MULTIPATH", write_hops, read_hops},
    field<&Route::preference>(RTA_PREF, "RTA_PREF"),
    field<&Route::ttl_propagate>(RTA_TTL_PROPAGATE, "RTA_TTL_PROPAGATE"),
    field<&Route::expires>(RTA_EXPIRES, "RTA_EXPIRES"), field<&Route::mark>(RTA_MARK, "RTA_MARK"),
    field<&Route::uid>(RTA_UID, "RTA_UID"),
    Row<Route>{RTA_CACHEINFO, "RTA_CACHEINFO", nullptr,
               [](Route& route, Bytes bytes) { return HostOrder::read(bytes, route.cache.emplace()); }});

/// RTA_ENCAP says nothing without RTA_ENCAP_TYPE, whichever comes first.
bool read_encapsulation_of(Route& route, Bytes stream) {
    std::uint16_t type = 0;
    Bytes content;
    AttributeReader attributes(stream);
    while (auto const attribute = attributes.next()) {
        if (attribute->type == RTA_ENCAP) content = attribute->payload;
        if (attribute->type == RTA_ENCAP_TYPE && !HostOrder::read(attribute->payload, type)) return false;
    }
    if (type == 0) return true;
    route.encapsulation = read_encapsulation(type, content);
    return route.encapsulation.has_value();
}

}  // namespace

bool is_ip_route(Message const& message) {
    auto const header = ByteReader(message.payload).native<rtmsg>();
    return header.rtm_family == AF_INET || header.rtm_family == AF_INET6;
}

void write_route(Route const& route, MessageWriter& to) {
    to.fixed(rtmsg{.rtm_family = static_cast<std::uint8_t>(route.family),
                   .rtm_dst_len = route.destination ? route.destination->length : std::uint8_t{0},
                   .rtm_src_len = route.source ? route.source->length : std::uint8_t{0},
                   .rtm_tos = route.tos,
                   .rtm_table = static_cast<std::uint8_t>(route.table < 256 ? route.table : RT_TABLE_UNSPEC),
                   .rtm_protocol = route.protocol,
                   .rtm_scope = route.scope,
                   .rtm_type = static_cast<std::uint8_t>(route.type),
                   .rtm_flags = route.flags});
    fields.write(route, to);
    if (route.encapsulation) write_encapsulation(*route.encapsulation, encapsulation_types, to);
}

Result<Route> read_route(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<rtmsg>();
    if (reader.failed()) return malformed_error("decode a route: its header is cut short");
    Route route{.family = static_cast<Family>(header.rtm_family),
                .type = static_cast<topology::RouteType>(header.rtm_type),
                .tos = header.rtm_tos,
                .table = header.rtm_table,
                .protocol = header.rtm_protocol,
                .scope = header.rtm_scope,
                .flags = header.rtm_flags};
    route.destination = IpPrefix{IpAddress::any(route.family), header.rtm_dst_len};
    route.source = IpPrefix{IpAddress::any(route.family), header.rtm_src_len};
    if (auto error = fields.read(reader.rest(), route, "a route")) return *std::move(error);
    if (route.destination->length == 0) route.destination.reset();
    if (route.source->length == 0) route.source.reset();
    if (!read_encapsulation_of(route, reader.rest()))
        return malformed_error("decode a route: its encapsulation is malformed");
    return route;
}

}  // namespace vethwork::netlink
