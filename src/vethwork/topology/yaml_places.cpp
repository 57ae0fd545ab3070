#include <vethwork/topology/yaml_places.hpp>

#include <algorithm>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

std::size_t YamlPlaces::begin_of_line(std::size_t at) const {
    return at == 0 ? 0 : text_.rfind('\n', at - 1) + 1;  // npos + 1 is 0
}

std::size_t YamlPlaces::end_of_line(std::size_t at) const {
    return std::min(text_.find('\n', at), text_.size());
}

/// Columns count characters.
std::size_t YamlPlaces::offset_of(Place const& place) const {
    std::size_t at = 0;
    for (std::uint32_t line = 1; line < place.line; ++line) at = text_.find('\n', at) + 1;
    for (std::uint32_t column = 1; column < place.column && at < text_.size(); ++column) do
            ++at;
        while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xc0) == 0x80);
    return at < text_.size() ? at : npos;
}

std::size_t YamlPlaces::end_of_word(std::size_t begin) const {
    char const quote = text_[begin];
    if (quote == '"' || quote == '\'') return text_.find(quote, begin + 1) + 1;
    return std::min(text_.find_first_of(" ,]}\n", begin), text_.size());
}

std::size_t YamlPlaces::begin_of_map(std::size_t inside) const {
    int depth = 0;
    for (std::size_t at = inside; at-- > 0;) {
        char const c = text_[at];
        if (c == '}' || c == ']') ++depth;
        if ((c == '{' || c == '[') && depth-- == 0) return c == '{' ? at : npos;
        if (c == '\n' && depth == 0 && at + 1 < inside && text_[at + 1] != ' ') break;
    }
    return npos;
}

std::size_t YamlPlaces::end_of_map(std::size_t begin) const {
    char quote = 0;
    int depth = 0;
    for (std::size_t at = begin; at < text_.size(); ++at) {
        char const c = text_[at];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#' && (text_[at - 1] == ' ' || text_[at - 1] == '\n')) {
            at = end_of_line(at);
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at;
        }
    }
    return npos;
}

std::size_t YamlPlaces::end_of_item(std::size_t begin) const {
    if (text_[begin] == '{') {
        auto const close = end_of_map(begin);
        return close == npos ? npos : close + 1;
    }
    auto const indent = begin - begin_of_line(begin);
    auto end = end_of_line(begin);
    for (std::size_t at = end; at < text_.size();) {
        auto const next = end_of_line(at + 1);
        auto const line = text_.substr(at + 1, next - at - 1);
        auto const first = line.find_first_not_of(' ');
        at = next;
        if (first == npos || line[first] == '#') continue;
        if (first < indent) break;
        end = next;
    }
    return end;
}

std::size_t YamlPlaces::dash_before(std::size_t begin) const {
    auto const start = begin_of_line(begin);
    auto const before = text_.substr(start, begin - start);
    auto const dash = before.find('-');
    return dash != npos && trim(before) == "-" ? dash : npos;
}

}  // namespace vethwork::topology
