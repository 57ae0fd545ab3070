#include <vethwork/topology/complaint.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

namespace {

constexpr std::uint32_t widest = 160;  ///< of a line of source that is shown

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

/// The byte at which character `column` (from 0) begins.
std::size_t byte_of(std::string_view text, std::uint32_t column) {
    std::size_t at = 0;
    for (; at < text.size() && column > 0; --column) do
            ++at;
        while (at < text.size() && continues_character(text[at]));
    return at;
}

/// Blanks as wide as `text`: a tab stays one, so that the caret stands where the reader sees the place.
std::string blanks_for(std::string_view text) {
    std::string blanks;
    for (char const c : text)
        if (!continues_character(c)) blanks += c == '\t' ? '\t' : ' ';
    return blanks;
}

std::string caret_lines(std::string_view source, Place const& place) {
    std::uint32_t const column = place.column == 0 ? 0 : place.column - 1;
    std::uint32_t const skipped = column > widest - 40 ? column - 40 : 0;
    std::string_view shown = source.substr(byte_of(source, skipped));
    shown = shown.substr(0, byte_of(shown, widest));
    std::uint32_t const before = column - skipped, characters = count_characters(shown);
    std::uint32_t const room = characters > before ? characters - before : 1;
    std::uint32_t const width = std::clamp(place.width, 1u, room);
    return fmt::format("{}\n{}^{}\n", shown, blanks_for(shown.substr(0, byte_of(shown, before))),
                       std::string(width - 1, '~'));
}

}  // namespace

std::uint16_t Sources::add(std::string name, std::string text) {
    File file{std::move(name), std::move(text), {0}};
    for (std::size_t i = 0; i < file.text.size(); ++i)
        if (file.text[i] == '\n') file.lines.push_back(i + 1);
    files_.push_back(std::move(file));
    return static_cast<std::uint16_t>(files_.size() - 1);
}

std::string_view Sources::line(std::uint16_t file, std::uint32_t line) const {
    if (file >= files_.size() || line == 0 || line > files_[file].lines.size()) return {};
    auto const rest = std::string_view(files_[file].text).substr(files_[file].lines[line - 1]);
    auto found = rest.substr(0, rest.find('\n'));
    if (found.ends_with('\r')) found.remove_suffix(1);
    return found;
}

std::string Sources::locate(Place const& place) const {
    if (place.line == 0 || place.file >= files_.size()) return {};
    return fmt::format("{}:{}", files_[place.file].name, place.line);
}

std::string Complaint::to_text() const {
    std::string text = file;
    if (place.line != 0) text += fmt::format(":{}:{}", place.line, std::max(place.column, 1u));
    text += fmt::format(": {}: {}", severity == Severity::error ? "error" : "warning", message);
    if (hint.empty()) text += fmt::format("  [{}]", code);
    text += '\n';
    if (!source.empty()) text += caret_lines(source, place);
    if (!hint.empty()) text += fmt::format("  hint: {}  [{}]\n", hint, code);
    return text;
}

void Complaints::error(std::string_view code, Place const& place, std::string message, std::string hint) {
    add({Severity::error, std::string(code), {}, place, std::move(message), std::move(hint), {}});
}

void Complaints::warning(std::string_view code, Place const& place, std::string message, std::string hint) {
    add({Severity::warning, std::string(code), {}, place, std::move(message), std::move(hint), {}});
}

void Complaints::add(Complaint complaint) {
    auto& count = complaint.severity == Severity::error ? errors_ : warnings_;
    if (count >= most) return;
    auto const& place = complaint.place;
    if (!seen_
             .insert(fmt::format("{}:{}:{}:{}:{}", place.file, place.line, place.column, complaint.code,
                                 complaint.message))
             .second)
        return;
    ++count;
    complaint.file = sources_->name(place.file);
    complaint.source = sources_->line(place.file, place.line);
    complaints_.push_back(std::move(complaint));
}

std::vector<Complaint> Complaints::take() {
    std::stable_sort(complaints_.begin(), complaints_.end(), [](Complaint const& a, Complaint const& b) {
        return std::tie(a.place.file, a.place.line, a.place.column) <
               std::tie(b.place.file, b.place.line, b.place.column);
    });
    return std::exchange(complaints_, {});
}

std::string did_you_mean(std::string_view word, std::vector<std::string_view> const& candidates) {
    auto const near = nearest(word, candidates);
    return near ? fmt::format("did you mean '{}'?", *near) : std::string{};
}

std::string enumerate(std::vector<std::string_view> const& words, std::string_view last) {
    std::string text;
    std::size_t const shown = std::min<std::size_t>(words.size(), 24);
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
        text += words[i];
    }
    return shown < words.size() ? text + ", …" : text;
}

std::uint32_t count_characters(std::string_view text) {
    return static_cast<std::uint32_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

}  // namespace vethwork::topology
