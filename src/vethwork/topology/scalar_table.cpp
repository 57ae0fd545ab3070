#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/topology/field.hpp>
#include <vethwork/topology/range.hpp>
#include <vethwork/topology/units.hpp>

namespace vethwork::topology {

namespace {

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool fits_any(std::string_view) { return true; }
bool fits_name(std::string_view text) {
    return !text.empty() && text.size() <= 63 && is_letter_or_digit(text[0]) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.'; });
}
bool fits_interface(std::string_view text) {
    return !text.empty() && text.size() <= 15 && text != "." && text != ".." &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '"'; });
}
bool fits_selector(std::string_view text) {
    if (text.starts_with("tag:")) text.remove_prefix(4);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.' || c == '*' || c == '?';
    });
}
bool fits_endpoint(std::string_view text) {
    if (text.starts_with("tag:")) return fits_selector(text);
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return fits_selector(text);
    return fits_selector(text.substr(0, colon)) && fits_interface(text.substr(colon + 1));
}
bool fits_target(std::string_view text) { return fits_selector(text) || IpAddress::parse(text); }
bool fits_integer(std::string_view text) {
    auto const number = parse_integer(text);
    return number && *number >= 0 && *number <= UINT32_MAX;
}
template <std::int64_t least, std::int64_t most>
bool fits_between(std::string_view text) {
    auto const number = parse_integer(text);
    return number && *number >= least && *number <= most;
}
bool fits_boolean(std::string_view text) { return parse_boolean(text).has_value(); }
bool fits_duration(std::string_view text) { return parse_duration(text).has_value(); }
bool fits_percent(std::string_view text) { return parse_percent(text).has_value(); }
bool fits_rate(std::string_view text) {
    auto const rate = parse_rate(text);
    return rate && rate->bits_per_second > 0;
}
bool fits_size(std::string_view text) { return parse_size(text).has_value(); }
bool fits_queue(std::string_view text) {
    if (text.ends_with("packets")) return fits_integer(text.substr(0, text.size() - 7));
    return fits_size(text);
}
bool fits_address(std::string_view text) { return IpAddress::parse(text).has_value(); }
bool fits_prefix(std::string_view text) {
    return text.find('/') != std::string_view::npos && IpPrefix::parse(text).has_value();
}
bool fits_mac(std::string_view text) {
    auto const address = LinkAddress::parse(text);
    return address && address->size == 6;
}
bool fits_percent_range(std::string_view text) { return parse_range<Share>(text).has_value(); }
bool fits_duration_range(std::string_view text) { return parse_range<Duration>(text).has_value(); }
bool fits_rate_range(std::string_view text) { return parse_range<BitRate>(text).has_value(); }

/// Letters that look like digits, made digits.
std::string with_digits(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c == 'O' || c == 'o') c = '0';
        if (c == 'l' || c == 'I') c = '1';
        if (c == ',') c = '.';
    }
    return result;
}

/// `text` as it might have been meant: digits for letters, lower case, no blanks, or with one of `units`.
std::string guess(std::string_view text, bool (*fits)(std::string_view),
                  std::initializer_list<std::string_view> units) {
    std::string plain;
    for (char const c : text)
        if (c != ' ') plain += c;
    std::string lower = plain;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    for (auto const& attempt : {plain, lower, with_digits(plain), with_digits(lower)})
        if (attempt != text && fits(attempt)) return fmt::format("did you mean {}?", attempt);
    for (auto const unit : units)
        if (auto const attempt = with_digits(plain) + std::string(unit); fits(attempt))
            return fmt::format("write the unit: {}", attempt);
    return {};
}

bool is_bare_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// A quantity without its unit is E205, anything else that does not fit has the code of its type.
ScalarFault quantity_fault(std::string_view text, std::string_view code, std::string_view noun,
                           bool (*fits)(std::string_view), std::initializer_list<std::string_view> units,
                           std::string_view otherwise) {
    auto hint = guess(text, fits, units);
    if (is_bare_number(text))
        return {"E205", fmt::format("'{}' has no unit, and {} needs one", text, noun),
                hint.empty() ? std::string(otherwise) : hint};
    return {std::string(code), fmt::format("'{}' is not {}", text, noun),
            hint.empty() ? std::string(otherwise) : hint};
}

