// Writing into a topology file what was chosen automatically, so that it stays when the lab grows. Pure.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

enum class PinAddresses { ip_only, ip_and_mac };

struct Pinned {
    std::string text;         ///< of the main file
    std::size_t ends = 0;     ///< that were written
    std::vector<Place> left;  ///< ends that one place in the file gives several of: `for`, selectors, chains
};

/// Each end of a cable that stands in the main file by itself gets its interface's name and its addresses;
/// with `ip_and_mac` also a link-layer address (locally administered, made from the names of lab, node and
/// interface).
[[nodiscard]] Pinned pin(Lab const& lab, PinAddresses which);

}  // namespace vethwork::topology
