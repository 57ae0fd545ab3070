// What the characters of a scalar mean. libfyaml 0.7 finds where scalars begin and end, but garbles the text
// of some: '' twice in a row, escaped blanks at the end of a line, lines of > that are indented further. So
// it is decoded here. Source: YAML 1.2.2, 5.7, 6.5, 7.3, 8.1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vethwork::topology {

/// What stands between single quotes: '' is one quote, lines are folded.
[[nodiscard]] std::string single_quoted_text(std::string_view raw);
/// What stands between double quotes: escapes are replaced, lines are folded. Nothing where an escape has no
/// meaning, or names no character.
[[nodiscard]] std::optional<std::string> double_quoted_text(std::string_view raw);
/// The lines below a header `>`, `>-` or `>+`: line breaks between texts become blanks. Nothing where the
/// header says how far they are indented, or is none.
[[nodiscard]] std::optional<std::string> folded_text(std::string_view header, std::string_view lines);

}  // namespace vethwork::topology
