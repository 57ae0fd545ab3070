// What a server says: lines with Go's time stamp, gathered and written at once.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace vethwork {

/// The present second as text, made once a second. Local time, as Go's log package has it.
class Stamps {
public:
    /// "2020/06/10 11:06:11 "
    [[nodiscard]] std::string_view for_log(std::time_t second) { return refresh(second), log_; }
    /// "[2020-06-10 11:06:50] "
    [[nodiscard]] std::string_view for_answer(std::time_t second) { return refresh(second), answer_; }

private:
    void refresh(std::time_t second);

    std::time_t second_ = -1;
    std::string log_, answer_;
};

enum class Loudness { silent, normal };

class ServerLog {
public:
    /// Writes to `fd`, which stays the caller's; `silent` gathers nothing.
    ServerLog(int fd, Loudness loudness) : fd_(fd), loudness_(loudness) {}

    void line(std::time_t second, std::string_view text);
    /// `VERB: "payload" (size_bytes=N,PEER)`. The payload is shown without the white space around it and cut
    /// behind shown_bytes; N counts every byte. `peer` may be empty.
    void payload(std::time_t second, std::string_view verb, std::string_view payload,
                 std::string_view peer = {});
    /// Writes what has been gathered in one write(2).
    void flush();

    static constexpr std::size_t shown_bytes = 4096;

private:
    [[nodiscard]] bool is_silent() const { return loudness_ == Loudness::silent; }

    int fd_;
    Loudness loudness_;
    Stamps stamps_;
    std::string gathered_;
};

}  // namespace vethwork
