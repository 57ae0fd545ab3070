// What each code of a complaint about a topology file means, at length.
#pragma once

#include <span>
#include <string_view>

namespace vethwork::topology {

struct Explanation {
    std::string_view code;   ///< "E207"
    std::string_view title;  ///< what is wrong, in a few words
    std::string_view text;   ///< why it is wrong and what is right; lines of at most 92 characters
};

/// All of them, by code.
[[nodiscard]] std::span<Explanation const> explanations();
/// Nothing where there is no such code.
[[nodiscard]] Explanation const* find_explanation(std::string_view code);

}  // namespace vethwork::topology
