// Which namespaces are next to each other, and the shortest way between two of them: what a missing route was
// probably meant to be.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/segment.hpp>

namespace vethwork::diagnose {

/// One step from a namespace to the next.
struct Leg {
    Site* from = nullptr;
    topology::Link const* out = nullptr;
    Site* to = nullptr;
    topology::Link const* in = nullptr;
};

/// The shortest chain of legs; nothing where there is none. It does not pass through `avoided`.
[[nodiscard]] std::optional<std::vector<Leg>> shortest_way(Sites& sites, Site& from, Site& to, Family family,
                                                           Site const* avoided);
/// The address by which the far end of a leg is a gateway for its near end.
[[nodiscard]] std::optional<IpAddress> gateway_of(Leg const& leg, Family family);
/// "via 10.0.1.1", "via fe80::1 dev eth0"
[[nodiscard]] std::string via_words(Leg const& leg, IpAddress const& gateway);
/// The prefix of an address as its owner has it on its link: what a route to it should name.
[[nodiscard]] IpPrefix network_of(Site& owner, IpAddress const& address);

}  // namespace vethwork::diagnose
