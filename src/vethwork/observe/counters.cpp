#include <vethwork/observe/counters.hpp>

#include <cerrno>
#include <optional>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::observe {

namespace {

/// Of this thread: /proc/net would be the namespace of the process's first one.
constexpr std::string_view folder = "/proc/thread-self/net/";

/// A value; counters of 64 bits that have passed the middle come out negative, so that differences are right.
std::optional<std::int64_t> value_of(std::string_view word) {
    if (auto const value = parse_number<std::int64_t>(word, 10)) return value;
    if (auto const value = parse_number<std::uint64_t>(word, 10)) return static_cast<std::int64_t>(*value);
    return {};
}

Error broken_line(std::string_view line) {
    return malformed_error("read counters: not what was expected: \"" + std::string(line) + "\"");
}

Result<> take_pair(std::string_view names_line, std::string_view values_line, Counters& into) {
    auto const names = split_words(names_line), values = split_words(values_line);
    if (names.empty() || names.size() != values.size() || names[0] != values[0] || !names[0].ends_with(':'))
        return broken_line(values_line);
    std::string const group(names[0].substr(0, names[0].size() - 1));
    for (std::size_t i = 1; i < names.size(); ++i) {
        auto const value = value_of(values[i]);
        if (!value) return broken_line(values_line);
        into.insert_or_assign(group + "." + std::string(names[i]), *value);
    }
    return {};
}

}  // namespace

Result<> parse_counter_pairs(std::string_view text, Counters& into) {
    std::optional<std::string_view> names;
    for (auto const line : split(text, '\n')) {
        if (trim(line).empty()) continue;
        if (names) TRY(take_pair(*names, line, into));
        names = names ? std::nullopt : std::optional(line);
    }
    if (names) return broken_line(*names);
    return {};
}

Result<> parse_counter_lines(std::string_view text, Counters& into) {
    for (auto const line : split(text, '\n')) {
        auto const words = split_words(line);
        if (words.empty()) continue;
        auto const value = words.size() == 2 ? value_of(words[1]) : std::nullopt;
        if (!value) return broken_line(line);
        into.insert_or_assign(std::string(words[0]), *value);
    }
    return {};
}

Result<Counters> counters() {
    Counters all;
    for (auto const* const name : {"snmp", "netstat"})
        TRY(parse_counter_pairs(TRY(read_file(std::string(folder) + name)), all));
    auto const ipv6 = read_file(std::string(folder) + "snmp6");
    if (!ipv6 && ipv6.error().code != ENOENT) return ipv6.error();
    if (ipv6) TRY(parse_counter_lines(*ipv6, all));
    return all;
}

std::int64_t counter(Counters const& counters, std::string_view name) {
    auto const found = counters.find(name);
    return found == counters.end() ? 0 : found->second;
}

Counters difference(Counters const& before, Counters const& after) {
    Counters moved;
    auto const note = [&](std::string const& name) {
        auto const by = static_cast<std::int64_t>(static_cast<std::uint64_t>(counter(after, name)) -
                                                  static_cast<std::uint64_t>(counter(before, name)));
        if (by != 0) moved.insert_or_assign(name, by);
    };
    for (auto const& [name, value] : after) note(name);
    for (auto const& [name, value] : before) note(name);
    return moved;
}

}  // namespace vethwork::observe
