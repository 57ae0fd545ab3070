// Next hops on the wire: RTM_NEWNEXTHOP, RTM_DELNEXTHOP, and buckets of resilient groups.
// Source: <linux/nexthop.h>.
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/nexthop.hpp>

namespace vethwork::netlink {

/// nhmsg and attributes of a next hop as it is wanted; references must have their indices.
void write_nexthop(topology::Nexthop const& nexthop, MessageWriter& to);

/// A next hop out of an RTM_NEWNEXTHOP or RTM_DELNEXTHOP message; references have indices, no names.
[[nodiscard]] Result<topology::Nexthop> read_nexthop(Message const& message);
/// A bucket out of an RTM_NEWNEXTHOPBUCKET message.
[[nodiscard]] Result<topology::NexthopBucket> read_nexthop_bucket(Message const& message);

}  // namespace vethwork::netlink
