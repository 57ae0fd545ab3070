// Packets that are too big for a link on the way: whether their sender would be told. Source: RFC 1191,
// RFC 8201, RFC 2923.
#pragma once

#include <optional>

#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// Whether a later device of the way has a smaller MTU than the one that the sender begins with.
[[nodiscard]] bool narrows(Walk const& forward);
/// Who keeps the sender from being told; nothing where nobody is found.
[[nodiscard]] std::optional<Finding> untold_sender(Walk const& forward);

}  // namespace vethwork::diagnose
