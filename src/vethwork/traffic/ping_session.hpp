// When to probe, what counts, when to end: pinging without a socket and without a clock.
#pragma once

#include <bitset>
#include <optional>
#include <vector>

#include <vethwork/traffic/ping_event.hpp>
#include <vethwork/traffic/ping_packet.hpp>
#include <vethwork/traffic/timers.hpp>

namespace vethwork {

struct PingRhythm {
    std::uint64_t count = 0;  ///< answers to wait for; 0: no end
    Duration interval = std::chrono::seconds(1);
    Duration linger = std::chrono::seconds(10);  ///< for the last answer, where none has come before
    std::optional<Duration> deadline;            ///< the end, whatever has come
    std::size_t size = 56;                       ///< bytes of data
};

class PingSession {
public:
    explicit PingSession(PingRhythm const& rhythm) : rhythm_(rhythm), sent_at_(sequences) {}

    /// When the next probe is due: nothing after the last.
    [[nodiscard]] std::optional<Time> next_probe(Time now) const;
    /// When there is something to do although nothing arrives.
    [[nodiscard]] std::optional<Time> wake(Time now) const;
    [[nodiscard]] bool is_over(Time now) const;

    /// The previous probe, where it is not answered.
    [[nodiscard]] std::optional<std::uint16_t> outstanding() const;
    /// The sequence number of the probe that is sent next.
    [[nodiscard]] std::uint16_t next_sequence() const { return static_cast<std::uint16_t>(transmitted_ + 1); }
    /// A probe leaves: `now` on the session's clock, `stamp` on that of the answers' time stamps.
    void leave(Time now, Microseconds stamp);
    /// Once the kernel has taken it or not.
    void left(Time now);

    /// Counts an answer, and says what is known of it.
    [[nodiscard]] PingReply answer(ScopedAddress const& from, EchoReply const& reply, Microseconds stamp);
    /// Counts an error; `sequence` where a probe is thereby no longer under way.
    void error(std::optional<std::uint16_t> sequence = {});

    [[nodiscard]] PingSummary summary() const;

private:
    static constexpr std::size_t sequences = 65536;

    [[nodiscard]] bool is_timed() const { return rhythm_.size >= 16; }
    [[nodiscard]] bool has_sent_all() const {
        return rhythm_.count != 0 && transmitted_ >= rhythm_.count && !rhythm_.deadline;
    }
    [[nodiscard]] std::uint64_t in_flight() const;
    void acknowledge(std::uint16_t sequence);
    void measure(Microseconds round_trip);

    PingRhythm rhythm_;
    Time first_{}, last_{};
    std::optional<Time> end_;  ///< of waiting for the last answers
    std::uint64_t transmitted_ = 0, received_ = 0, duplicates_ = 0, corrupted_ = 0, errors_ = 0;
    std::uint16_t acknowledged_ = 0;
    int pipe_ = 0;
    std::vector<Microseconds> sent_at_;  ///< by sequence number
    std::bitset<sequences> answered_;    ///< by sequence number
    Microseconds least_ = Microseconds::max(), most_{};
    double sum_ = 0, sum_of_squares_ = 0;  ///< of microseconds
    std::int64_t smoothed_eighths_ = 0;
};

}  // namespace vethwork
