// A link: what a user wants of it, what the kernel says of it. Source: <linux/if_link.h>, ip-link(8).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <vethwork/base/link_address.hpp>
#include <vethwork/topology/link_bond.hpp>
#include <vethwork/topology/link_bridge.hpp>
#include <vethwork/topology/link_stacked.hpp>
#include <vethwork/topology/link_tun.hpp>
#include <vethwork/topology/link_tunnel.hpp>
#include <vethwork/topology/link_vxlan.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

struct Link;

/// One end of a virtual cable; the other end as wanted at creation (empty: the kernel chooses).
struct Veth {
    std::vector<Link> peer;  ///< at most one

    bool operator==(Veth const& other) const;
};

/// A kind that has nothing to set: "ifb", "dummy", or one this program knows only by name.
struct PlainKind {
    std::string name;

    bool operator==(PlainKind const&) const = default;
};

/// What sort of device a link is; PlainKind with an empty name is a device without a kind (lo, hardware).
using LinkKind =
    std::variant<PlainKind, Veth, Bridge, Vxlan, Geneve, Macvlan, Macvtap, Ipvlan, Ipvtap, Vlan, Vrf, Bond,
                 Gre, Gretap, Ip6Gre, Ip6Gretap, IpTunnel, Sit, Ip6Tunnel, Vti, Vti6, Xfrm, Tun>;

/// What a link is to its master; monostate where it has none or one of an unknown kind.
using PortKind = std::variant<std::monostate, BridgePort, BondPort, VrfPort>;

/// Counters of a link, in the kernel's order (struct rtnl_link_stats64; packets, bytes).
struct LinkStatistics {
    std::uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped,
        multicast, collisions, rx_length_errors, rx_over_errors, rx_crc_errors, rx_frame_errors,
        rx_fifo_errors, rx_missed_errors, tx_aborted_errors, tx_carrier_errors, tx_fifo_errors,
        tx_heartbeat_errors, tx_window_errors, rx_compressed, tx_compressed, rx_nohandler,
        rx_otherhost_dropped;

    bool operator==(LinkStatistics const&) const = default;
};

/// A program in the receive path of a link (XDP).
struct XdpProgram {
    std::uint8_t mode = 0;     ///< XDP_ATTACHED_…: in the driver, generic, in hardware, several
    std::uint32_t number = 0;  ///< the kernel's id of the program; 0 where there are several

    bool operator==(XdpProgram const&) const = default;
};

struct Link {
    std::string name;                 ///< at most 15 characters (IFNAMSIZ)
    std::uint32_t index = 0;          ///< 0: the kernel chooses
    std::uint16_t hardware_type = 0;  ///< ARPHRD_…, read only
    std::uint32_t flags = 0;          ///< IFF_…; when changing, those of `flags_mask` are set to this
    std::uint32_t flags_mask = 0;

    LinkKind kind;
    std::string kind_name;  ///< as the kernel spells it, also for kinds unknown here; filled on reading
    PortKind port;
    std::string port_kind_name;

    std::optional<std::uint32_t> mtu, min_mtu, max_mtu;
    std::optional<LinkAddress> address, broadcast, permanent_address;
    std::optional<std::uint32_t> transmit_queue_length, transmit_queues, receive_queues;
    std::optional<std::uint32_t> gso_max_size, gso_max_segments, tso_max_size, tso_max_segments, gro_max_size,
        gso_ipv4_max_size, gro_ipv4_max_size;
    std::optional<std::string> alias, queueing_discipline, parent_device, parent_bus, physical_port_name;
    std::optional<std::vector<std::uint8_t>> physical_port_id, physical_switch_id;
    std::optional<std::uint32_t> group;
    std::optional<LinkRef> master, lower;     ///< index 0 in a change: no master
    bool master_is_vrf = false;               ///< as wanted: the master must be one
    std::optional<NamespaceRef> lower_netns;  ///< as wanted: where `lower` is
    std::optional<std::int32_t> lower_nsid, new_nsid;
    std::optional<std::uint32_t> new_index;
    std::optional<std::uint8_t> operational_state, link_mode, carrier, protocol_down;
    std::optional<std::uint32_t> protocol_down_reasons;  ///< a bit for each reason
    std::uint32_t protocol_down_reasons_mask = 0;        ///< a change: those to be set
    std::optional<std::uint32_t> promiscuity, all_multicast, carrier_changes, carrier_up_count,
        carrier_down_count;
    std::optional<std::uint8_t> address_generation_mode;  ///< IN6_ADDR_GEN_MODE_…
    std::optional<LinkStatistics> statistics;
    std::vector<std::string> alternative_names;
    std::optional<XdpProgram> xdp;        ///< read only
    bool detach_xdp = false;              ///< a change: no program in the receive path
    std::optional<NamespaceRef> netns;    ///< where it is to be, or is to be moved
    std::optional<std::string> new_name;  ///< a change: rename

    bool operator==(Link const&) const = default;
};

inline bool Veth::operator==(Veth const& other) const { return peer == other.peer; }

}  // namespace vethwork::topology
