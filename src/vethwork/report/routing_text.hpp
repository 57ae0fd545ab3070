// Small things that the reports of routes, rules and next hops share.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/report/ip_writer.hpp>

namespace vethwork::report {

/// In text the value and a blank (in colour up to the blank and with it), in JSON key and value.
inline void write_text(IpWriter& writer, std::string_view key, std::string_view value, Ink ink = Ink::none) {
    if (writer.is_json()) return writer.json(key, value);
    if (ink == Ink::none) {
        writer.text(value);
        writer.text(" ");
    } else {
        writer.text(std::string(value) + ' ', ink);
    }
}

[[nodiscard]] constexpr Ink ink_of(Family family) { return family == Family::ipv4 ? Ink::ipv4 : Ink::ipv6; }

/// "blackhole"; the number where `numeric` or unknown.
[[nodiscard]] std::string route_type_text(std::uint8_t type, bool numeric);

/// A number with at most six significant digits, as printf's %g.
[[nodiscard]] std::string shortest(double value);

}  // namespace vethwork::report
