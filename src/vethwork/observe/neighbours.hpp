// The neighbours of a namespace, as values.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/neighbour.hpp>

namespace vethwork::observe {

enum class NeighbourTable { entries, proxies };

/// Which entries; what is absent does not restrict. The kernel filters itself.
struct NeighbourQuery {
    std::optional<Family> family;
    NeighbourTable table = NeighbourTable::entries;
    std::uint32_t link_index = 0;
    std::int32_t master_index = 0;  ///< -1: of links that have no master
};

/// What a dump gave, in the kernel's order, and whether the state changed meanwhile.
struct NeighbourSet {
    std::vector<topology::Neighbour> neighbours;
    bool interrupted = false;
};

[[nodiscard]] Result<NeighbourSet> neighbours(netlink::Connection& connection, NeighbourQuery const& query);
/// One entry; of `which` the address, the link's index and NTF_PROXY among the flags count.
[[nodiscard]] Result<topology::Neighbour> neighbour(netlink::Connection& connection,
                                                    topology::Neighbour const& which);

}  // namespace vethwork::observe
