// The commands of `ip route` that have files of their own.
#pragma once

#include <vethwork/topology/route_filter.hpp>

#include "ip/routing.hpp"

namespace vethwork::app {

/// Reads selectors, their links resolved.
[[nodiscard]] Result<topology::RouteFilter> take_route_filter(Session& session, plan::WordReader& words);
/// What of a filter the kernel can do.
[[nodiscard]] observe::RouteQuery query_of(topology::RouteFilter const& filter);

[[nodiscard]] Result<int> flush_routes(Session& session, plan::WordReader& words);
[[nodiscard]] Result<int> save_routes(Session& session, plan::WordReader& words);
[[nodiscard]] Result<int> restore_routes(Session& session);
[[nodiscard]] Result<int> show_saved_routes(Session& session);

}  // namespace vethwork::app
