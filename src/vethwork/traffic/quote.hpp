// Bytes of any kind as one line of text between double quotes.
#pragma once

#include <string>
#include <string_view>

namespace vethwork {

/// Appends `text` quoted as Go's %q does (strconv.Quote): \a \b \f \n \r \t \v, \" and \\, printable Unicode
/// as it is, \u or \U for the rest, \x for control characters and for bytes that are no UTF-8.
void append_quoted(std::string& to, std::string_view text);
[[nodiscard]] std::string quote(std::string_view text);

/// Letters, marks, numbers, punctuation and symbols of Unicode 13, and the space of ASCII (Go's
/// strconv.IsPrint).
[[nodiscard]] bool is_printable(char32_t character);

}  // namespace vethwork
