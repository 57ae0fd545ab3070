#include "cli.hpp"

#include <cstdint>

#include "cli11.hpp"

namespace vethwork::app {

OptionRules& OptionRules::required() { return option_->required(), *this; }

OptionRules& OptionRules::one_of(std::vector<std::string> words) {
    return option_->check(CLI::IsMember(std::move(words))), *this;
}

OptionRules& OptionRules::between(double least, double most) {
    return option_->check(CLI::Range(least, most)), *this;
}

OptionRules& OptionRules::positive() { return option_->check(CLI::PositiveNumber), *this; }
OptionRules& OptionRules::excludes(std::string const& name) { return option_->excludes(name), *this; }
OptionRules& OptionRules::any_number() { return option_->expected(-1), *this; }
OptionRules& OptionRules::at_most(int values) { return option_->expected(0, values), *this; }
OptionRules& OptionRules::one_each_time() { return option_->allow_extra_args(false), *this; }

OptionSet::OptionSet(std::string description, std::string name)
    : app_(std::make_unique<CLI::App>(std::move(description), std::move(name))) {}

OptionSet::~OptionSet() = default;

template <class Value>
OptionRules OptionSet::add_option(std::string const& names, Value& value, std::string const& help) {
    return OptionRules(*app_->add_option(names, value, help));
}

template <class Value>
OptionRules OptionSet::add_flag(std::string const& names, Value& value, std::string const& help) {
    return OptionRules(*app_->add_flag(names, value, help));
}

template OptionRules OptionSet::add_option(std::string const&, std::string&, std::string const&);
template OptionRules OptionSet::add_option(std::string const&, std::uint16_t&, std::string const&);
template OptionRules OptionSet::add_option(std::string const&, unsigned&, std::string const&);
template OptionRules OptionSet::add_option(std::string const&, std::size_t&, std::string const&);
template OptionRules OptionSet::add_option(std::string const&, double&, std::string const&);
template OptionRules OptionSet::add_option(std::string const&, std::vector<std::string>&, std::string const&);
template OptionRules OptionSet::add_flag(std::string const&, bool&, std::string const&);
template OptionRules OptionSet::add_flag(std::string const&, int&, std::string const&);

void OptionSet::footer(std::string const& text) { app_->footer(text); }
void OptionSet::prefix_command() { app_->prefix_command(); }
std::vector<std::string> OptionSet::remaining() const { return app_->remaining(); }

std::optional<int> parse_words(OptionSet& options, Invocation const& invocation, std::string_view verb) {
    std::vector<std::string> reversed(invocation.words.rbegin(), invocation.words.rend());
    try {
        options.app_->parse(reversed);
    } catch (CLI::CallForHelp const&) {
        fmt::print("{}", options.app_->help());
        return 0;
    } catch (CLI::ParseError const& error) {
        return complain(
            verb, usage_error(error.what(), fmt::format("`vethwork {} --help` lists the options", verb)));
    }
    return {};
}

}  // namespace vethwork::app
