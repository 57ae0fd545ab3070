// What the verbs with options of their own share: parsing, and how they complain. CLI11 does the work, in
// cli.cpp alone: each file that includes its headers makes the program start slower and compile longer.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/result.hpp>
#include <vethwork/netns/name.hpp>

#include "verbs.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace vethwork::app {

/// Says on stderr what went wrong with `verb`. Returns the exit status: 2 for bad usage, 1 for the rest.
inline int complain(std::string_view verb, Error const& error) {
    fmt::print(stderr, "vethwork {}: {}\n", verb, error.describe());
    return error.fault == Fault::usage ? 2 : 1;
}

/// What holds of one option beside its name; lives as long as its OptionSet.
class OptionRules {
public:
    explicit OptionRules(CLI::Option& option) : option_(&option) {}
    OptionRules& required();
    OptionRules& one_of(std::vector<std::string> words);
    OptionRules& between(double least, double most);
    OptionRules& positive();
    OptionRules& excludes(std::string const& name);
    OptionRules& any_number();  ///< of values, behind one another
    OptionRules& at_most(int values);
    OptionRules& one_each_time();  ///< the option is repeated for each further value

private:
    CLI::Option* option_;
};

/// The options and positional words of a verb, each bound to what it sets.
class OptionSet {
public:
    /// `name` is the whole command, as "vethwork ls".
    OptionSet(std::string description, std::string name);
    OptionSet(OptionSet const&) = delete;
    OptionSet& operator=(OptionSet const&) = delete;
    ~OptionSet();

    /// `names` as "-q,--quiet", or one word for a positional one. `value`: a std::string, a number, or a
    /// std::vector of strings.
    template <class Value>
    OptionRules add_option(std::string const& names, Value& value, std::string const& help);
    /// `value`: a bool, or an int that counts.
    template <class Value>
    OptionRules add_flag(std::string const& names, Value& value, std::string const& help);
    void footer(std::string const& text);
    /// The first word that is not known ends the options: it and what follows are a command.
    void prefix_command();
    [[nodiscard]] std::vector<std::string> remaining() const;

private:
    friend std::optional<int> parse_words(OptionSet& options, Invocation const& invocation,
                                          std::string_view verb);

    std::unique_ptr<CLI::App> app_;
};

/// Reads the words into what `options` binds. An exit status where that ends the verb: 0 after --help, 2
/// after a complaint.
std::optional<int> parse_words(OptionSet& options, Invocation const& invocation, std::string_view verb);

/// Moves the program into a named network namespace; an empty name means to stay.
[[nodiscard]] inline Result<> enter_namespace(std::string const& name) {
    if (name.empty()) return {};
    Fd const netns = TRY(netns::open_named(name));
    return netns::enter(netns);
}

}  // namespace vethwork::app
