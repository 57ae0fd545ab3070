// A device whose other end is a program: TUN (packets) or TAP (frames). Source: ip-tuntap(8),
// <linux/if_tun.h>, IFLA_TUN_….
#pragma once

#include <cstdint>
#include <optional>

namespace vethwork::topology {

/// As the kernel shows it; it is made by ioctl(2), see plan::AddTunTap.
struct Tun {
    std::optional<std::uint32_t> owner, group;
    std::optional<std::uint8_t> type;  ///< 1 tun, 2 tap
    std::optional<bool> packet_information, virtual_net_header, persistent, multi_queue;
    std::optional<std::uint32_t> queues, disabled_queues;

    bool operator==(Tun const&) const = default;
};

}  // namespace vethwork::topology
