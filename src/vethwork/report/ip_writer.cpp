#include <vethwork/report/ip_writer.hpp>

#include <array>

#include <vethwork/report/json_text.hpp>

namespace vethwork::report {

namespace {

/// ANSI colours for a dark terminal's sake: cyan, yellow, magenta, blue, green, red.
constexpr std::array<std::string_view, 7> inks{"",         "\x1b[36m", "\x1b[33m", "\x1b[35m",
                                               "\x1b[34m", "\x1b[32m", "\x1b[31m"};
constexpr std::string_view no_ink = "\x1b[0m";
constexpr std::size_t indent = 4;

}  // namespace

void IpWriter::new_line() {
    out_ += '\n';
    out_.append(levels_.size() * indent, ' ');
}

void IpWriter::before_value(std::string_view key) {
    if (!levels_.empty()) {
        auto& level = levels_.back();
        bool const first = std::exchange(level.empty, false);
        if (!first) out_ += ',';
        if (look_ == Look::pretty_json && level.bracket == '{') new_line();
        if (look_ == Look::pretty_json && level.bracket == '[' && first) out_ += ' ';
    }
    if (key.empty() || (!levels_.empty() && levels_.back().bracket == '[')) return;
    quoted(key);
    out_ += look_ == Look::pretty_json ? ": " : ":";
}

void IpWriter::begin(std::string_view key, char bracket) {
    if (!is_json()) return;
    before_value(key);
    out_ += bracket;
    levels_.push_back({bracket});
}

void IpWriter::end(char bracket) {
    if (!is_json() || levels_.empty()) return;
    bool const was_empty = levels_.back().empty;
    levels_.pop_back();
    if (look_ == Look::pretty_json) {
        if (bracket == ']')
            out_ += ' ';
        else if (!was_empty)
            new_line();
    }
    out_ += bracket;
    if (levels_.empty()) out_ += '\n';
}

void IpWriter::begin_list(std::string_view key) { begin(key, '['); }
void IpWriter::end_list() { end(']'); }
void IpWriter::begin_object(std::string_view key) { begin(key, '{'); }
void IpWriter::end_object() { end('}'); }

void IpWriter::text(std::string_view words, Ink ink) {
    if (is_json()) return;
    begin_ink(ink);
    out_ += words;
    end_ink(ink);
}

void IpWriter::begin_ink(Ink ink) {
    if (coloured_ && ink != Ink::none) out_ += inks[static_cast<std::size_t>(ink)];
}

void IpWriter::end_ink(Ink ink) {
    if (coloured_ && ink != Ink::none) out_ += no_ink;
}

void IpWriter::quoted(std::string_view value) { append_json_string(out_, value); }

void IpWriter::json(std::string_view key, std::string_view value) {
    if (!is_json()) return;
    before_value(key);
    quoted(value);
}

void IpWriter::json(std::string_view key, bool value) {
    if (!is_json()) return;
    before_value(key);
    out_ += value ? "true" : "false";
}

void IpWriter::json(std::string_view key, std::int64_t value) {
    if (!is_json()) return;
    before_value(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
}

void IpWriter::json(std::string_view key, std::uint64_t value) {
    if (!is_json()) return;
    before_value(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
}

void IpWriter::json_null(std::string_view key) {
    if (!is_json()) return;
    before_value(key);
    out_ += "null";
}

void IpWriter::json_raw(std::string_view key, std::string_view number) {
    if (!is_json()) return;
    before_value(key);
    out_ += number;
}

void IpWriter::json_double(std::string_view key, double value) {
    if (!is_json()) return;
    before_value(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
}

bool IpWriter::put_plainly(std::string_view format, std::string_view value) {
    auto const place = format.find('{');
    if (place == std::string_view::npos || format.substr(place + 1, 1) != "}") return false;
    auto const before = format.substr(0, place), after = format.substr(place + 2);
    if (before.find('}') != std::string_view::npos || after.find_first_of("{}") != std::string_view::npos)
        return false;
    out_.append(before).append(value).append(after);
    return true;
}

void IpWriter::mark(std::string_view key, std::string_view words, bool there) {
    if (is_json())
        json(key, there);
    else if (there)
        text(words);
}

void IpWriter::end_line() { text(one_line_ ? "\\" : "\n"); }

}  // namespace vethwork::report
