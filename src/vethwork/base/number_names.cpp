#include <vethwork/base/number_names.hpp>

#include <algorithm>
#include <ranges>

#include <vethwork/base/text.hpp>

namespace vethwork {

NumberNames::NumberNames(std::initializer_list<std::pair<std::uint32_t, std::string_view>> built_in) {
    names_.reserve(built_in.size());
    for (auto const& [number, name] : built_in) names_.emplace_back(number, name);
}

void NumberNames::add_lines(std::string_view text) { take_lines(text); }

void NumberNames::take_lines(std::string_view text) const {
    for (auto const line : split(text, '\n')) {
        auto const words = split_words(line);
        if (words.size() < 2 || words[0].starts_with('#')) continue;
        if (words.size() > 2 && !words[2].starts_with('#')) continue;
        bool const hexadecimal = words[0].starts_with("0x");
        auto const number =
            parse_number<std::uint32_t>(words[0].substr(hexadecimal ? 2 : 0), hexadecimal ? 16 : 10);
        if (number) names_.emplace_back(*number, words[1]);
    }
}

void NumberNames::learn() const {
    auto const more = std::exchange(more_, nullptr);
    take_lines(more());
}

std::string_view NumberNames::name(std::uint32_t number) const {
    for (auto const& [known, name] : std::views::reverse(names_))
        if (known == number) return name;
    if (!more_) return {};
    learn();
    return name(number);
}

std::optional<std::uint32_t> NumberNames::number(std::string_view name) const {
    if (more_) learn();
    for (auto const& [number, known] : std::views::reverse(names_))
        if (known == name) return number;
    return {};
}

std::string NumberNames::text(std::uint32_t number) const {
    auto const known = name(number);
    return known.empty() ? std::to_string(number) : std::string(known);
}

}  // namespace vethwork
