// Layer 2: where a frame that leaves a device may come out, which devices it passes, and what stands in its
// way. What stands in the way is passed all the same, and noted, so that the far side is known too.
#pragma once

#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/firewall.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

/// A device where a frame is handed to the IP layer.
struct Landing {
    Site* site = nullptr;
    topology::Link const* link = nullptr;
    Track way;               ///< from the sending device (out) to this one (in), with obstacles
    unsigned obstacles = 0;  ///< findings in `way`
};

/// What a frame is, as far as devices care.
struct FrameKind {
    Family family = Family::ipv4;
    std::size_t size = 84;                   ///< octets of the IP packet
    FirewallPacket const* packet = nullptr;  ///< as rules see it; null: it is not asked what bridges filter
    /// Also devices of other namespaces that stand on one of this segment: all namespaces are read for them.
    bool everywhere = false;
};

/// Every landing of a broadcast frame that `link` of `site` sends; those without obstacles first.
[[nodiscard]] std::vector<Landing> landings(Sites& sites, Site& site, topology::Link const& link,
                                            FrameKind const& frame);

}  // namespace vethwork::diagnose
