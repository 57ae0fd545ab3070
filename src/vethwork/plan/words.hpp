// Reading iproute2's command lines: words, keywords that may be abbreviated, and its complaints.
// Source: ip(8); the texts are those that scripts around `ip` know.
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::plan {

/// Reads words from left to right.
class WordReader {
public:
    explicit WordReader(std::span<std::string const> words) : words_(words) {}

    [[nodiscard]] bool done() const { return at_ >= words_.size(); }
    /// The present word; empty at the end.
    [[nodiscard]] std::string const& peek() const;
    /// The word behind the present one; empty at the end.
    [[nodiscard]] std::string const& peek_second() const;
    void skip() { ++at_; }
    std::string const& take();
    [[nodiscard]] std::span<std::string const> rest() const {
        return words_.subspan(std::min(at_, words_.size()));
    }

    /// Takes the present word if it is exactly one of these.
    bool take_exact(std::string_view keyword);
    /// Takes the present word if it is `keyword` or begins it ("addr" of "address"), as iproute2's matches().
    bool take_prefix(std::string_view keyword);
    /// The same without taking.
    [[nodiscard]] bool is_prefix(std::string_view keyword) const;

    /// The value that must follow a keyword just taken.
    [[nodiscard]] Result<std::string> value();
    /// A number that must follow; `what` completes `argument "x" is wrong: …`.
    template <std::integral T>
    [[nodiscard]] Result<T> number(std::string_view what, int base = 0);
    /// `on` or `off`; `keyword` names the option in the complaint.
    [[nodiscard]] Result<bool> on_off(std::string_view keyword);

    /// Something to be told before what the words say is done: a warning.
    void note(std::string text) { notes_.push_back(std::move(text)); }
    [[nodiscard]] std::vector<std::string> const& notes() const { return notes_; }

private:
    std::span<std::string const> words_;
    std::size_t at_ = 0;
    std::vector<std::string> notes_;
};

/// `Error: argument "x" is wrong: what`
[[nodiscard]] Error wrong_argument(std::string_view what, std::string_view argument);
/// `Error: duplicate "mtu": "x" is the second value.`
[[nodiscard]] Error duplicate_argument(std::string_view keyword, std::string_view argument);
/// `Error: either "x" is duplicate, or "y" is a garbage.`
[[nodiscard]] Error garbage_argument(std::string_view keyword, std::string_view argument);
/// `Error: argument "x" is required`
[[nodiscard]] Error missing_argument(std::string_view keyword);
/// `Command line is not complete. Try option "help"`
[[nodiscard]] Error incomplete_line();
/// `Error: argument of "x" must be one of "a" or "b", not "y"`
[[nodiscard]] Error not_one_of(std::string_view keyword, std::initializer_list<std::string_view> choices,
                               std::string_view argument);

/// What the words say cannot be, though they are well-formed: printed as it is, exit status 1.
[[nodiscard]] Error refused(std::string what);
/// The same within a sentence: the first line, without "Error: " and its full stop.
[[nodiscard]] std::string plain_words(Error const& error);

/// Whether a word stands for no address at all: `default`, `any`, `all`; what it means is the caller's.
[[nodiscard]] bool is_any_word(std::string_view word);
/// ADDRESS or ADDRESS/LENGTH of a wanted family (nothing: either). As iproute2 reads them: "10.1"
/// is 10.1.0.0, octets may be octal or hexadecimal, the length may be a netmask.
[[nodiscard]] Result<IpPrefix> read_prefix(std::string_view word, std::optional<Family> family);
[[nodiscard]] Result<IpAddress> read_address(std::string_view word, std::optional<Family> family);
/// Hexadecimal octets between colons, or a dotted quad (an address of a tunnel).
[[nodiscard]] Result<LinkAddress> read_link_address(std::string_view word);
/// A name that a device may have, or the complaint that it may not (at most 15 characters, no '/', no blank).
[[nodiscard]] bool is_link_name(std::string_view name);
/// The same of any length: an alternative name, or what may refer to a device.
[[nodiscard]] bool is_alternative_name(std::string_view name);

template <std::integral T>
Result<T> WordReader::number(std::string_view what, int base) {
    auto const word = TRY(value());
    auto const parsed = parse_number<T>(word, base);
    if (!parsed) return wrong_argument(what, word);
    return *parsed;
}

}  // namespace vethwork::plan
