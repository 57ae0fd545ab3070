// The normal form of a YAML text: two blanks a level, lists below their key, blanks within {} and none within
// [], no blanks at ends of lines, no two empty lines in a row. Comments stay, and so does the order. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <vethwork/topology/complaint.hpp>

namespace vethwork::topology {

/// The normal form of file `file` of `sources`. Nothing, and a complaint, where it is no YAML, or (E112)
/// where the normal form would not mean the same or would lose a comment.
[[nodiscard]] std::optional<std::string> normal_form(Sources const& sources, std::uint16_t file,
                                                     Complaints& complaints);

}  // namespace vethwork::topology
