// Finding something out in a child process, for what cannot be undone in this one: its answer, or its error.
#pragma once

#include <functional>
#include <string_view>

#include <nlohmann/json.hpp>

#include <vethwork/base/result.hpp>

namespace vethwork::app {

/// What `work` gives in the child. An error keeps its fault, and its whole text as what was attempted; where
/// the child ends without an answer: "WHAT ended early", a fault of lookup. Texts may hold any bytes.
[[nodiscard]] Result<nlohmann::ordered_json> json_of_child(
    std::string_view what, std::function<Result<nlohmann::ordered_json>()> const& work);

}  // namespace vethwork::app
