// Routes, rules and next hops as `ip route`, `ip rule` and `ip nexthop` show them.
#pragma once

#include <span>

#include <vethwork/report/ip_link.hpp>
#include <vethwork/report/ip_writer.hpp>
#include <vethwork/topology/nexthop.hpp>
#include <vethwork/topology/route.hpp>
#include <vethwork/topology/route_filter.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::report {

/// What a printer of these wants to know besides.
struct RoutingDetails {
    IpDetails ip;
    /// A next hop by its id, for -d; nothing where it is not known.
    std::function<topology::Nexthop const*(std::uint32_t id)> nexthop;
    /// The name of a host, for -r; absent: addresses are told as they are.
    std::function<std::string(IpAddress const&)> host_name;
    /// "tcp" of 6; empty where it has no name.
    std::function<std::string(std::uint8_t)> ip_protocol_name;

    [[nodiscard]] std::string host(IpAddress const& address) const {
        return host_name ? host_name(address) : address.to_string();
    }
};

/// One route; what `filter` pins down to one value is left out.
void write_route(IpWriter& writer, topology::Route const& route, topology::RouteFilter const& filter,
                 RoutingDetails const& details);
/// A list of routes.
void write_routes(IpWriter& writer, std::span<topology::Route const> routes,
                  topology::RouteFilter const& filter, RoutingDetails const& details);

void write_rules(IpWriter& writer, std::span<topology::Rule const> rules, RoutingDetails const& details);

void write_nexthops(IpWriter& writer, std::span<topology::Nexthop const> nexthops,
                    RoutingDetails const& details);
/// What stands between the name of a next hop's place and the end of its line; `key` names it in JSON.
void write_nexthop_entry(IpWriter& writer, std::string_view key, topology::Nexthop const& nexthop,
                         RoutingDetails const& details);
void write_nexthop_buckets(IpWriter& writer, std::span<topology::NexthopBucket const> buckets);

/// ` encap mpls  100/200 `
void write_encapsulation(IpWriter& writer, topology::Encapsulation const& encapsulation,
                         RoutingDetails const& details);
/// `onlink linkdown `
void write_route_flags(IpWriter& writer, std::uint32_t flags);

}  // namespace vethwork::report
