#include <vethwork/topology/expression.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/complaint.hpp>

namespace vethwork::topology {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Evaluates while it reads. The first fault sticks; what is computed after it is of no use.
class Evaluator {
public:
    Evaluator(std::string_view text, Variables const& variables) : text_(text), variables_(variables) {}

    std::variant<Value, ExpressionFault> run() {
        Value value = any(0);
        blank();
        if (at_ < text_.size())
            fail("E215", fmt::format("'{}' is not expected here", text_.substr(at_)), {}, at_);
        if (fault_) return *fault_;
        return value;
    }

private:
    static constexpr int deepest = 50;

    void fail(std::string_view code, std::string message, std::string hint, std::size_t at,
              std::size_t size = 1) {
        if (!fault_)
            fault_ = ExpressionFault{std::string(code), std::move(message), std::move(hint), at, size};
        at_ = text_.size();
    }
    void blank() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
    }
    bool take(std::string_view token) {
        blank();
        if (!text_.substr(at_).starts_with(token)) return false;
        at_ += token.size();
        return true;
    }
    std::int64_t number(Value const& value, std::size_t at) {
        if (auto const* const found = std::get_if<std::int64_t>(&value)) return *found;
        fail("E219", fmt::format("'{}' is no number", std::get<std::string>(value)),
             "text can stand alone, or be compared with == and !=", at);
        return 0;
    }

    Value any(int depth);
    Value both(int depth);
    Value compare(int depth);
    Value sum(int depth);
    Value product(int depth);
    Value unary(int depth);
    Value name_or_number();
    Value quoted();
    Value arithmetic(char operation, std::int64_t left, std::int64_t right, std::size_t at);

    std::string_view text_;
    Variables const& variables_;
    std::size_t at_ = 0;
    std::optional<ExpressionFault> fault_;
};

Value Evaluator::any(int depth) {
    if (depth > deepest) {
        fail("E215", "this expression is nested too deep", {}, at_);
        return std::int64_t{0};
    }
    auto const start = at_;
    Value left = both(depth);
    while (take("||")) {
        bool const yes = number(left, start) != 0;
        left = std::int64_t{(number(both(depth), at_) != 0) || yes};
    }
    return left;
}

Value Evaluator::both(int depth) {
    auto const start = at_;
    Value left = compare(depth);
    while (take("&&")) {
        bool const yes = number(left, start) != 0;
        left = std::int64_t{(number(compare(depth), at_) != 0) && yes};
    }
    return left;
}

Value Evaluator::compare(int depth) {
    constexpr auto operators = std::to_array<std::string_view>({"==", "!=", "<=", ">=", "<", ">"});
    auto const start = at_;
    Value left = sum(depth);
    for (auto const operation : operators) {
        if (!take(operation)) continue;
        Value const right = sum(depth);
        if (operation == "==") return std::int64_t{left == right};
        if (operation == "!=") return std::int64_t{left != right};
        auto const a = number(left, start), b = number(right, at_);
        if (operation == "<=") return std::int64_t{a <= b};
        if (operation == ">=") return std::int64_t{a >= b};
        return std::int64_t{operation == "<" ? a < b : a > b};
    }
    return left;
}

Value Evaluator::sum(int depth) {
    auto const start = at_;
    Value left = product(depth);
    for (;;) {
        auto const at = at_;
        char const operation = take("+") ? '+' : take("-") ? '-' : 0;
        if (!operation) return left;
        Value const right = product(depth);
        left = arithmetic(operation, number(left, start), number(right, at), at);
    }
}

Value Evaluator::product(int depth) {
    auto const start = at_;
    Value left = unary(depth);
    for (;;) {
        auto const at = at_;
        char const operation = take("*") ? '*' : take("/") ? '/' : take("%") ? '%' : 0;
        if (!operation) return left;
        Value const right = unary(depth);
        left = arithmetic(operation, number(left, start), number(right, at), at);
    }
}

Value Evaluator::arithmetic(char operation, std::int64_t left, std::int64_t right, std::size_t at) {
    std::int64_t result = 0;
    bool overflow = false;
    if (operation == '+') overflow = __builtin_add_overflow(left, right, &result);
    if (operation == '-') overflow = __builtin_sub_overflow(left, right, &result);
    if (operation == '*') overflow = __builtin_mul_overflow(left, right, &result);
    if (operation == '/' || operation == '%') {
        if (right == 0) {
            fail("E217", fmt::format("'{}' divides by zero", trim(text_)), {}, at);
            return std::int64_t{0};
        }
        overflow = left == INT64_MIN && right == -1;
        if (!overflow) result = operation == '/' ? left / right : left % right;
    }
    if (overflow) fail("E218", fmt::format("'{}' is too large for 64 bits", trim(text_)), {}, at);
    return result;
}

