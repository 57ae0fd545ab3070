// The words of selectors: `ip route show SELECTOR`, `ip route get …`. Source: ip-route(8).
#pragma once

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/route_filter.hpp>

namespace vethwork::plan {

/// Reads selectors to the end of the words. Where no family is told and one table is meant, it is IPv4.
[[nodiscard]] Result<topology::RouteFilter> parse_route_filter(WordReader& words, RoutingContext& context);

/// Which way a packet would take.
struct RouteQuestion {
    Family family = Family::ipv4;
    std::optional<IpPrefix> destination, source;
    std::optional<topology::LinkRef> incoming, outgoing;
    std::uint8_t tos = 0;
    std::uint32_t mark = 0;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint8_t> ip_protocol;
    std::optional<std::uint16_t> source_port, destination_port;
    bool has_source = false;  ///< `from` was said, be it for everything
    bool notify = false;      ///< tells listeners about it, too
    bool fib_match = false;   ///< the route itself, not the way for this packet
    bool connected = false;   ///< then again from the address that the way has
};

/// Reads the words behind `route get`.
[[nodiscard]] Result<RouteQuestion> parse_route_question(WordReader& words, RoutingContext& context);

}  // namespace vethwork::plan
