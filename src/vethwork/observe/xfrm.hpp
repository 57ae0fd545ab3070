// IPsec's policies and states of a namespace: which packets are let through, blocked, transformed. Source:
// <linux/xfrm.h>, ip-xfrm(8).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/netlink/connection.hpp>

namespace vethwork::observe {

/// Which packets; ports count where their mask is not 0.
struct XfrmSelector {
    IpPrefix source, destination;
    std::uint16_t source_port = 0, source_port_mask = 0, destination_port = 0, destination_port_mask = 0;
    std::uint8_t protocol = 0;  ///< IPPROTO_…, 0: all
    std::uint32_t link = 0;     ///< 0: all

    bool operator==(XfrmSelector const&) const = default;
};

struct XfrmMark {
    std::uint32_t value = 0, mask = 0;

    bool operator==(XfrmMark const&) const = default;
};

enum class XfrmDirection : std::uint8_t { in, out, forward };  ///< XFRM_POLICY_…
enum class XfrmVerdict : std::uint8_t { allow, block };        ///< XFRM_POLICY_ALLOW, XFRM_POLICY_BLOCK

struct XfrmPolicy {
    XfrmSelector selector;
    XfrmDirection direction = XfrmDirection::in;
    XfrmVerdict verdict = XfrmVerdict::allow;
    std::uint32_t index = 0, priority = 0;  ///< the smallest priority counts first
    bool transforms = false;                ///< allowed packets need a state: it has templates
    std::optional<XfrmMark> mark;
    std::optional<std::uint32_t> interface_id;

    bool operator==(XfrmPolicy const&) const = default;
};

struct XfrmState {
    XfrmSelector selector;
    IpAddress source, destination;
    std::uint8_t protocol = 0;  ///< IPPROTO_ESP, IPPROTO_AH, …
    std::uint32_t spi = 0, request_id = 0;
    std::uint8_t mode = 0;  ///< XFRM_MODE_…
    std::optional<XfrmMark> mark;
    std::optional<std::uint32_t> interface_id;

    bool operator==(XfrmState const&) const = default;
};

/// The connection must be of NETLINK_XFRM; opening or asking fails where the kernel has no IPsec. Policies of
/// single sockets are left out.
[[nodiscard]] Result<std::vector<XfrmPolicy>> xfrm_policies(netlink::Connection& connection);
[[nodiscard]] Result<std::vector<XfrmState>> xfrm_states(netlink::Connection& connection);

}  // namespace vethwork::observe
