// What the rules of a namespace hold against a packet at a hook.
#pragma once

#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/firewall.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

/// `family` as for firewall_verdict(): "bridge", "netdev", or empty.
[[nodiscard]] std::vector<Finding> firewall_obstacles(Site& site, std::string_view hook,
                                                      std::string_view family, FirewallPacket const& packet);

/// Policies of IPsec that block.
[[nodiscard]] std::vector<Finding> policy_obstacles(Site& site, std::string_view hook,
                                                    FirewallPacket const& packet);

/// Neighbour discovery at a namespace that is asked for an address of its own.
[[nodiscard]] std::vector<Finding> discovery_obstacles(Site& site, std::string const& device,
                                                       IpAddress const& asker, IpAddress const& asked);

/// Filters and disciplines of tc: `ingress` before the packet is seen by the IP layer, else behind it.
enum class TrafficSide : std::uint8_t { ingress, egress };
[[nodiscard]] std::vector<Finding> traffic_obstacles(Site& site, topology::Link const& link,
                                                     TrafficSide side);

}  // namespace vethwork::diagnose
