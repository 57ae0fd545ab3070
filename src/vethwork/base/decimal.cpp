#include <vethwork/base/decimal.hpp>

#include <cstddef>

namespace vethwork {

std::optional<double> parse_decimal(std::string_view text) {
    constexpr std::size_t longest = 20;
    if (text.empty() || text.size() > longest || text == ".") return {};
    double value = 0, place = 0;
    for (char const c : text) {
        if (c == '.' && place == 0) {
            place = 1;
            continue;
        }
        if (c < '0' || c > '9') return {};
        value = value * 10 + (c - '0');
        place *= 10;
    }
    return place > 1 ? value / place : value;
}

}  // namespace vethwork