ScalarFault no_fault(std::string_view) { return {}; }
ScalarFault name_fault(std::string_view text) {
    auto const fixed = with_letters_of_names(text.substr(0, 63));
    return {"E214", fmt::format("'{}' is not a name", text),
            fits_name(fixed) ? fmt::format("letters, digits, - _ . and at most 63 of them: {}", fixed)
                             : "letters, digits, - _ . and at most 63 of them"};
}
ScalarFault interface_fault(std::string_view text) {
    return {"E229", fmt::format("'{}' is not a name for an interface", text),
            text.size() > 15 ? fmt::format("Linux allows 15 characters, this has {}", text.size())
                             : "1 to 15 characters, none of them a blank, / or :"};
}
ScalarFault selector_fault(std::string_view text) {
    return {"E230", fmt::format("'{}' names no node", text), "a node, a pattern as pc*, tag:NAME, or all"};
}
ScalarFault endpoint_fault(std::string_view text) {
    auto const colon = text.find(':');
    if (colon != std::string_view::npos && fits_selector(text.substr(0, colon)))
        return interface_fault(text.substr(colon + 1));
    return {"E230", fmt::format("'{}' is not an end of a link", text),
            "NODE, NODE:INTERFACE, or a pattern as pc*"};
}
ScalarFault target_fault(std::string_view text) {
    return {"E230", fmt::format("'{}' is neither a node nor an address", text), {}};
}
ScalarFault integer_fault(std::string_view text) {
    return {"E209", fmt::format("'{}' is not a whole number", text), guess(text, fits_integer, {})};
}
ScalarFault count_fault(std::string_view text) {
    return {"E209", fmt::format("'{}' is not a number from 1 to 4094", text), {}};
}
ScalarFault cost_fault(std::string_view text) {
    return {"E209", fmt::format("'{}' is not a number from 1 to 65535", text), {}};
}
ScalarFault mtu_fault(std::string_view text) {
    std::string digits;
    for (char const c : text)
        if (c >= '0' && c <= '9') digits += c;
    bool const stripped = digits != text && fits_between<68, 65535>(digits);
    return {"E209", fmt::format("'{}' is not an MTU, a number from 68 to 65535", text),
            stripped ? fmt::format("an MTU is written without a unit: {}", digits) : ""};
}
ScalarFault port_fault(std::string_view text) {
    return {"E232", fmt::format("'{}' is not a port, a number from 1 to 65535", text), {}};
}
ScalarFault boolean_fault(std::string_view text) {
    return {"E210", fmt::format("'{}' is neither yes nor no", text), guess(text, fits_boolean, {})};
}
ScalarFault duration_fault(std::string_view text) {
    return quantity_fault(text, "E206", "a duration", fits_duration, {"ms"},
                          "a number and ns, us, ms, s, min or h: 20ms");
}
ScalarFault percent_fault(std::string_view text) {
    return quantity_fault(text, "E207", "a percentage", fits_percent, {"%"}, "0% to 100%");
}
ScalarFault rate_fault(std::string_view text) {
    return quantity_fault(text, "E208", "a rate", fits_rate, {"mbit"},
                          "a number and bit, kbit, mbit or gbit: 10mbit");
}
ScalarFault size_fault(std::string_view text) {
    return quantity_fault(text, "E233", "a size", fits_size, {"B"},
                          "a number and B, kB, MB, KiB or MiB: 64kB");
}
ScalarFault queue_fault(std::string_view text) {
    return quantity_fault(text, "E233", "a length of a queue", fits_queue, {"packets"}, "100packets or 64kB");
}
ScalarFault address_fault(std::string_view text) {
    auto const slash = text.find('/');
    return {"E211", fmt::format("'{}' is not an IP address", text),
            slash != std::string_view::npos && fits_address(text.substr(0, slash))
                ? fmt::format("without the length: {}", text.substr(0, slash))
                : guess(text, fits_address, {})};
}
ScalarFault prefix_fault(std::string_view text) {
    if (auto const address = IpAddress::parse(text))
        return {"E212", fmt::format("'{}' has no prefix length", text),
                fmt::format("write {}/{}", text, address->family == Family::ipv4 ? 24 : 64)};
    auto const slash = text.find('/');
    auto const address =
        slash == std::string_view::npos ? std::nullopt : IpAddress::parse(text.substr(0, slash));
    if (address)
        return {
            "E212", fmt::format("'{}' is not a prefix", text),
            fmt::format("the length of an {} prefix is 0 to {}",
                        address->family == Family::ipv4 ? "IPv4" : "IPv6", address_bits(address->family))};
    return {"E212", fmt::format("'{}' is not a prefix, as 10.0.0.1/24 or fd00::1/64", text),
            guess(text, fits_prefix, {})};
}
ScalarFault mac_fault(std::string_view text) {
    std::string colons(text);
    std::replace(colons.begin(), colons.end(), '-', ':');
    return {"E213", fmt::format("'{}' is not a link-layer address", text),
            colons != text && fits_mac(colons) ? fmt::format("did you mean {}?", colons)
                                               : "six octets: 02:00:00:00:00:01"};
}
ScalarFault percent_range_fault(std::string_view text) {
    return quantity_fault(text, "E207", "a range of percentages", fits_percent_range, {"%"},
                          "1%, <= 1% or 1%..2%");
}
ScalarFault duration_range_fault(std::string_view text) {
    return quantity_fault(text, "E206", "a range of durations", fits_duration_range, {"ms"},
                          "20ms, <= 20ms or 20ms..30ms");
}
ScalarFault rate_range_fault(std::string_view text) {
    return quantity_fault(text, "E208", "a range of rates", fits_rate_range, {"mbit"},
                          "10mbit, >= 10mbit or 9mbit..10mbit");
}

