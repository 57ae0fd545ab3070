#include <vethwork/topology/yaml_scalar.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

namespace vethwork::topology {

namespace {

constexpr std::string_view white = " \t";

bool is_break(char c) { return c == '\n' || c == '\r'; }

/// Takes one line break: \n, \r\n or \r.
void skip_break(std::string_view& raw) { raw.remove_prefix(raw.starts_with("\r\n") ? 2 : 1); }

void skip_white(std::string_view& raw) {
    raw.remove_prefix(std::min(raw.find_first_not_of(white), raw.size()));
}

/// Takes blanks and line breaks up to the next text; says how many breaks they were.
std::size_t skip_breaks(std::string_view& raw) {
    std::size_t breaks = 0;
    for (skip_white(raw); !raw.empty() && is_break(raw[0]); skip_white(raw)) {
        skip_break(raw);
        ++breaks;
    }
    return breaks;
}

/// Lines of quoted text are joined: blanks beside a break vanish, one break is a blank, each further one
/// itself. The first `kept` bytes of the text were escaped and stay.
void fold_break(std::string& text, std::size_t kept, std::string_view& raw) {
    while (text.size() > kept && white.find(text.back()) != std::string_view::npos) text.pop_back();
    auto const breaks = skip_breaks(raw);
    text.append(breaks == 1 ? " " : std::string(breaks - 1, '\n'));
}

void append_utf8(std::string& text, std::uint32_t code) {
    auto const more = [&](unsigned shift) { text += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | code >> 6);
        more(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xe0 | code >> 12);
        more(6), more(0);
    } else {
        text += static_cast<char>(0xf0 | code >> 18);
        more(12), more(6), more(0);
    }
}

struct Escape {
    char letter;
    std::uint32_t code;
};

constexpr Escape escapes[] = {
    {'0', 0},    {'a', 0x07},  {'b', 0x08}, {'t', 0x09}, {'\t', 0x09},  {'n', 0x0a},
    {'v', 0x0b}, {'f', 0x0c},  {'r', 0x0d}, {'e', 0x1b}, {' ', 0x20},   {'"', 0x22},
    {'/', 0x2f}, {'\\', 0x5c}, {'N', 0x85}, {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029},
};

/// The digits of \x, \u and \U.
constexpr std::size_t digits_of(char letter) {
    return letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
}

std::optional<std::uint32_t> hexadecimal(std::string_view digits) {
    std::uint32_t code = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [at, error] = std::from_chars(digits.data(), end, code, 16);
    return error == std::errc{} && at == end ? std::optional(code) : std::nullopt;
}

/// Takes what follows a backslash.
std::optional<std::uint32_t> take_escape(std::string_view& raw) {
    if (raw.empty()) return {};
    char const letter = raw[0];
    raw.remove_prefix(1);
    if (auto const digits = digits_of(letter); digits != 0) {
        if (raw.size() < digits) return {};
        auto const code = hexadecimal(raw.substr(0, digits));
        raw.remove_prefix(digits);
        bool const character = code && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
        return character ? code : std::nullopt;
    }
    auto const* const known = std::ranges::find(escapes, letter, &Escape::letter);
    return known == std::end(escapes) ? std::nullopt : std::optional(known->code);
}

struct Lines {
    std::vector<std::string_view> texts;  ///< less their indentation; empty where they hold nothing but it
    std::size_t empty_at_end = 0;
};

/// The lines of a block less the indentation of its first one that is not empty.
Lines lines_of_block(std::string_view raw) {
    Lines lines;
    std::optional<std::size_t> indent;
    while (!raw.empty()) {
        auto const end = std::min(raw.find_first_of("\r\n"), raw.size());
        auto line = raw.substr(0, end);
        raw.remove_prefix(end);
        if (!raw.empty()) skip_break(raw);
        auto const blanks = std::min(line.find_first_not_of(' '), line.size());
        if (!indent && blanks < line.size()) indent = blanks;
        line.remove_prefix(indent ? std::min(*indent, blanks) : blanks);
        lines.texts.push_back(line);
    }
    while (!lines.texts.empty() && lines.texts.back().empty()) {
        lines.texts.pop_back();
        ++lines.empty_at_end;
    }
    return lines;
}

/// Lines that begin with a blank stand as they are, and so do the breaks beside them.
std::string folded(std::vector<std::string_view> const& lines) {
    std::string text;
    std::size_t breaks = 0;
    bool first = true, apart = false;
    for (auto const line : lines) {
        if (line.empty()) {
            ++breaks;
            continue;
        }
        bool const further = white.find(line[0]) != std::string_view::npos;
        if (first || further || apart)
            text.append(first ? breaks : breaks + 1, '\n');
        else
            text.append(breaks == 0 ? " " : std::string(breaks, '\n'));
        text += line;
        breaks = 0;
        first = false;
        apart = further;
    }
    return text;
}

}  // namespace

std::string single_quoted_text(std::string_view raw) {
    std::string text;
    while (!raw.empty()) {
        if (is_break(raw[0])) {
            fold_break(text, 0, raw);
            continue;
        }
        text += raw[0];
        raw.remove_prefix(raw.starts_with("''") ? 2 : 1);
    }
    return text;
}

std::optional<std::string> double_quoted_text(std::string_view raw) {
    std::string text;
    std::size_t kept = 0;
    while (!raw.empty()) {
        char const c = raw[0];
        if (is_break(c)) {
            fold_break(text, kept, raw);
            continue;
        }
        raw.remove_prefix(1);
        if (c != '\\') {
            text += c;
            continue;
        }
        if (!raw.empty() && is_break(raw[0])) {
            text.append(skip_breaks(raw) - 1, '\n');
        } else {
            auto const code = take_escape(raw);
            if (!code) return {};
            append_utf8(text, *code);
        }
        kept = text.size();
    }
    return text;
}

std::optional<std::string> folded_text(std::string_view header, std::string_view lines) {
    if (header != ">" && header != ">-" && header != ">+") return {};
    auto const block = lines_of_block(lines);
    auto text = folded(block.texts);
    if (header == ">+")
        text.append(block.empty_at_end + (text.empty() ? 0 : 1), '\n');
    else if (header == ">" && !text.empty())
        text += '\n';
    return text;
}

}  // namespace vethwork::topology
