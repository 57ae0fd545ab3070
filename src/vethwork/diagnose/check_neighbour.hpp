// Who on a segment answers for the next hop's address: nobody, the wrong one, two, or the right one that is
// kept from answering. Source: Documentation/networking/ip-sysctl.rst (arp_ignore, proxy_arp), RFC 4861.
#pragma once

#include <vector>

#include <vethwork/diagnose/check_route.hpp>

namespace vethwork::diagnose {

struct NextHop {
    std::optional<Landing> landing;       ///< where the packet goes on; as meant, where nobody answers
    bool ends_there = false;              ///< it is the destination, as meant
    bool by_proxy = false;                ///< somebody answers in the owner's place
    std::vector<Finding> route_findings;  ///< wrong with the decision itself: before the cable
    std::vector<Finding> findings;        ///< at the far end
};

[[nodiscard]] NextHop next_hop(RouteContext const& context, Walk const& walk,
                               std::vector<Landing> const& found);

}  // namespace vethwork::diagnose
