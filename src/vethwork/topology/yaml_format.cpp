#include <vethwork/topology/yaml_format.hpp>

#include <algorithm>
#include <vector>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {

namespace {

constexpr std::size_t step = 2;

std::size_t indent_of(std::string_view line) {
    auto const first = line.find_first_not_of(' ');
    return first == std::string_view::npos ? line.size() : first;
}
bool is_blank(std::string_view line) { return trim(line).empty(); }
std::string without_end(std::string text) {
    text.erase(text.find_last_not_of(" \t\r") + 1);
    return text;
}
bool is_dash(std::string_view text) { return text == "-" || text.starts_with("- "); }

/// Tidies what stands in one line, and knows from line to line whether a quoted text or a {} or [] is open.
class LineTidier {
public:
    /// A comment at the end is taken off, into comment().
    std::string tidy(std::string_view text) {
        in_ = text;
        at_ = 0;
        out_.clear();
        comment_.clear();
        block_scalar_ = false;
        plain_value_ = false;
        if (quote_ == 0) value_may_start_ = true;
        while (at_ < in_.size() && comment_.empty()) advance();
        return without_end(std::move(out_));
    }
    [[nodiscard]] std::string const& comment() const { return comment_; }
    [[nodiscard]] bool is_open() const { return quote_ != 0 || depth_ > 0; }
    [[nodiscard]] bool in_quotes() const { return quote_ != 0; }
    [[nodiscard]] bool begins_block_scalar() const { return block_scalar_; }
    /// The line ends in a plain text that the next one may go on with.
    [[nodiscard]] bool ends_in_plain_value() const { return plain_value_; }

private:
    void advance() {
        char const c = in_[at_];
        if (quote_ != 0) return quoted(c);
        if (c == ' ' || c == '\t') return take();
        if (c == '#' && (at_ == 0 || in_[at_ - 1] == ' ' || in_[at_ - 1] == '\t')) {
            comment_ = without_end(std::string(in_.substr(at_)));
            return;
        }
        if (depth_ > 0 && (c == ',' || c == '}' || c == ']')) return close_or_separate(c);
        if (!value_may_start_) return plain();
        if (c == '{' || c == '[') return open(c);
        if (c == '"' || c == '\'') {
            quote_ = c;
            return take();
        }
        if (c == '&' || c == '!') {
            while (at_ < in_.size() && in_[at_] != ' ') take();
            return;
        }
        if ((c == '|' || c == '>') && depth_ == 0) return block_header();
        plain();
    }

    void take() { out_ += in_[at_++]; }

    void quoted(char c) {
        if (quote_ == '"' && c == '\\' && at_ + 1 < in_.size())
            take();
        else if (quote_ == '\'' && c == '\'' && in_.substr(at_ + 1).starts_with('\''))
            take();
        else if (c == quote_)
            quote_ = 0, value_may_start_ = false;
        take();
    }

    void skip_blanks() {
        while (at_ < in_.size() && in_[at_] == ' ') ++at_;
    }
    void open(char c) {
        take();
        ++depth_;
        skip_blanks();
        bool const is_empty = at_ < in_.size() && (in_[at_] == '}' || in_[at_] == ']');
        if (c == '{' && at_ < in_.size() && !is_empty) out_ += ' ';
    }
    void close_or_separate(char c) {
        out_ = without_end(std::move(out_));
        if (c == '}' && !out_.empty() && !out_.ends_with('{')) out_ += ' ';
        take();
        if (c != ',') {
            --depth_;
            value_may_start_ = false;
            return;
        }
        value_may_start_ = true;
        if (at_ < in_.size() && in_[at_] != ' ') out_ += ' ';
    }

    void block_header() {
        block_scalar_ = true;
        auto const hash = in_.find(" #", at_);
        while (at_ < std::min(hash, in_.size())) take();
    }

    /// A plain text, up to where it ends: a key, or a value.
    void plain() {
        plain_value_ = depth_ == 0;
        value_may_start_ = false;
        while (at_ < in_.size()) {
            char const c = in_[at_];
            bool const blank_next = at_ + 1 == in_.size() || in_[at_ + 1] == ' ';
            if (c == ':' && (blank_next || (depth_ > 0 && out_.ends_with('"')))) {
                take();
                value_may_start_ = true;
                plain_value_ = false;
                return;
            }
            if (depth_ > 0 && (c == ',' || c == '}' || c == ']')) return;
            if (c == ' ' && in_.substr(at_).find_first_not_of(' ') != std::string_view::npos &&
                in_[at_ + in_.substr(at_).find_first_not_of(' ')] == '#')
                return;
            take();
        }
    }

    std::string_view in_;
    std::size_t at_ = 0;
    std::string out_, comment_;
    char quote_ = 0;
    int depth_ = 0;
    bool value_may_start_ = true, block_scalar_ = false, plain_value_ = false;
};

/// Indents anew, line by line.
class Formatter {
public:
    std::string run(std::string_view text) {
        for (auto const line : split(text, '\n')) take_line(line);
        put_comments(0);
        while (text_.ends_with("\n\n")) text_.pop_back();
        return std::move(text_);
    }
    [[nodiscard]] std::vector<std::string> const& comments() const { return comments_; }

private:
    struct Level {
        std::size_t old, now;
        bool of_dashes;
    };
    struct WaitingComment {
        std::size_t indent;
        std::string text;  ///< empty: an empty line
    };

    void take_line(std::string_view line) {
        if (in_block_ && (is_blank(line) || indent_of(line) > block_parent_)) return take_block_line(line);
        if (in_block_) trim_block();
        in_block_ = false;
        if (tidier_.is_open()) return take_continuation(line);
        if (is_blank(line)) return waiting_.push_back({0, {}});
        auto const indent = indent_of(line);
        auto const content = trim(line);
        if (content[0] == '#') return waiting_.push_back({indent, std::string(content)});
        if (plain_goes_on_ && indent > parent_) return take_continuation(line);
        take_structure(indent, line.substr(indent));
    }

