// Writing into a topology file what was chosen automatically, so that it stays when the lab grows. Pure.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/link_yaml.hpp>

namespace vethwork::topology {

struct Pinned {
    std::string text;         ///< of the main file
    std::size_t ends = 0;     ///< that were written
    std::vector<Place> left;  ///< ends of the main file that could not be
};

/// Each end of a cable in the main file gets its interface's name and its addresses (automatic_items()). A
/// selector becomes the ends that it means; a chain, ring, mesh, or a link with `for` becomes its cables. The
/// rest of the text stays as it is.
[[nodiscard]] Pinned pin(Lab const& lab, PinAddresses which);

}  // namespace vethwork::topology
