// Links on the wire: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK. Source: <linux/if_link.h>, rtnetlink(7).
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::netlink {

/// ifinfomsg and attributes of a link as it is to be made or changed; references must have their indices.
void write_link(topology::Link const& link, MessageWriter& to);

/// A link out of an RTM_NEWLINK or RTM_DELLINK message; references have indices, no names.
[[nodiscard]] Result<topology::Link> read_link(Message const& message);
/// The same into a link that is there, of which nothing is set yet: many links need no moving about.
[[nodiscard]] std::optional<Error> read_link(Message const& message, topology::Link& link);

/// The name of a link attribute for traces: "IFLA_MTU".
[[nodiscard]] std::string_view link_attribute_name(std::uint16_t type);

}  // namespace vethwork::netlink
