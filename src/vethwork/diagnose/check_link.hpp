// What devices may hold against a frame: down, without carrier, of another size, a bridge's decisions. Each
// gives findings; none at all where the frame passes.
#pragma once

#include <cstdint>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

[[nodiscard]] bool is_up(topology::Link const& link);

/// A device that is to send.
[[nodiscard]] std::vector<Finding> leaving_obstacles(Site& site, topology::Link const& link);
/// Between the ends of a cable; `size` is of the IP packet.
[[nodiscard]] std::vector<Finding> cable_obstacles(Site& site, topology::Link const& link, Site& peer_site,
                                                   topology::Link const& peer, std::size_t size);

/// From one macvlan (or ipvlan) to another on the same device.
[[nodiscard]] std::vector<Finding> sibling_obstacles(Site& site, topology::Link const& link,
                                                     Site& sibling_site, topology::Link const& sibling);
/// A device cannot speak with the macvlans that stand on it.
[[nodiscard]] Finding host_isolation(Site& lower_site, topology::Link const& lower, Site& site,
                                     topology::Link const& link);

/// Whether a cable's end does nothing in a namespace that has a bridge: no address, no master.
[[nodiscard]] bool ends_unused(Site& site, topology::Link const& link);
/// Whether `port` looks as if it belonged to `bridge` and does not.
[[nodiscard]] bool is_stray_port(Site& site, topology::Link const& port, topology::Link const& bridge);
[[nodiscard]] Finding port_missing(Site& site, topology::Link const& port, topology::Link const& bridge);

/// A frame in a bridge: its VLAN (0: a bridge that does not filter), the tag it leaves with, what stops it.
struct BridgeVerdict {
    std::uint16_t vlan = 0;
    std::vector<Finding> obstacles;
};
/// Comes in by `port`; null: the bridge device itself sends.
[[nodiscard]] BridgeVerdict bridge_ingress(Site& site, topology::Link const& bridge,
                                           topology::Link const* port, std::uint16_t tag);
/// Goes out by `port`; `vlan` of the result is the tag that it carries then.
[[nodiscard]] BridgeVerdict bridge_egress(Sites& sites, Site& site, topology::Link const& bridge,
                                          topology::Link const* from, topology::Link const& port,
                                          std::uint16_t vlan);
/// Is handed up to the bridge device itself.
[[nodiscard]] BridgeVerdict bridge_to_self(Sites& sites, Site& site, topology::Link const& bridge,
                                           std::uint16_t vlan);

enum class FrameForm : std::uint8_t { tagged, untagged };
/// A port of a bridge sends frames of a VLAN in another form than whoever is beyond it takes.
[[nodiscard]] Finding tag_mismatch(Site& site, topology::Link const& port, std::uint16_t vlan,
                                   FrameForm wanted);
/// The device that takes the frames of a VLAN that come in by `link`; null: there is none in its namespace.
[[nodiscard]] topology::Link const* vlan_device_on(Sites& sites, Site& site, topology::Link const& link,
                                                   std::uint16_t vlan);
[[nodiscard]] bool port_carries(Site& site, topology::Link const& port, std::uint16_t vlan);

}  // namespace vethwork::diagnose
