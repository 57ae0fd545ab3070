// A VLAN that a port of a bridge carries. Source: bridge(8).
#pragma once

#include <cstdint>

#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

struct BridgeVlan {
    LinkRef link;           ///< the port
    std::uint16_t id = 0;   ///< 1 to 4094
    bool pvid = false;      ///< untagged frames that come in belong here
    bool untagged = false;  ///< the tag is taken off on the way out

    bool operator==(BridgeVlan const&) const = default;
};

}  // namespace vethwork::topology
