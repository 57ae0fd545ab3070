// Small helpers for text that more than one room needs.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vethwork {

/// The whole of `text` as a number: decimal, 0x hexadecimal, or octal with a leading 0, as strtoul(3) base 0.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 0) {
    bool const negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (base == 0) {
        base = 10;
        if (text.starts_with("0x") || text.starts_with("0X")) {
            base = 16;
            text.remove_prefix(2);
        } else if (text.size() > 1 && text[0] == '0') {
            base = 8;
        }
    }
    if (text.empty() || text[0] == '-') return {};
    std::string signed_text;
    if (negative) {
        signed_text = "-" + std::string(text);
        text = signed_text;
    }
    T value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

/// The parts between separators; an empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Words between blanks.
[[nodiscard]] std::vector<std::string_view> split_words(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string join(std::span<std::string const> parts, std::string_view separator);
/// The candidate nearest to `word` by edit distance, where it is near enough to be meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word,
                                                 std::span<std::string_view const> candidates);
/// A word as a POSIX shell would need it: quoted only where it must be.
[[nodiscard]] std::string shell_quote(std::string_view word);

}  // namespace vethwork
