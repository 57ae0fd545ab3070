// What the verbs with options of their own share: parsing by CLI11, and how they complain.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <vethwork/base/result.hpp>
#include <vethwork/netns/name.hpp>

#include "verbs.hpp"

namespace vethwork::app {

/// Says on stderr what went wrong with `verb`. Returns the exit status: 2 for bad usage, 1 for the rest.
inline int complain(std::string_view verb, Error const& error) {
    fmt::print(stderr, "vethwork {}: {}\n", verb, error.describe());
    return error.fault == Fault::usage ? 2 : 1;
}

/// Reads the words into what `options` binds. An exit status where that ends the verb: 0 after --help, 2
/// after a complaint.
inline std::optional<int> parse_words(CLI::App& options, Invocation const& invocation,
                                      std::string_view verb) {
    std::vector<std::string> reversed(invocation.words.rbegin(), invocation.words.rend());
    try {
        options.parse(reversed);
    } catch (CLI::CallForHelp const&) {
        fmt::print("{}", options.help());
        return 0;
    } catch (CLI::ParseError const& error) {
        return complain(
            verb, usage_error(error.what(), fmt::format("`vethwork {} --help` lists the options", verb)));
    }
    return {};
}

/// Moves the program into a named network namespace; an empty name means to stay.
[[nodiscard]] inline Result<> enter_namespace(std::string const& name) {
    if (name.empty()) return {};
    Fd const netns = TRY(netns::open_named(name));
    return netns::enter(netns);
}

}  // namespace vethwork::app
