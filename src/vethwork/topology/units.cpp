#include <vethwork/topology/units.hpp>

#include <array>
#include <span>

#include <fmt/format.h>

#include <vethwork/base/decimal.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::topology {

namespace {

struct Unit {
    std::string_view name;
    double factor;
};

constexpr auto times = std::to_array<Unit>(
    {{"ns", 1}, {"µs", 1e3}, {"us", 1e3}, {"ms", 1e6}, {"min", 60e9}, {"s", 1e9}, {"h", 3600e9}});
constexpr auto rates =
    std::to_array<Unit>({{"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}, {"tbit", 1e12}, {"bit", 1}});
constexpr auto sizes = std::to_array<Unit>({{"KiB", 1024},
                                            {"MiB", 1024.0 * 1024},
                                            {"GiB", 1024.0 * 1024 * 1024},
                                            {"kB", 1e3},
                                            {"MB", 1e6},
                                            {"GB", 1e9},
                                            {"B", 1}});
constexpr double longest_time = 24 * 24 * 3600e9, fastest_rate = 1e15, largest_size = 1e15;

std::optional<double> parse_quantity(std::string_view text, std::span<Unit const> units, double most) {
    for (auto const& unit : units) {
        if (!text.ends_with(unit.name)) continue;
        auto const digits = text.substr(0, text.size() - unit.name.size());
        if (digits.starts_with('.') || digits.ends_with('.')) continue;
        auto const number = parse_decimal(digits);
        if (!number) continue;
        double const value = *number * unit.factor;
        return value <= most ? std::optional(value) : std::nullopt;
    }
    return {};
}

std::string with_largest_unit(std::uint64_t value, std::span<Unit const> units, std::string_view smallest) {
    Unit best{smallest, 1};
    for (auto const& unit : units)
        if (unit.factor >= best.factor && value != 0 && value % static_cast<std::uint64_t>(unit.factor) == 0)
            best = unit;
    return fmt::format("{}{}", value / static_cast<std::uint64_t>(best.factor), best.name);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
    auto const value = parse_quantity(text, times, longest_time);
    return value ? std::optional(Duration{nearest_whole(*value)}) : std::nullopt;
}

std::optional<BitRate> parse_rate(std::string_view text) {
    auto const value = parse_quantity(text, rates, fastest_rate);
    return value ? std::optional(BitRate{static_cast<std::uint64_t>(nearest_whole(*value))}) : std::nullopt;
}

std::optional<Share> parse_percent(std::string_view text) {
    constexpr auto percent = std::to_array<Unit>({{"%", 1}});
    auto const value = parse_quantity(text, percent, 100);
    return value ? std::optional(Share{*value / 100}) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    auto const value = parse_quantity(text, sizes, largest_size);
    return value ? std::optional(static_cast<std::uint64_t>(nearest_whole(*value))) : std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_number<std::int64_t>(text, 10);
}

std::optional<bool> parse_boolean(std::string_view text) {
    if (text == "true" || text == "yes" || text == "on") return true;
    if (text == "false" || text == "no" || text == "off") return false;
    return {};
}

std::string to_text(Duration duration) {
    return with_largest_unit(static_cast<std::uint64_t>(duration.nanoseconds), times, "ns");
}

std::string to_text(BitRate rate) { return with_largest_unit(rate.bits_per_second, rates, "bit"); }

std::string to_text(Share share) { return fmt::format("{:.10g}%", share.value * 100); }

}  // namespace vethwork::topology
