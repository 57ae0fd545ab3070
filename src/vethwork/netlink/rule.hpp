// Rules of policy routing on the wire: RTM_NEWRULE, RTM_DELRULE. Source: <linux/fib_rules.h>.
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::netlink {

void write_rule(topology::Rule const& rule, MessageWriter& to);

/// A rule out of an RTM_NEWRULE or RTM_DELRULE message of IPv4 or IPv6.
[[nodiscard]] Result<topology::Rule> read_rule(Message const& message);

}  // namespace vethwork::netlink
