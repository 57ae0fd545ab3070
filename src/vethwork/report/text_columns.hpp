// Text in columns: padded by characters, not by bytes.
#pragma once

#include <string>
#include <string_view>

namespace vethwork::report {

/// How many characters of UTF-8 a text has.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// Blanks behind the text, up to `width`.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
/// Blanks before it.
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);
/// Without blanks at its end.
[[nodiscard]] std::string_view trim_end(std::string_view text);

}  // namespace vethwork::report
