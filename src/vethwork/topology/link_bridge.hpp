// A bridge and its ports. Times are in USER_HZ (1/100 s) as the kernel has them. Source: ip-link(8),
// IFLA_BR_…, IFLA_BRPORT_….
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <vethwork/base/link_address.hpp>

namespace vethwork::topology {

struct Bridge {
    std::optional<std::uint32_t> forward_delay, hello_time, max_age, ageing_time, stp_state;
    std::optional<std::uint16_t> priority;
    std::optional<std::uint8_t> vlan_filtering;

    bool operator==(Bridge const&) const = default;
};

struct BridgePort {
    std::optional<std::uint8_t> state;
    std::optional<std::uint16_t> priority;
    std::optional<std::uint32_t> cost;

    bool operator==(BridgePort const&) const = default;
};

}  // namespace vethwork::topology
