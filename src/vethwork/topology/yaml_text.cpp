#include <vethwork/topology/yaml_text.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

namespace {

/// What a plain scalar cannot begin with, have in it, or be, wherever it stands.
bool can_be_plain(std::string_view text) {
    constexpr std::string_view indicators = "-?:,[]{}#&*!|>'\"%@`";
    if (text.empty() || text != trim(text) || text == "~" || text == "null") return false;
    bool const dashes = text[0] == '-' && text.size() > 1 && text[1] != ' ' && text != "---";
    if (indicators.find(text[0]) != std::string_view::npos && !dashes) return false;
    if (text.find_first_of(",[]{}") != std::string_view::npos || text.ends_with(':')) return false;
    if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
    return std::ranges::all_of(text,
                               [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7f; });
}

std::string escaped(char c) {
    switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\t':
            return "\\t";
        default:
            break;
    }
    auto const byte = static_cast<unsigned char>(c);
    return byte < ' ' || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    if (can_be_plain(text)) return std::string(text);
    std::string quoted = "\"";
    for (char const c : text) quoted += escaped(c);
    return quoted + "\"";
}

std::string yaml_one_or_list(std::span<std::string const> items) {
    return items.size() == 1 ? items.front() : "[" + join(items, ", ") + "]";
}

std::string yaml_block(std::string_view text, std::size_t indent) {
    std::string block = "|";
    for (auto const line : split(text.substr(0, text.find_last_not_of('\n') + 1), '\n'))
        block += line.empty() ? "\n" : "\n" + std::string(indent, ' ') + std::string(line);
    return block + "\n";
}

}  // namespace vethwork::topology
