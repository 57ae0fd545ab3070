// Quantities as a topology file writes them: a number and its unit, never a bare number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vethwork::topology {

/// A time, in nanoseconds.
struct Duration {
    std::int64_t nanoseconds = 0;
    auto operator<=>(Duration const&) const = default;
};

/// A rate, in bits per second.
struct BitRate {
    std::uint64_t bits_per_second = 0;
    auto operator<=>(BitRate const&) const = default;
};

/// A share; 1% is 0.01.
struct Share {
    double value = 0;
    auto operator<=>(Share const&) const = default;
};

/// `20ms`: a decimal number and ns, us, ms, s, min or h. At most 24 days.
[[nodiscard]] std::optional<Duration> parse_duration(std::string_view text);
/// `10mbit`: a decimal number and bit, kbit, mbit, gbit or tbit (powers of 1000).
[[nodiscard]] std::optional<BitRate> parse_rate(std::string_view text);
/// `1%`, `0.5%`: 0 to 100.
[[nodiscard]] std::optional<Share> parse_percent(std::string_view text);
/// `64kB`, `1500B`, `1MiB`: bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
/// Decimal digits, perhaps behind a minus; no other form.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
/// `true`, `yes`, `on`; `false`, `no`, `off`.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// The shortest text that reads back as the same value.
[[nodiscard]] std::string to_text(Duration duration);
[[nodiscard]] std::string to_text(BitRate rate);
[[nodiscard]] std::string to_text(Share share);

}  // namespace vethwork::topology
