// Bounds that a measured quantity must keep: `20ms` (at most), `<= 20%`, `>= 10mbit`, `35ms..60ms`.
#pragma once

#include <optional>
#include <string_view>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/units.hpp>

namespace vethwork::topology {

template <class T>
struct Range {
    std::optional<T> least, most;  ///< inclusive

    [[nodiscard]] bool contains(T const& value) const {
        return (!least || !(value < *least)) && (!most || !(*most < value));
    }
    bool operator==(Range const&) const = default;
};

[[nodiscard]] inline std::optional<Duration> parse_unit(std::string_view text, Duration*) {
    return parse_duration(text);
}
[[nodiscard]] inline std::optional<BitRate> parse_unit(std::string_view text, BitRate*) {
    return parse_rate(text);
}
[[nodiscard]] inline std::optional<Share> parse_unit(std::string_view text, Share*) {
    return parse_percent(text);
}

/// A quantity alone is its upper bound; for rates, the lower one.
template <class T>
[[nodiscard]] std::optional<Range<T>> parse_range(std::string_view text) {
    auto const unit = [](std::string_view part) { return parse_unit(trim(part), static_cast<T*>(nullptr)); };
    bool at_least = std::is_same_v<T, BitRate>;
    if (auto const dots = text.find(".."); dots != std::string_view::npos) {
        auto const least = unit(text.substr(0, dots)), most = unit(text.substr(dots + 2));
        if (!least || !most || *most < *least) return {};
        return Range<T>{least, most};
    }
    if (text.starts_with("<=") || text.starts_with(">=")) {
        at_least = text[0] == '>';
        text.remove_prefix(2);
    }
    auto const bound = unit(text);
    if (!bound) return {};
    return at_least ? Range<T>{bound, {}} : Range<T>{{}, bound};
}

}  // namespace vethwork::topology