constexpr auto scalar_table = std::to_array<ScalarRow>({
    {"text", "a text", "hello", "", fits_any, no_fault},
    {"value", "a text or a number", "4", "", fits_any, no_fault},
    {"name", "a name", "web", "", fits_name, name_fault},
    {"ifname", "a name of an interface", "eth0", R"([^\s/:]{1,15})", fits_interface, interface_fault},
    {"selector", "a node, a pattern, tag:NAME or all", "pc*", R"((tag:)?[A-Za-z0-9._*?-]+)", fits_selector,
     selector_fault},
    {"endpoint", "NODE or NODE:INTERFACE", "home:wan0", R"([A-Za-z0-9._*?-]+(:[^\s/:]{1,15})?)",
     fits_endpoint, endpoint_fault},
    {"target", "a node or an address", "web", R"((tag:)?[A-Za-z0-9._*?:-]+)", fits_target, target_fault},
    {"integer", "a whole number", "3", "[0-9]+", fits_integer, integer_fault},
    {"cost", "a number from 1 to 65535", "10", "[0-9]+", fits_between<1, 65535>, cost_fault},
    {"vlan", "a number from 1 to 4094", "10", "[0-9]+", fits_between<1, 4094>, count_fault},
    {"mtu", "an MTU in bytes, without a unit", "1500", "[0-9]+", fits_between<68, 65535>, mtu_fault},
    {"port", "a port", "80", "[0-9]+", fits_between<1, 65535>, port_fault},
    {"boolean", "yes or no", "yes", "true|yes|on|false|no|off", fits_boolean, boolean_fault},
    {"duration", "a duration", "20ms", R"([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|min|h))", fits_duration,
     duration_fault},
    {"percent", "a percentage", "1%", R"([0-9]+(\.[0-9]+)?%)", fits_percent, percent_fault},
    {"rate", "a rate", "10mbit", R"([0-9]+(\.[0-9]+)?[kmgt]?bit)", fits_rate, rate_fault},
    {"size", "a size", "64kB", R"([0-9]+(\.[0-9]+)?([kMG]|[KMG]i)?B)", fits_size, size_fault},
    {"queue", "a length of a queue", "100packets", R"([0-9]+(\.[0-9]+)?(packets|([kMG]|[KMG]i)?B))",
     fits_queue, queue_fault},
    {"address", "an address", "10.0.0.1", R"([0-9a-fA-F.:]+)", fits_address, address_fault},
    {"prefix", "an address with its prefix length", "10.0.0.1/24", R"([0-9a-fA-F.:]+/[0-9]{1,3})",
     fits_prefix, prefix_fault},
    {"mac", "a link-layer address", "02:00:00:00:00:01", R"([0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5})",
     fits_mac, mac_fault},
    {"percent-range", "a percentage, a bound or a range", "<= 20%", R"((<=|>=)? ?[0-9.]+%(\.\.[0-9.]+%)?)",
     fits_percent_range, percent_range_fault},
    {"duration-range", "a duration, a bound or a range", "35ms..60ms",
     R"((<=|>=)? ?[0-9.]+[a-zµ]+(\.\.[0-9.]+[a-zµ]+)?)", fits_duration_range, duration_range_fault},
    {"rate-range", "a rate, a bound or a range", "17mbit..20mbit",
     R"((<=|>=)? ?[0-9.]+[kmgt]?bit(\.\.[0-9.]+[kmgt]?bit)?)", fits_rate_range, rate_range_fault},
});

}  // namespace

std::span<ScalarRow const> scalar_types() { return scalar_table; }

std::string with_letters_of_names(std::string_view text) {
    std::string fixed(text);
    for (char& c : fixed)
        if (!is_letter_or_digit(c) && c != '.' && c != '_') c = '-';
    return fixed;
}

ScalarRow const* scalar_row(std::string_view name) {
    auto const* const row = std::find_if(scalar_table.begin(), scalar_table.end(),
                                         [&](ScalarRow const& candidate) { return candidate.name == name; });
    return row == scalar_table.end() ? nullptr : row;
}

}  // namespace vethwork::topology
