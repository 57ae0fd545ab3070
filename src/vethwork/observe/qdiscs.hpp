// The queueing disciplines of a namespace's links.
#pragma once

#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::observe {

/// All of them, link after link, built-in ones ("noqueue", "noop") among them. Links have an index, no name.
[[nodiscard]] Result<std::vector<topology::Qdisc>> qdiscs(netlink::Connection& connection);

}  // namespace vethwork::observe
