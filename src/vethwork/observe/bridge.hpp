// What bridges know: where each link-layer address is, which VLANs each port carries, how each port stands.
// Source: <linux/if_bridge.h>, <linux/neighbour.h>, bridge(8).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/link_bridge.hpp>
#include <vethwork/topology/neighbour.hpp>

namespace vethwork::observe {

/// One line of a forwarding table: of a bridge (has a master), of a VXLAN (flag NTF_SELF, a destination), or
/// an address that a device itself takes (NTF_SELF, permanent). Links have an index, no name.
struct ForwardingEntry {
    LinkAddress address;
    std::uint32_t link = 0;             ///< the port, or the device itself
    std::uint32_t master = 0;           ///< the bridge; 0: the table of the device itself
    std::optional<std::uint16_t> vlan;  ///< absent: untagged traffic, or a bridge that does not filter
    std::uint16_t state = 0;            ///< NUD_…
    std::uint8_t flags = 0;             ///< NTF_SELF, NTF_MASTER, NTF_STICKY, NTF_EXT_LEARNED, NTF_OFFLOADED
    std::optional<std::uint32_t> extended_flags;  ///< NTF_EXT_LOCKED
    std::optional<IpAddress> destination;         ///< VXLAN: where the frame goes
    std::optional<std::uint32_t> vni, source_vni;
    std::optional<std::uint16_t> udp_port;       ///< absent: the device's own
    std::optional<std::uint32_t> via;            ///< VXLAN: through this link
    std::optional<std::uint32_t> nexthop_group;  ///< VXLAN: instead of a destination
    std::optional<topology::NeighbourTimes> times;

    /// Delivered to the bridge (or device) itself, as its own address: what `bridge fdb add` makes by
    /// default.
    [[nodiscard]] bool is_permanent() const;
    /// Set by somebody; unless sticky it still moves to another port when a frame comes from there.
    [[nodiscard]] bool is_static() const;
    /// Learnt from a frame.
    [[nodiscard]] bool is_learnt() const;

    bool operator==(ForwardingEntry const&) const = default;
};

/// Which entries; 0 does not restrict. The kernel filters itself.
struct ForwardingQuery {
    std::uint32_t link = 0;    ///< entries of this port or device
    std::uint32_t master = 0;  ///< entries of the ports of this bridge, and its own
};

/// Consecutive VLANs that are treated alike.
struct VlanRange {
    std::uint16_t first = 0, last = 0;  ///< 1..4094
    bool untagged = false;              ///< the tag is taken off on the way out
    bool pvid = false;                  ///< untagged frames that come in belong here

    bool operator==(VlanRange const&) const = default;
};

/// A port of a bridge, or a bridge as a port of itself (then `port` is empty and `master` is `link`).
struct BridgeMember {
    std::uint32_t link = 0, master = 0;
    std::uint32_t flags = 0;       ///< IFF_…
    topology::BridgePort port;     ///< state, isolated, locked, flood, learning, hairpin, …
    std::vector<VlanRange> vlans;  ///< empty too where the kernel or the bridge has no VLANs

    [[nodiscard]] bool is_bridge() const { return link == master; }
    /// The VLAN of untagged frames that come in, where there is one.
    [[nodiscard]] std::optional<std::uint16_t> pvid() const;
    /// The range that holds a VLAN, or null.
    [[nodiscard]] VlanRange const* carries(std::uint16_t vlan) const;

    bool operator==(BridgeMember const&) const = default;
};

[[nodiscard]] Result<std::vector<ForwardingEntry>> forwarding_entries(netlink::Connection& connection,
                                                                      ForwardingQuery const& query);
/// All bridges of the namespace and their ports, in the kernel's order.
[[nodiscard]] Result<std::vector<BridgeMember>> bridge_members(netlink::Connection& connection);

/// Out of an RTM_NEWNEIGH message of the family AF_BRIDGE.
[[nodiscard]] Result<ForwardingEntry> read_forwarding_entry(netlink::Message const& message);
/// Out of an RTM_NEWLINK message of the family AF_BRIDGE.
[[nodiscard]] Result<BridgeMember> read_bridge_member(netlink::Message const& message);

}  // namespace vethwork::observe
