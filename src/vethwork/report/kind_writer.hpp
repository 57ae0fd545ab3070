// How the settings of a kind of link are shown: a word and a value, each where it is there.
#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/report/ip_link.hpp>
#include <vethwork/report/ip_writer.hpp>

namespace vethwork::report {

/// A number as printf(3) writes it with %#x: "0" has no prefix.
[[nodiscard]] std::string hexadecimal_text(std::uint64_t value);

class KindWriter {
public:
    KindWriter(IpWriter& writer, IpDetails const& details) : writer_(&writer), details_(&details) {}

    [[nodiscard]] IpWriter& writer() const { return *writer_; }
    [[nodiscard]] IpDetails const& details() const { return *details_; }
    [[nodiscard]] bool is_json() const { return writer_->is_json(); }

    /// `word value `; `word` is the key's own unless it is given.
    template <std::integral T>
    void number(std::optional<T> value, std::string_view key, std::string_view word = {}) const {
        if (value) pair(key, word, +*value);
    }
    void text(std::string_view value, std::string_view key, std::string_view word = {}) const {
        pair(key, word, value);
    }
    /// 0x2a; a string in JSON.
    template <std::integral T>
    void hexadecimal(std::optional<T> value, std::string_view key, std::string_view word = {}) const {
        if (value) pair(key, word, std::string_view(hexadecimal_text(static_cast<std::uint64_t>(*value))));
    }
    /// `word on ` or `word off `; a bool in JSON.
    void on_off(std::optional<bool> value, std::string_view key, std::string_view word = {}) const;
    /// `word ` where it is true, nothing otherwise.
    void mark(std::optional<bool> value, std::string_view key, std::string_view word) const;
    /// `word ` or `noword `; a bool in JSON.
    void negatable(std::optional<bool> value, std::string_view key, std::string_view word) const;
    /// The word that stands at `value` in `names`, else `other`.
    template <std::integral T>
    void named(std::optional<T> value, std::span<std::string_view const> names, std::string_view key,
               std::string_view word = {}, std::string_view other = "UNKNOWN") const {
        if (!value) return;
        auto const place = static_cast<std::size_t>(*value);
        pair(key, word, place < names.size() ? names[place] : other);
    }
    /// A link by its name; nothing where the index is 0.
    void link(std::optional<topology::LinkRef> const& value, std::string_view key,
              std::string_view word = {}) const;
    /// 1/100 s as seconds with two decimals.
    void timer(std::optional<std::uint64_t> value, std::string_view key) const;
    /// ADDRESS, or `any` where there is none.
    void endpoint(std::optional<IpAddress> const& value, std::string_view key) const;

private:
    template <class T>
    void pair(std::string_view key, std::string_view word, T const& value) const {
        if (is_json()) {
            writer_->json(key, value);
            return;
        }
        writer_->text(word.empty() ? key : word);
        writer_->field(key, " {} ", value);
    }

    IpWriter* writer_;
    IpDetails const* details_;
};

}  // namespace vethwork::report
