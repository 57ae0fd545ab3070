// Decimal fractions out of text, without the whole of std::from_chars for double: that one alone would make
// the program load libm at each start.
#pragma once

#include <optional>
#include <string_view>

namespace vethwork {

/// Digits with at most one point among them, as "250", "0.5", ".5" or "5."; no sign, exponent, nor blank.
/// Nothing where it is anything else, or longer than 20 characters.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);

}  // namespace vethwork
