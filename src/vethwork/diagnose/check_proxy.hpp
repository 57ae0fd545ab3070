// Addresses that a router answers for although they lie behind it: proxy ARP, proxy neighbour discovery.
// Source: Documentation/networking/ip-sysctl.rst (proxy_arp, proxy_ndp), ip-neighbour(8).
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/check_route.hpp>

namespace vethwork::diagnose {

/// Whether the namespace answers, where the frame lands, for an address that is not its own.
[[nodiscard]] bool answers_for(Landing const& landing, IpAddress const& address);

/// Nobody on the segment has the destination: the router that was probably meant to answer for it.
[[nodiscard]] Landing const* meant_to_answer(RouteContext const& context, Walk const& walk,
                                             std::vector<Landing> const& found);
[[nodiscard]] Finding proxy_off(Landing const& landing, IpAddress const& address);

}  // namespace vethwork::diagnose
