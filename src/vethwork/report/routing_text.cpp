#include <vethwork/report/routing_text.hpp>

#include <array>

namespace vethwork::report {

std::string route_type_text(std::uint8_t type, bool numeric) {
    static constexpr std::array<std::string_view, 12> names{
        "none",      "unicast",     "local",    "broadcast", "anycast", "multicast",
        "blackhole", "unreachable", "prohibit", "throw",     "nat",     "xresolve"};
    if (numeric || type >= names.size()) return std::to_string(type);
    return std::string(names[type]);
}

std::string shortest(double value) { return fmt::format("{:g}", value); }

}  // namespace vethwork::report
