#include "ip/options.hpp"

#include <unistd.h>

namespace vethwork::app {

namespace {

Result<> set_family(IpOptions& options, std::string const& word) {
    if (word == "inet")
        options.family = Family::ipv4;
    else if (word == "inet6")
        options.family = Family::ipv6;
    else if (word == "link")
        options.link_family = true;
    else if (word == "help")
        options.show_help = true;
    else
        return plan::wrong_argument("invalid protocol family", word);
    return {};
}

Result<> set_colour(IpOptions& options, std::string_view word) {
    if (word == "-c" || word == "-color" || word.ends_with("=always"))
        options.coloured = true;
    else if (word.ends_with("=auto"))
        options.coloured = ::isatty(STDOUT_FILENO) == 1;
    else if (word.ends_with("=never"))
        options.coloured = false;
    else
        return usage_error(fmt::format("Option \"{}\" is unknown, try \"ip -help\".", word));
    return {};
}

/// One option; `reader` stands on it.
Result<> parse_option(plan::WordReader& reader, IpOptions& options) {
    std::string const whole = reader.take();
    std::string_view const word = std::string_view(whole).substr(whole.starts_with("--") ? 1 : 0);
    auto const is = [word](std::string_view option) { return word.size() > 1 && option.starts_with(word); };
    if (is("-loops")) {
        options.loops = TRY(reader.number<int>("loops not a number"));
    } else if (is("-family")) {
        return set_family(options, TRY(reader.value()));
    } else if (word == "-4") {
        options.family = Family::ipv4;
    } else if (word == "-6") {
        options.family = Family::ipv6;
    } else if (word == "-0") {
        options.link_family = true;
    } else if (is("-human") || is("-human-readable")) {
        options.human = true;
    } else if (is("-iec")) {
        options.iec = true;
    } else if (is("-stats") || is("-statistics")) {
        ++options.statistics;
    } else if (is("-details")) {
        options.details = true;
    } else if (is("-resolve")) {
        options.resolve = true;
    } else if (is("-oneline")) {
        options.one_line = true;
    } else if (is("-timestamp")) {
        options.timestamp = true;
    } else if (is("-tshort")) {
        options.timestamp = options.short_timestamp = true;
    } else if (is("-Version")) {
        options.show_version = true;
    } else if (is("-force")) {
        options.force = true;
    } else if (is("-batch")) {
        options.batch_file = TRY(reader.value());
    } else if (is("-brief")) {
        options.brief = true;
    } else if (is("-json")) {
        options.json = true;
    } else if (is("-rcvbuf")) {
        TRY(reader.number<int>("Invalid rcvbuf size"));
    } else if (word.starts_with("-c") && is(word)) {
        return set_colour(options, word);
    } else if (is("-help")) {
        options.show_help = true;
    } else if (is("-netns")) {
        options.netns = TRY(reader.value());
    } else if (is("-Numeric")) {
        options.numeric = true;
    } else if (is("-all")) {
        options.all = true;
    } else if (is("-pretty")) {
        options.pretty = true;
    } else if (is("-echo")) {
    } else {
        return usage_error(fmt::format("Option \"{}\" is unknown, try \"ip -help\".", word));
    }
    return {};
}

}  // namespace

Result<IpOptions> parse_ip_options(plan::WordReader& words) {
    IpOptions options;
    while (words.peek().starts_with('-')) {
        if (words.take_exact("--")) break;
        TRY(parse_option(words, options));
    }
    return options;
}

}  // namespace vethwork::app
