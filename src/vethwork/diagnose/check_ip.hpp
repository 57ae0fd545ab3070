// What the IP layer of a namespace may hold against a packet before it is routed: forwarding, reverse path,
// addresses to send from. Source: Documentation/networking/ip-sysctl.rst.
#pragma once

#include <vector>

#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// The device by which a packet to an address would leave; null: there is no way.
[[nodiscard]] topology::Link const* exit_towards(Site& site, IpAddress const& to,
                                                 std::optional<IpAddress> const& source,
                                                 std::string const& incoming);

/// A packet that comes in by a device, for whomever.
[[nodiscard]] std::vector<Finding> arriving_obstacles(Site& site, topology::Link const& in,
                                                      WalkedPacket const& packet);
/// A packet that came in and has been given a loopback address.
[[nodiscard]] std::vector<Finding> martian_obstacles(Site& site, topology::Link const& in);
/// A packet that came in and is not for this namespace.
[[nodiscard]] std::vector<Finding> forwarding_obstacles(Site& site, topology::Link const& in, Family family);
/// A packet to an address of its own sender.
[[nodiscard]] std::vector<Finding> loopback_obstacles(Site& site, IpAddress const& to);
/// The address that the packet leaves with.
[[nodiscard]] std::vector<Finding> source_obstacles(Site& site, topology::Link const& out, Walk const& walk,
                                                    WalkedPacket const& packet);

}  // namespace vethwork::diagnose
