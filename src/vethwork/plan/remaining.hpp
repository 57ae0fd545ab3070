// What is still there once links that must go have gone: the kernel takes along what is on them.
#pragma once

#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// `actual` without addresses, routes, neighbours, VLANs and disciplines of links that are not wanted or must
/// be made anew, and without links that stand on such ones. Those links themselves are still in it, to be
/// ended.
[[nodiscard]] topology::NetworkState remaining(topology::NetworkState const& wanted,
                                               topology::NetworkState actual);

}  // namespace vethwork::plan
