// Neighbours on the wire: RTM_NEWNEIGH, RTM_DELNEIGH, RTM_GETNEIGH. Source: <linux/neighbour.h>,
// rtnetlink(7).
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/neighbour.hpp>

namespace vethwork::netlink {

/// ndmsg and attributes; the link must have its index.
void write_neighbour(topology::Neighbour const& neighbour, MessageWriter& to);

/// A neighbour out of an RTM_NEWNEIGH or RTM_DELNEIGH message; its link has an index, no name.
[[nodiscard]] Result<topology::Neighbour> read_neighbour(Message const& message);

}  // namespace vethwork::netlink
