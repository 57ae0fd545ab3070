#include <vethwork/report/text_columns.hpp>

#include <algorithm>

namespace vethwork::report {

namespace {

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::string blanks(std::string_view text, std::size_t width) {
    return std::string(width - std::min(width, columns_of(text)), ' ');
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

std::string pad_right(std::string_view text, std::size_t width) {
    return std::string(text) + blanks(text, width);
}

std::string pad_left(std::string_view text, std::size_t width) {
    return blanks(text, width) + std::string(text);
}

std::string_view trim_end(std::string_view text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

}  // namespace vethwork::report
