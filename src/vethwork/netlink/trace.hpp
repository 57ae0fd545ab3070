// A message for people: type, flags, and every attribute by name. Source: <linux/rtnetlink.h>, netlink(7).
#pragma once

#include <string>

#include <vethwork/netlink/connection.hpp>

namespace vethwork::netlink {

/// Several lines, each ending in a newline; the first says where the message goes. Any bytes are taken.
[[nodiscard]] std::string describe_message(Direction direction, Message const& message);

}  // namespace vethwork::netlink
