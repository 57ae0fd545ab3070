#include <vethwork/traffic/server_log.hpp>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/traffic/quote.hpp>

namespace vethwork {

namespace {

constexpr std::size_t flush_at = 256 * 1024;

std::string format_time(char const* format, std::tm const& time) {
    char text[64];
    return {text, std::strftime(text, sizeof text, format, &time)};
}

}  // namespace

void Stamps::refresh(std::time_t second) {
    if (second == second_) return;
    second_ = second;
    std::tm time{};
    ::localtime_r(&second, &time);
    log_ = format_time("%Y/%m/%d %H:%M:%S ", time);
    answer_ = format_time("[%Y-%m-%d %H:%M:%S] ", time);
}

void ServerLog::line(std::time_t second, std::string_view text) {
    if (is_silent()) return;
    gathered_ += stamps_.for_log(second);
    gathered_ += text;
    gathered_ += '\n';
}

void ServerLog::payload(std::time_t second, std::string_view verb, std::string_view payload,
                        std::string_view peer) {
    if (is_silent()) return;
    std::string_view const text = trim(payload);
    gathered_ += stamps_.for_log(second);
    gathered_ += verb;
    gathered_ += ": ";
    append_quoted(gathered_, text.substr(0, shown_bytes));
    if (text.size() > shown_bytes) gathered_ += "...";
    gathered_ += " (size_bytes=";
    gathered_ += fmt::format_int(payload.size()).c_str();
    if (!peer.empty()) {
        gathered_ += ',';
        gathered_ += peer;
    }
    gathered_ += ")\n";
    if (gathered_.size() > flush_at) flush();
}

void ServerLog::flush() {
    if (gathered_.empty()) return;
    (void)write_all(fd_, gathered_);  // nobody is left to be told that the log is gone
    gathered_.clear();
}

}  // namespace vethwork
