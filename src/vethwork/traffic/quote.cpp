#include <vethwork/traffic/quote.hpp>

#include <cstdint>
#include <optional>

namespace vethwork {

namespace {

struct Character {
    char32_t value;
    std::size_t size;  ///< in bytes
};

unsigned char octet(std::string_view text, std::size_t index) {
    return static_cast<unsigned char>(text[index]);
}

/// The UTF-8 character in front (RFC 3629: shortest form, no surrogates, at most U+10FFFF); `text` is not
/// empty.
std::optional<Character> decode(std::string_view text) {
    unsigned char const lead = octet(text, 0);
    if (lead < 0x80) return Character{lead, 1};
    std::size_t const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {};
    char32_t value = lead & (0x7fu >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(text, i) & 0xc0) != 0x80) return {};
        value = value << 6 | (octet(text, i) & 0x3fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {};
    return Character{value, size};
}

void append_hex(std::string& to, char letter, std::uint32_t value, int digits) {
    to += '\\';
    to += letter;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) to += "0123456789abcdef"[value >> shift & 0xf];
}

/// The letter behind the backslash, or 0 where the character has none.
char short_escape(char32_t character) {
    switch (character) {
        case '\a':
            return 'a';
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        case '\v':
            return 'v';
        case '"':
        case '\\':
            return static_cast<char>(character);
        default:
            return 0;
    }
}

void append_escaped(std::string& to, char32_t character) {
    if (char const letter = short_escape(character); letter != 0) {
        to += '\\';
        to += letter;
    } else if (character < 0x80) {
        append_hex(to, 'x', character, 2);
    } else if (character < 0x10000) {
        append_hex(to, 'u', character, 4);
    } else {
        append_hex(to, 'U', character, 8);
    }
}

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

std::size_t plain_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_plain(text[length])) ++length;
    return length;
}

}  // namespace

void append_quoted(std::string& to, std::string_view text) {
    to += '"';
    for (;;) {
        std::size_t const plain = plain_length(text);
        to += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        auto const character = decode(text);
        std::size_t const size = character ? character->size : 1;
        if (!character)
            append_hex(to, 'x', octet(text, 0), 2);
        else if (size > 1 && is_printable(character->value))
            to += text.substr(0, size);
        else
            append_escaped(to, character->value);
        text.remove_prefix(size);
    }
    to += '"';
}

std::string quote(std::string_view text) {
    std::string to;
    append_quoted(to, text);
    return to;
}

}  // namespace vethwork
