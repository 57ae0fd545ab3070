// Drops that say nothing: networks in which everything works have them too. Pure.
#pragma once

#include <string_view>

namespace vethwork::diagnose {

/// `reason` and `function` as the kernel names them; an unknown function is empty, and then only reasons that
/// are harmless everywhere count.
[[nodiscard]] bool is_routine_drop(std::string_view reason, std::string_view function);

}  // namespace vethwork::diagnose
