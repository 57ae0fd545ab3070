// Fractions read and rounded without std::from_chars for double and without <cmath>: for these the program
// would have to load libm at each start.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vethwork {

/// Digits with at most one point among them, as "250", "0.5", ".5" or "5."; no sign, exponent, nor blank.
/// Nothing where it is anything else, or longer than 20 characters.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text);

/// Halves to the even one, as rint(3) and so tc(8) has it; of what an std::int64_t can hold.
[[nodiscard]] inline std::int64_t nearest_whole(double value) {
    auto const whole = static_cast<std::int64_t>(value < 0 ? value - 0.5 : value + 0.5);
    auto const beyond = static_cast<double>(whole) - value;
    bool const is_half = beyond == 0.5 || beyond == -0.5;
    return is_half && whole % 2 != 0 ? whole - (value < 0 ? -1 : 1) : whole;
}

}  // namespace vethwork
