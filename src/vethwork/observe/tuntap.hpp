// TUN and TAP devices and what only sysfs tells of them. Source: ip-tuntap(8), <linux/if_tun.h>.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/netlink/connection.hpp>

namespace vethwork::observe {

struct TunTapDevice {
    std::string name;
    std::uint32_t flags = 0;  ///< IFF_TUN, IFF_TAP, IFF_NO_PI, IFF_PERSIST, …
    std::optional<std::uint32_t> owner, group;

    bool operator==(TunTapDevice const&) const = default;
};

/// Those of the connection's namespace; /sys must show the same one.
[[nodiscard]] Result<std::vector<TunTapDevice>> tuntap_devices(netlink::Connection& connection);

}  // namespace vethwork::observe
