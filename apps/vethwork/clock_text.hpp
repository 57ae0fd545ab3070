// Moments as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace vethwork::app {

/// ns since 1970
[[nodiscard]] std::int64_t now_ns();
/// "12:00:01.123456" in the local zone, of ns since 1970.
[[nodiscard]] std::string clock_text(std::int64_t time);

}  // namespace vethwork::app
