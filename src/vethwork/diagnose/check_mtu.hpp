// Packets that are too big for a link on the way: whether their sender would be told. Source: RFC 1191,
// RFC 8201, RFC 2923.
#pragma once

#include <optional>

#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// Whether a later device of the way has a smaller MTU than the one that the sender begins with.
[[nodiscard]] bool narrows(Walk const& forward);
/// VXLAN devices of the way whose packets do not fit the network below them, and other tunnels that are kept
/// from learning so.
[[nodiscard]] std::vector<Finding> oversized_tunnels(Sites& sites, Walk const& way);
/// A rule of the way that announces larger TCP segments than it carries; `mtu` is the smallest of it.
[[nodiscard]] std::optional<Finding> segments_too_large(Walk const& way, std::uint32_t mtu);
/// The smallest MTU of the devices that the way leaves by; 0: none is known.
[[nodiscard]] std::uint32_t smallest_mtu(Walk const& way);
/// Ports of one bridge of which the second takes smaller frames than are sent.
[[nodiscard]] std::optional<Finding> unequal_ports(Sites& sites, Walk const& way, std::size_t size);
/// Who keeps the sender from being told; nothing where nobody is found.
[[nodiscard]] std::optional<Finding> untold_sender(Walk const& forward);

}  // namespace vethwork::diagnose
