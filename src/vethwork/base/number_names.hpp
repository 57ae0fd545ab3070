// Names of numbers, both ways: routing tables, protocols, scopes. Built-in names and, once they are needed,
// those of a text as the files under /etc/iproute2 hold it: a number and a name a line, '#' begins a comment.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vethwork {

class NumberNames {
public:
    NumberNames() = default;
    NumberNames(std::initializer_list<std::pair<std::uint32_t, std::string_view>> built_in);

    /// Where more names come from; asked once, when a number or a name is not among the built-in ones.
    void set_more(std::function<std::string()> more) { more_ = std::move(more); }
    /// A later name of the same number takes precedence.
    void add(std::uint32_t number, std::string_view name) { names_.emplace_back(number, name); }
    /// Every line that reads as NUMBER NAME; the others are passed over.
    void add_lines(std::string_view text);

    /// The name of a number; empty where it has none. Valid until the next call.
    [[nodiscard]] std::string_view name(std::uint32_t number) const;
    [[nodiscard]] std::optional<std::uint32_t> number(std::string_view name) const;
    /// The name, or the number in decimal.
    [[nodiscard]] std::string text(std::uint32_t number) const;

private:
    void take_lines(std::string_view text) const;
    void learn() const;

    mutable std::vector<std::pair<std::uint32_t, std::string>> names_;
    mutable std::function<std::string()> more_;
};

}  // namespace vethwork
