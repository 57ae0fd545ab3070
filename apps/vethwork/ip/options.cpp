#include "ip/options.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace vethwork::app {

namespace {

/// What an option works on.
struct Parsing {
    plan::WordReader& words;
    IpOptions& options;
    EnterNamespace const& enter;
};

/// One option: its word, whether it may be abbreviated, and what it does.
struct Option {
    std::string_view word;
    enum class Fit { prefix, exact } fit;
    Result<> (*take)(Parsing& parsing);
};

template <bool IpOptions::*Member>
Result<> set(Parsing& parsing) {
    parsing.options.*Member = true;
    return {};
}

void choose_family(IpOptions& options, std::string_view name) {
    options.family.reset();
    if (name == "inet") options.family = Family::ipv4;
    if (name == "inet6") options.family = Family::ipv6;
    options.link_family = name == "link";
    options.bridge_family = name == "bridge";
    options.mpls_family = name == "mpls";
}

Result<> take_family(Parsing& parsing) {
    static constexpr std::array<std::string_view, 5> families{"inet", "inet6", "link", "bridge", "mpls"};
    if (parsing.words.done() || parsing.words.peek() == "help") return set<&IpOptions::show_help>(parsing);
    auto const& word = parsing.words.take();
    for (auto const family : families)
        if (word == family) return choose_family(parsing.options, family), Result<>();
    return plan::wrong_argument("invalid protocol family", word);
}

Result<> take_loops(Parsing& parsing) {
    if (parsing.words.done()) return set<&IpOptions::show_help>(parsing);
    parsing.options.loops = std::atoi(parsing.words.take().c_str());
    return {};
}

Result<> take_batch(Parsing& parsing) {
    if (parsing.words.done()) return set<&IpOptions::show_help>(parsing);
    parsing.options.batch_file = parsing.words.take();
    return {};
}

/// The receive buffers are large enough; the word is checked and passed over.
Result<> take_receive_buffer(Parsing& parsing) {
    if (parsing.words.done()) return set<&IpOptions::show_help>(parsing);
    auto const& word = parsing.words.take();
    if (!parse_number<std::uint32_t>(word)) return usage_error(fmt::format("Invalid rcvbuf size '{}'", word));
    return {};
}

Result<> take_netns(Parsing& parsing) {
    parsing.options.netns = TRY(parsing.words.value());
    return parsing.enter(*parsing.options.netns);
}

/// In the order in which abbreviations are tried; -color[=WHEN] comes after `pretty` and is apart.
constexpr auto prefix = Option::Fit::prefix;
constexpr auto exact = Option::Fit::exact;
constexpr std::array options{
    Option{"-loops", prefix, take_loops},
    Option{"-family", prefix, take_family},
    Option{"-4", exact, [](Parsing& p) { return choose_family(p.options, "inet"), Result<>(); }},
    Option{"-6", exact, [](Parsing& p) { return choose_family(p.options, "inet6"), Result<>(); }},
    Option{"-0", exact, [](Parsing& p) { return choose_family(p.options, "link"), Result<>(); }},
    Option{"-M", exact, [](Parsing& p) { return choose_family(p.options, "mpls"), Result<>(); }},
    Option{"-B", exact, [](Parsing& p) { return choose_family(p.options, "bridge"), Result<>(); }},
    Option{"-human-readable", prefix, set<&IpOptions::human>},
    Option{"-iec", prefix, set<&IpOptions::iec>},
    Option{"-stats", prefix, [](Parsing& p) { return ++p.options.statistics, Result<>(); }},
    Option{"-statistics", prefix, [](Parsing& p) { return ++p.options.statistics, Result<>(); }},
    Option{"-details", prefix, set<&IpOptions::details>},
    Option{"-resolve", prefix, set<&IpOptions::resolve>},
    Option{"-oneline", prefix, set<&IpOptions::one_line>},
    Option{"-timestamp", prefix, set<&IpOptions::timestamp>},
    Option{"-tshort", prefix,
           [](Parsing& p) { return p.options.timestamp = p.options.short_timestamp = true, Result<>(); }},
    Option{"-Version", prefix, set<&IpOptions::show_version>},
    Option{"-force", prefix, set<&IpOptions::force>},
    Option{"-batch", prefix, take_batch},
    Option{"-brief", prefix, set<&IpOptions::brief>},
    Option{"-json", prefix, set<&IpOptions::json>},
    Option{"-pretty", prefix, set<&IpOptions::pretty>},
    Option{"-rcvbuf", prefix, take_receive_buffer},
    Option{"-color", prefix, set<&IpOptions::coloured>},
    Option{"-help", prefix, set<&IpOptions::show_help>},
    Option{"-netns", prefix, take_netns},
    Option{"-Numeric", prefix, set<&IpOptions::numeric>},
    Option{"-all", prefix, set<&IpOptions::all>},
    Option{"-echo", exact, [](Parsing&) { return Result<>(); }},
};

/// -color=always, auto or never, abbreviated before the '='; false where it is no such word.
bool take_colour(IpOptions& into, std::string_view word) {
    auto const equals = word.find('=');
    if (equals == word.npos || !std::string_view("-color").starts_with(word.substr(0, equals))) return false;
    auto const when = word.substr(equals + 1);
    if (when != "" && when != "always" && when != "auto" && when != "never") return false;
    into.coloured = when == "auto" ? ::isatty(STDOUT_FILENO) == 1 : when != "never";
    return true;
}

Result<> parse_option(Parsing& parsing) {
    std::string const whole = parsing.words.take();
    std::string_view const word = std::string_view(whole).substr(whole.starts_with("--") ? 1 : 0);
    for (auto const& option : options)
        if (option.fit == exact ? word == option.word : option.word.starts_with(word))
            return option.take(parsing);
    if (take_colour(parsing.options, word)) return {};
    return usage_error(fmt::format("Option \"{}\" is unknown, try \"ip -help\".", word));
}

}  // namespace

Result<IpOptions> parse_ip_options(plan::WordReader& words, EnterNamespace const& enter) {
    IpOptions parsed;
    Parsing parsing{words, parsed, enter};
    while (words.peek().starts_with('-') && !parsed.show_help && !parsed.show_version) {
        if (words.take_exact("--")) break;
        TRY(parse_option(parsing));
    }
    return parsed;
}

}  // namespace vethwork::app
