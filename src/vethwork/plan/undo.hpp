// Exact inverses of deletions, for who knows what was made.
#pragma once

#include <vethwork/plan/operation.hpp>

namespace vethwork::plan {

/// Whether `deletion` takes away just what `making` has made, so that `making` again is its exact inverse,
/// provided that nothing made later still stands. Only for addresses, and for IPv4 routes of one hop and
/// without a priority (of those that fit, the kernel takes the first).
[[nodiscard]] bool takes_back(Operation const& deletion, Operation const& making);

/// The operation changes nothing but a link's MTU, and neither value can end IPv6 on the link (RFC 8200, 5).
[[nodiscard]] bool changes_only_mtu(Operation const& operation);

/// Whether inverse_of() would give something, without making it where that is costly.
[[nodiscard]] bool has_inverse(Operation const& operation);

}  // namespace vethwork::plan
