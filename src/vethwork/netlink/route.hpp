// Routes on the wire: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE. Source: <linux/rtnetlink.h>, rtnetlink(7).
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/route.hpp>

namespace vethwork::netlink {

/// rtmsg and attributes of a route as it is wanted; references must have their indices.
void write_route(topology::Route const& route, MessageWriter& to);

/// A route out of an RTM_NEWROUTE or RTM_DELROUTE message of IPv4 or IPv6; references have indices, no names.
[[nodiscard]] Result<topology::Route> read_route(Message const& message);

/// Whether a message speaks of IPv4 or IPv6: dumps of all families hold others (multicast routing).
[[nodiscard]] bool is_ip_route(Message const& message);

}  // namespace vethwork::netlink