Value Evaluator::unary(int depth) {
    auto const start = at_;
    if (depth > deepest) {
        fail("E215", "this expression is nested too deep", {}, at_);
        return std::int64_t{0};
    }
    if (take("-")) return arithmetic('-', 0, number(unary(depth + 1), start), start);
    blank();
    if (!text_.substr(at_).starts_with("!=") && take("!"))
        return std::int64_t{number(unary(depth + 1), start) == 0};
    if (!take("(")) return name_or_number();
    Value inner = any(depth + 1);
    if (!take(")")) fail("E215", "a ')' is missing", {}, at_);
    return inner;
}

Value Evaluator::quoted() {
    auto const start = at_++;
    auto const end = text_.find('\'', at_);
    if (end == std::string_view::npos) {
        fail("E215", "the closing ' is missing", {}, start);
        return std::int64_t{0};
    }
    std::string text(text_.substr(at_, end - at_));
    at_ = end + 1;
    return text;
}

Value Evaluator::name_or_number() {
    blank();
    auto const start = at_;
    if (at_ < text_.size() && text_[at_] == '\'') return quoted();
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    auto const word = text_.substr(start, at_ - start);
    if (word.empty()) {
        std::string const found =
            start < text_.size() ? fmt::format("not '{}'", text_.substr(start)) : "not its end";
        if (!fault_) fail("E215", "a number or a variable is expected here, " + found, {}, start);
        return std::int64_t{0};
    }
    if (is_digit(word[0])) {
        if (auto const number = parse_number<std::int64_t>(word, 10)) return *number;
        bool const digits = std::all_of(word.begin(), word.end(), is_digit);
        fail(digits ? "E218" : "E215",
             fmt::format("'{}' is {}", word, digits ? "too large for 64 bits" : "no number"), {}, start,
             word.size());
        return std::int64_t{0};
    }
    if (auto const* const value = variables_.find(word)) return *value;
    auto const names = variables_.names();
    auto hint = did_you_mean(word, names);
    if (hint.empty()) hint = names.empty() ? "write it under 'vars'" : "known here: " + enumerate(names);
    fail("E216", fmt::format("there is no variable '{}'", word), std::move(hint), start, word.size());
    return std::int64_t{0};
}

/// Where the ) is that closes the ( before `from`.
std::size_t closing(std::string_view text, std::size_t from) {
    int open = 1;
    for (std::size_t i = from; i < text.size(); ++i) {
        if (text[i] == '(') ++open;
        if (text[i] == ')' && --open == 0) return i;
    }
    return std::string_view::npos;
}

}  // namespace

std::string to_text(Value const& value) {
    if (auto const* const number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return std::get<std::string>(value);
}

Value value_of(std::string_view text) {
    if (auto const number = parse_number<std::int64_t>(text, 10); number && std::to_string(*number) == text)
        return *number;
    return std::string(text);
}

Value const* Variables::find(std::string_view name) const {
    for (auto at = values_.rbegin(); at != values_.rend(); ++at)
        if (at->first == name) return &at->second;
    return nullptr;
}

std::vector<std::string_view> Variables::names() const {
    std::vector<std::string_view> names;
    for (auto const& [name, value] : values_)
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    return names;
}

std::variant<Value, ExpressionFault> evaluate(std::string_view text, Variables const& variables) {
    return Evaluator(text, variables).run();
}

std::variant<std::string, ExpressionFault> substitute(std::string_view text, Variables const& variables) {
    std::string result;
    std::size_t at = 0;
    for (;;) {
        auto const dollar = text.find("$(", at);
        result += text.substr(at, dollar == std::string_view::npos ? dollar : dollar - at);
        if (dollar == std::string_view::npos) return result;
        if (dollar > at && text[dollar - 1] == '$') {
            result += "(";
            at = dollar + 2;
            continue;
        }
        auto const end = closing(text, dollar + 2);
        if (end == std::string_view::npos)
            return ExpressionFault{"E215", "a ')' is missing",
                                   "$( begins an expression; write $$( for the text $(", dollar, 2};
        auto value = evaluate(text.substr(dollar + 2, end - dollar - 2), variables);
        if (auto* const fault = std::get_if<ExpressionFault>(&value)) {
            fault->offset += dollar + 2;
            return std::move(*fault);
        }
        result += to_text(std::get<Value>(value));
        at = end + 1;
    }
}

}  // namespace vethwork::topology
