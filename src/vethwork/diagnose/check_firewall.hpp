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

/// The finding about what ends a packet in a hook.
[[nodiscard]] Finding firewall_finding(Site& site, std::string_view hook, std::string_view family,
                                       FirewallVerdict const& verdict, FirewallPacket const& packet);

/// Policies of IPsec that block.
[[nodiscard]] std::vector<Finding> policy_obstacles(Site& site, std::string_view hook,
                                                    FirewallPacket const& packet);

/// Two ends of a segment, one of which asks for the other's address.
struct Discovery {
    Site* asker = nullptr;
    std::string asking_device;
    IpAddress source;
    Site* owner = nullptr;
    std::string owning_device;
    IpAddress target;
};
/// Rules at either end that drop the question or its answer, of ARP or of neighbour discovery.
[[nodiscard]] std::vector<Finding> discovery_obstacles(Discovery const& discovery);

/// Filters and disciplines of tc: `ingress` before the packet is seen by the IP layer, else behind it.
enum class TrafficSide : std::uint8_t { ingress, egress };
[[nodiscard]] std::vector<Finding> traffic_obstacles(Site& site, topology::Link const& link,
                                                     TrafficSide side);

}  // namespace vethwork::diagnose
