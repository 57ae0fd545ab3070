// $(…): integer expressions over variables, inside any text of a topology file.
//
//     or      = and { "||" and }            sum     = product { ("+" | "-") product }
//     and     = compare { "&&" compare }    product = unary { ("*" | "/" | "%") unary }
//     compare = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
//     unary   = ("-" | "!") unary | "(" or ")" | NUMBER | NAME | 'TEXT'
//
// Numbers have 64 bits; a comparison is 1 or 0. A variable may hold text: alone it stands for the text, and
// == and != compare it. Division truncates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::topology {

using Value = std::variant<std::int64_t, std::string>;

[[nodiscard]] std::string to_text(Value const& value);
/// A number where the text is one, else the text.
[[nodiscard]] Value value_of(std::string_view text);

/// Variables by name; an inner one hides an outer of the same name.
class Variables {
public:
    void set(std::string name, Value value) { values_.emplace_back(std::move(name), std::move(value)); }
    [[nodiscard]] Value const* find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> names() const;
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    /// Forgets what was set after there were `size`.
    void shrink(std::size_t size) { values_.resize(size); }

private:
    std::vector<std::pair<std::string, Value>> values_;
};

/// Why an expression has no value.
struct ExpressionFault {
    std::string code;  ///< "E215" no expression, "E216" unknown variable, "E217" division by zero, "E218"
                       ///< overflow, "E219" arithmetic with text
    std::string message, hint;
    std::size_t offset = 0, size = 1;  ///< bytes of the text looked at
};

/// The value of `text`, which is what stands between $( and ).
[[nodiscard]] std::variant<Value, ExpressionFault> evaluate(std::string_view text,
                                                            Variables const& variables);

/// `text` with every $(…) replaced; `$$(` stands for `$(`.
[[nodiscard]] std::variant<std::string, ExpressionFault> substitute(std::string_view text,
                                                                    Variables const& variables);

}  // namespace vethwork::topology
