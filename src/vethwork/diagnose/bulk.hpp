// Whether packets as large as the sender's first link allows get through: a small exchange does not tell.
#pragma once

#include <chrono>
#include <cstddef>

#include <vethwork/diagnose/flow.hpp>

namespace vethwork::diagnose {

enum class Bulk : std::uint8_t {
    passes,
    stalls,         ///< and the sender is not told why
    answers_stall,  ///< large packets arrive, large answers do not
    unknown,        ///< it could not be tried
};

/// Sends large packets from the present namespace. Echo requests that may not be fragmented; over TCP some
/// octets, whose arrival the peer's kernel confirms. Not tried over UDP.
[[nodiscard]] Bulk try_bulk(Flow const& flow, std::size_t mtu, std::chrono::milliseconds patience);

}  // namespace vethwork::diagnose
