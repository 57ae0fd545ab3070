#include <vethwork/plan/words.hpp>

#include <algorithm>

namespace vethwork::plan {

namespace {

std::string const nothing;

std::string_view family_name(Family family) { return family == Family::ipv4 ? "inet" : "inet6"; }

}  // namespace

std::string const& WordReader::peek() const { return done() ? nothing : words_[at_]; }
std::string const& WordReader::peek_second() const {
    return at_ + 1 < words_.size() ? words_[at_ + 1] : nothing;
}
std::string const& WordReader::take() { return done() ? nothing : words_[at_++]; }

bool WordReader::take_exact(std::string_view keyword) {
    if (done() || peek() != keyword) return false;
    skip();
    return true;
}

bool WordReader::is_prefix(std::string_view keyword) const {
    return !done() && !peek().empty() && keyword.starts_with(peek());
}

bool WordReader::take_prefix(std::string_view keyword) {
    if (!is_prefix(keyword)) return false;
    skip();
    return true;
}

Result<std::string> WordReader::value() {
    if (done()) return incomplete_line();
    return take();
}

Result<bool> WordReader::on_off(std::string_view keyword) {
    auto const word = TRY(value());
    if (word == "on") return true;
    if (word == "off") return false;
    return not_one_of(keyword, {"on", "off"}, word);
}

Error wrong_argument(std::string_view what, std::string_view argument) {
    return usage_error(fmt::format("Error: argument \"{}\" is wrong: {}", argument, what));
}

Error duplicate_argument(std::string_view keyword, std::string_view argument) {
    return usage_error(
        fmt::format("Error: duplicate \"{}\": \"{}\" is the second value.", keyword, argument));
}

Error garbage_argument(std::string_view keyword, std::string_view argument) {
    return usage_error(
        fmt::format("Error: either \"{}\" is duplicate, or \"{}\" is a garbage.", keyword, argument));
}

Error missing_argument(std::string_view keyword) {
    return usage_error(fmt::format("Error: argument \"{}\" is required", keyword));
}

Error incomplete_line() { return usage_error("Command line is not complete. Try option \"help\""); }

Error not_one_of(std::string_view keyword, std::initializer_list<std::string_view> choices,
                 std::string_view argument) {
    std::string list;
    std::size_t place = 0;
    for (auto const choice : choices) {
        if (place++ != 0) list += place == choices.size() ? " or " : ", ";
        list += fmt::format("\"{}\"", choice);
    }
    return usage_error(
        fmt::format("Error: argument of \"{}\" must be one of {}, not \"{}\"", keyword, list, argument));
}

Result<IpPrefix> read_prefix(std::string_view word, std::optional<Family> family) {
    auto const prefix = IpPrefix::parse(word);
    if (prefix && (!family || prefix->family() == *family)) return *prefix;
    return usage_error(fmt::format("Error: {} prefix is expected rather than \"{}\".",
                                   family ? family_name(*family) : "any valid", word));
}

Result<IpAddress> read_address(std::string_view word, std::optional<Family> family) {
    auto const address = IpAddress::parse(word);
    if (address && (!family || address->family == *family)) return *address;
    return usage_error(fmt::format("Error: {} address is expected rather than \"{}\".",
                                   family ? family_name(*family) : "any valid", word));
}

bool is_link_name(std::string_view name) {
    return !name.empty() && name.size() < 16 && name != "." && name != ".." &&
           name.find_first_of("/ \t\n\v\f\r") == std::string_view::npos;
}

}  // namespace vethwork::plan
