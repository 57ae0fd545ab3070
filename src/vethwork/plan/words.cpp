#include <vethwork/plan/words.hpp>

#include <algorithm>
#include <bit>

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
    if (done() || peek().empty() || peek()[0] != keyword[0]) return false;  // as mostly
    return keyword.starts_with(peek());
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

Error refused(std::string what) { return lookup_error(std::move(what)); }

std::string plain_words(Error const& error) {
    std::string_view text = error.attempt;
    text = text.substr(0, text.find('\n'));
    if (constexpr std::string_view prefix = "Error: "; text.starts_with(prefix))
        text.remove_prefix(prefix.size());
    if (text.ends_with('.')) text.remove_suffix(1);
    return std::string(text);
}

namespace {

/// One to four numbers between dots; what is missing at the end is zero: "10.1" is 10.1.0.0.
std::optional<IpAddress> parse_dotted(std::string_view word) {
    constexpr std::size_t most_parts = 4;
    IpAddress address;
    for (std::size_t i = 0; i < most_parts; ++i) {
        auto const dot = word.find('.');
        auto const octet = parse_number<std::uint8_t>(word.substr(0, dot));
        if (!octet) return {};
        address.octets[i] = *octet;
        if (dot == std::string_view::npos) return address;
        word.remove_prefix(dot + 1);
    }
    return {};
}

std::optional<IpAddress> parse_address(std::string_view word) {
    return word.find(':') == std::string_view::npos ? parse_dotted(word) : IpAddress::parse(word);
}

/// A number of bits, or a netmask.
std::optional<std::uint8_t> parse_length(std::string_view word) {
    if (auto const bits = parse_number<std::uint32_t>(word))
        return *bits <= 128 ? std::optional(static_cast<std::uint8_t>(*bits)) : std::nullopt;
    auto const mask = parse_dotted(word);
    if (!mask) return {};
    auto const bits = static_cast<std::uint8_t>(std::countl_one(mask->ipv4_number()));
    IpPrefix const all{IpAddress::ipv4(0xffffffff), bits};
    return all.network().address == *mask ? std::optional(bits) : std::nullopt;
}

std::optional<IpPrefix> parse_prefix(std::string_view word) {
    auto const slash = word.find('/');
    auto const address = parse_address(word.substr(0, slash));
    if (!address) return {};
    if (slash == std::string_view::npos) return IpPrefix::host(*address);
    auto const length = parse_length(word.substr(slash + 1));
    if (!length || *length > address_bits(address->family)) return {};
    return IpPrefix{*address, *length};
}

Error expected(std::string_view thing, std::optional<Family> family, std::string_view word) {
    return refused(fmt::format("Error: {} {} is expected rather than \"{}\".",
                               family ? family_name(*family) : "any valid", thing, word));
}

}  // namespace

bool is_any_word(std::string_view word) { return word == "default" || word == "any" || word == "all"; }

Result<IpPrefix> read_prefix(std::string_view word, std::optional<Family> family) {
    auto const prefix = parse_prefix(word);
    if (prefix && (!family || prefix->family() == *family)) return *prefix;
    return expected("prefix", family, word);
}

Result<IpAddress> read_address(std::string_view word, std::optional<Family> family) {
    auto const address = parse_address(word);
    if (address && (!family || address->family == *family)) return *address;
    return expected("address", family, word);
}

Result<LinkAddress> read_link_address(std::string_view word) {
    if (word.find('.') != std::string_view::npos) {
        if (auto const address = parse_dotted(word)) return *LinkAddress::from_bytes(address->bytes());
    } else if (auto const address = LinkAddress::parse(word)) {
        return *address;
    }
    return refused(fmt::format("\"{}\" is invalid lladdr.", word));
}

bool is_alternative_name(std::string_view name) {
    return !name.empty() && name.find_first_of("/ \t\n\v\f\r") == std::string_view::npos;
}

bool is_link_name(std::string_view name) {
    return !name.empty() && name.size() < 16 && name != "." && name != ".." &&
           name.find_first_of("/ \t\n\v\f\r") == std::string_view::npos;
}

}  // namespace vethwork::plan
