#include "ip/batch_lines.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace vethwork::app {

namespace {

/// Told one by one: a look into a set of four for each byte of a long batch is felt.
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::size_t blanks_before(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::find_if_not(line, is_blank) - line.begin());
}
std::size_t bytes_before_blank(std::string_view line) {
    return static_cast<std::size_t>(std::ranges::find_if(line, is_blank) - line.begin());
}

constexpr std::string_view goes_on = "\\\n";
constexpr std::size_t most_words = 510;
constexpr std::size_t chunk = 64 * 1024;

bool is_there(int fd) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) != 0;
}

std::string without_comment(std::string line) {
    line.resize(std::min(line.size(), line.find('#')));
    return line;
}

}  // namespace

Result<std::vector<std::string>> split_batch_line(std::string_view line) {
    constexpr std::size_t usual_words = 12;
    std::vector<std::string> words;
    words.reserve(usual_words);
    for (;;) {
        line.remove_prefix(blanks_before(line));
        if (line.empty()) return words;
        if (words.size() >= most_words) return lookup_error("Too many arguments to command");
        bool const quoted = line[0] == '\'' || line[0] == '"';
        char const quote = line[0];
        if (quoted) line.remove_prefix(1);
        auto end = quoted ? line.find(quote) : bytes_before_blank(line);
        if (quoted && end == line.npos) return lookup_error("Unterminated quoted string");
        end = std::min(end, line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(line.size(), end + 1));
    }
}

Result<bool> BatchLines::fill() {
    if (!is_there(fd_)) before_wait_();
    buffer_.erase(0, std::exchange(at_, 0));
    std::size_t const old = buffer_.size();
    buffer_.resize(old + chunk);
    ssize_t size = 0;
    while ((size = ::read(fd_, buffer_.data() + old, chunk)) < 0 && errno == EINTR) {
    }
    buffer_.resize(old + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size < 0) return lookup_error(errno, "read a batch");
    ended_ = size == 0;
    return size > 0;
}

Result<std::optional<std::string>> BatchLines::take_line() {
    std::size_t searched = at_;
    for (;;) {
        auto const end = buffer_.find('\n', searched);
        if (end != buffer_.npos) {
            auto line = buffer_.substr(at_, end + 1 - at_);
            at_ = end + 1;
            ++number_;
            return std::optional(std::move(line));
        }
        searched = buffer_.size() - at_;
        if (ended_ || !TRY(fill())) break;
    }
    if (at_ == buffer_.size()) return std::optional<std::string>();
    ++number_;
    return std::optional(buffer_.substr(std::exchange(at_, buffer_.size())));
}

Result<std::optional<BatchLine>> BatchLines::next() {
    for (;;) {
        auto first = TRY(take_line());
        if (!first) return std::optional<BatchLine>();
        auto line = without_comment(std::move(*first));
        while (line.ends_with(goes_on)) {
            auto more = TRY(take_line());
            cut_short_ = !more;
            if (cut_short_) return std::optional<BatchLine>();
            line.resize(line.size() - goes_on.size());
            line += without_comment(std::move(*more));
        }
        auto words = TRY(split_batch_line(line));
        if (!words.empty()) return std::optional(BatchLine{number_, std::move(words)});
    }
}

}  // namespace vethwork::app
