// One call, two looks: what `ip` prints, as text or as JSON. A report calls it once for each thing it tells;
// the writer decides how that looks. Source: the shapes that scripts around `ip` and `ip -j` read.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace vethwork::report {

enum class Look { text, json, pretty_json };
/// What a piece of text means; only a coloured writer shows it.
enum class Ink { none, link_name, link_address, ipv4, ipv6, up, down };

class IpWriter {
public:
    explicit IpWriter(Look look, bool coloured = false) : look_(look), coloured_(coloured) {}

    [[nodiscard]] bool is_json() const { return look_ != Look::text; }

    /// A list of objects is open from begin_list() to end_list(); in text they leave no trace.
    void begin_list(std::string_view key = {});
    void end_list();
    void begin_object(std::string_view key = {});
    void end_object();

    /// Only in text.
    void text(std::string_view words, Ink ink = Ink::none);
    /// Only in JSON.
    void json(std::string_view key, std::string_view value);
    void json(std::string_view key, char const* value) { json(key, std::string_view(value)); }
    void json(std::string_view key, bool value);
    void json(std::string_view key, std::int64_t value);
    void json(std::string_view key, std::uint64_t value);
    template <std::integral T>
    void json(std::string_view key, T value) {
        if constexpr (std::is_signed_v<T>)
            json(key, static_cast<std::int64_t>(value));
        else
            json(key, static_cast<std::uint64_t>(value));
    }
    void json_null(std::string_view key);
    /// A number already written as JSON wants it ("12.50").
    void json_raw(std::string_view key, std::string_view number);
    void json_double(std::string_view key, double value);

    /// In text `format` with the value in it ("mtu {} "), in JSON key and value.
    template <class T>
    void field(std::string_view key, std::string_view format, T const& value, Ink ink = Ink::none) {
        if (is_json()) {
            json(key, value);
            return;
        }
        begin_ink(ink);
        if (!put_plainly(format, value))
            fmt::format_to(std::back_inserter(out_), fmt::runtime(format), value);
        end_ink(ink);
    }
    /// A word that is there or not: in text `words`, in JSON `key: true` or, with `key: null` kept for old
    /// flags, null.
    void mark(std::string_view key, std::string_view words, bool there = true);

    /// The end of a line: a newline in text, or with one-line output a backslash.
    void end_line();
    void set_one_line(bool on) { one_line_ = on; }

    [[nodiscard]] std::string const& written() const { return out_; }
    [[nodiscard]] std::string take() { return std::exchange(out_, {}); }
    /// What has been written is elsewhere; its room is used again.
    void forget() { out_.clear(); }

private:
    void begin(std::string_view key, char bracket);
    void end(char bracket);
    void before_value(std::string_view key);
    void new_line();
    void begin_ink(Ink ink);
    void end_ink(Ink ink);
    void quoted(std::string_view value);

    /// The short way for a format that has one bare "{}"; false where it is another one. Most of what is
    /// listed by the thousand goes this way.
    bool put_plainly(std::string_view format, std::string_view value);
    template <class T>
    bool put_plainly(std::string_view format, T const& value) {
        if constexpr (std::convertible_to<T const&, std::string_view>) {
            return put_plainly(format, std::string_view(value));
        } else if constexpr (std::integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>) {
            std::array<char, 24> digits;
            auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
            return put_plainly(format, std::string_view(digits.data(), end));
        } else {
            return false;
        }
    }

    struct Level {
        char bracket;
        bool empty = true;
    };

    Look look_;
    bool coloured_;
    bool one_line_ = false;
    std::vector<Level> levels_;
    std::string out_;
};

}  // namespace vethwork::report