    void take_block_line(std::string_view line) {
        auto const indent = indent_of(line);
        if (is_blank(line) && indent <= block_parent_) return put("");
        put(std::string(indent + now_ - parent_, ' ') + std::string(line.substr(indent)));
    }
    /// Empty lines behind a block are no part of what it means (unless it keeps them, which is found out).
    void trim_block() {
        std::size_t empty = 0;
        while (text_.ends_with("\n\n")) text_.pop_back(), ++empty;
        if (empty > 0) waiting_.push_back({0, {}});
    }

    void take_continuation(std::string_view line) {
        auto const indent = indent_of(line);
        if (is_blank(line)) return put("");
        bool const in_quotes = tidier_.in_quotes();
        auto const text = trim(line);
        auto const tidied = tidier_.tidy(text);
        plain_goes_on_ = tidier_.ends_in_plain_value();
        auto const place = std::max(indent + now_, parent_) - parent_;
        auto const kept = in_quotes ? without_end(tidied) : tidied;
        put(with_comment(std::string(place, ' ') + kept, line));
    }

    void take_structure(std::size_t indent, std::string_view content) {
        std::string_view rest = content;
        std::string dashes;
        std::size_t column = indent, first = 0;
        while (is_dash(rest)) {
            now_ = level(column, true);
            if (dashes.empty()) first = now_;
            dashes += "- ";
            auto const width = rest.size() == 1 ? 1 : std::min(rest.find_first_not_of(' ', 1), rest.size());
            parent_ = column;
            column += width;
            rest = rest.substr(width);
        }
        if (!rest.empty() && rest[0] != '#') {
            now_ = level(column, false);
            parent_ = column;
        }
        if (dashes.empty()) first = now_;
        put_comments(indent, first);
        auto const tidied = tidier_.tidy(rest);
        plain_goes_on_ = tidier_.ends_in_plain_value();
        if (tidier_.begins_block_scalar()) in_block_ = true, block_parent_ = parent_;
        std::string const begin = std::string(first, ' ') + dashes;
        put(with_comment(without_end(begin + tidied), std::string(indent, ' ') + std::string(content)));
    }

    std::size_t level(std::size_t old, bool of_dashes) {
        while (!levels_.empty() && (levels_.back().old > old ||
                                    (levels_.back().old == old && levels_.back().of_dashes && !of_dashes)))
            levels_.pop_back();
        if (levels_.empty() || levels_.back().old != old || levels_.back().of_dashes != of_dashes)
            levels_.push_back({old, levels_.empty() ? 0 : levels_.back().now + step, of_dashes});
        return levels_.back().now;
    }

    /// A comment at the end of a line stays in its column where it can.
    std::string with_comment(std::string line, std::string_view old_line) {
        auto const& comment = tidier_.comment();
        if (comment.empty()) return line;
        comments_.push_back(comment);
        auto const column = without_end(std::string(old_line)).size() - comment.size();
        std::size_t const least = line.empty() ? 0 : line.size() + 1;
        line.append(std::max(column, least) - line.size(), ' ');
        return line + comment;
    }

    /// Comments that stand before a line go where it goes, those that are deeper where their own level went.
    void put_comments(std::size_t indent, std::size_t now = 0) {
        for (auto const& one : waiting_) {
            if (one.text.empty()) {
                if (!text_.empty() && !text_.ends_with("\n\n")) text_ += '\n';
                continue;
            }
            comments_.push_back(one.text);
            std::size_t place = now;
            if (one.indent != indent)
                for (auto const& level : old_levels_)
                    if (level.old <= one.indent) place = level.now;
            put(std::string(place, ' ') + one.text);
        }
        waiting_.clear();
        old_levels_ = levels_;
    }

    void put(std::string const& line) { text_ += line + '\n'; }

    LineTidier tidier_;
    std::vector<Level> levels_, old_levels_;
    std::vector<WaitingComment> waiting_;
    std::vector<std::string> comments_;
    std::string text_;
    std::size_t now_ = 0, parent_ = 0, block_parent_ = 0;
    bool in_block_ = false, plain_goes_on_ = false;
};

bool same(YamlNode const& a, YamlNode const& b) {
    return a.kind == b.kind && a.quoted == b.quoted && a.block == b.block && a.text == b.text &&
           std::ranges::equal(a.items, b.items, same) &&
           std::ranges::equal(a.entries, b.entries, [](YamlEntry const& one, YamlEntry const& other) {
               return one.key == other.key && same(one.value, other.value);
           });
}

/// The same tree, the same comments, and nothing more to be done.
bool is_sure(YamlNode const& tree, Formatter const& before, std::string const& text) {
    Sources sources;
    Complaints complaints(sources);
    auto const file = sources.add("the normal form", text);
    auto const again = parse_yaml(sources, file, complaints);
    if (!again || !same(tree, *again)) return false;
    Formatter formatter;
    return formatter.run(text) == text && formatter.comments() == before.comments();
}

}  // namespace

std::optional<std::string> normal_form(Sources const& sources, std::uint16_t file, Complaints& complaints) {
    auto const tree = parse_yaml(sources, file, complaints);
    if (!tree) return {};
    Formatter formatter;
    auto text = formatter.run(sources.text(file));
    if (is_sure(*tree, formatter, text)) return text;
    complaints.error("E112", {.file = file, .line = 1, .column = 1}, "this text has no normal form",
                     "it is written in a way that is not known here; nothing was changed");
    return {};
}

}  // namespace vethwork::topology
