#include <vethwork/traffic/ping_session.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace vethwork {

namespace {

/// Between probes of a flood that nobody answers.
constexpr Duration unanswered_gap = std::chrono::milliseconds(10);

/// Rounded down, bit by bit. (std::sqrt would be the only reason to load libm, which every start would pay
/// for.)
std::int64_t whole_root(double value) {
    constexpr double largest = 1.8e19;
    auto rest = static_cast<std::uint64_t>(std::clamp(value, 0.0, largest));
    std::uint64_t root = 0;
    for (std::uint64_t bit = std::uint64_t{1} << 62; bit != 0; bit >>= 2) {
        bool const fits = rest >= root + bit;
        if (fits) rest -= root + bit;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return static_cast<std::int64_t>(root);
}

}  // namespace

std::optional<Time> PingSession::next_probe(Time now) const {
    if (has_sent_all()) return {};
    if (transmitted_ == 0) return now;
    if (rhythm_.interval != Duration::zero()) return last_ + rhythm_.interval;
    return in_flight() == 0 ? now : last_ + unanswered_gap;
}

std::optional<Time> PingSession::wake(Time now) const {
    std::optional<Time> earliest = next_probe(now);
    auto const consider = [&earliest](Time time) { earliest = earliest ? std::min(*earliest, time) : time; };
    if (end_) consider(*end_);
    if (rhythm_.deadline && transmitted_ > 0) consider(first_ + *rhythm_.deadline);
    return earliest;
}

bool PingSession::is_over(Time now) const {
    if (rhythm_.count != 0 && received_ + errors_ >= rhythm_.count) return true;
    if (rhythm_.deadline && (errors_ > 0 || (transmitted_ > 0 && now >= first_ + *rhythm_.deadline)))
        return true;
    return end_ && now >= *end_;
}

std::optional<std::uint16_t> PingSession::outstanding() const {
    auto const sequence = static_cast<std::uint16_t>(transmitted_);
    if (transmitted_ == 0 || answered_.test(sequence)) return {};
    return sequence;
}

void PingSession::leave(Time now, Microseconds stamp) {
    if (transmitted_ == 0) first_ = now;
    last_ = now;
    answered_.reset(next_sequence());
    sent_at_[next_sequence()] = stamp;
}

void PingSession::left(Time now) {
    ++transmitted_;
    bool const has_wrapped = static_cast<std::uint16_t>(transmitted_ - acknowledged_) > 0x7fff;
    if (has_wrapped) acknowledged_ = static_cast<std::uint16_t>(transmitted_ + 1);
    if (!has_sent_all() || end_) return;
    end_ = now + (received_ > 0 ? std::max<Duration>(2 * most_, rhythm_.interval) : rhythm_.linger);
}

std::uint64_t PingSession::in_flight() const {
    auto const difference = static_cast<std::uint16_t>(transmitted_ - acknowledged_);
    return difference <= 0x7fff ? difference : transmitted_ - received_ - errors_;
}

void PingSession::acknowledge(std::uint16_t sequence) {
    auto const behind = static_cast<std::uint16_t>(transmitted_ - sequence);
    if (behind > 0x7fff) return;
    pipe_ = std::max(pipe_, behind + 1);
    bool const is_newer = static_cast<std::int16_t>(sequence - acknowledged_) > 0;
    bool const has_wrapped = static_cast<std::uint16_t>(transmitted_ - acknowledged_) > 0x7fff;
    if (is_newer || has_wrapped) acknowledged_ = sequence;
}

void PingSession::measure(Microseconds round_trip) {
    least_ = std::min(least_, round_trip);
    most_ = std::max(most_, round_trip);
    auto const count = static_cast<double>(round_trip.count());
    sum_ += count;
    sum_of_squares_ += count * count;
    smoothed_eighths_ +=
        smoothed_eighths_ == 0 ? 8 * round_trip.count() : round_trip.count() - smoothed_eighths_ / 8;
}

PingReply PingSession::answer(ScopedAddress const& from, EchoReply const& echo, Microseconds stamp) {
    PingReply reply{.from = from, .sequence = echo.number.sequence, .size = echo.size, .ttl = echo.ttl};
    reply.is_corrupt = !echo.checksum_fits;
    reply.is_truncated = echo.data.size() < rhythm_.size;
    if (is_timed() && !reply.is_truncated)
        reply.round_trip = std::max(stamp - sent_at_[reply.sequence], Microseconds::zero());
    for (std::size_t i = 0; i < std::min(echo.data.size(), rhythm_.size) && !reply.wrong_byte; ++i)
        if (echo.data[i] != echo_data(i)) reply.wrong_byte = i;
    if (reply.wrong_byte) reply.data.assign(echo.data.begin(), echo.data.end());
    if (reply.is_corrupt) {
        ++corrupted_;
        return reply;
    }
    acknowledge(reply.sequence);
    if (reply.round_trip) measure(*reply.round_trip);
    reply.is_duplicate = answered_.test(reply.sequence);
    ++(reply.is_duplicate ? duplicates_ : received_);
    answered_.set(reply.sequence);
    return reply;
}

void PingSession::error(std::optional<std::uint16_t> sequence) {
    if (sequence) acknowledge(*sequence);
    ++errors_;
}

PingSummary PingSession::summary() const {
    PingSummary summary{.transmitted = transmitted_,
                        .received = received_,
                        .duplicates = duplicates_,
                        .corrupted = corrupted_,
                        .errors = errors_,
                        .time = last_ - first_,
                        .pipe = pipe_};
    bool const is_enough = !rhythm_.deadline || received_ >= rhythm_.count;
    summary.is_success = received_ > 0 && is_enough;
    if (received_ > 0 && least_ <= most_) {
        auto const total = static_cast<double>(received_ + duplicates_);
        double const variance = (sum_of_squares_ - sum_ * sum_ / total) / total;
        summary.round_trips = {.least = least_,
                               .average = Microseconds(static_cast<std::int64_t>(sum_ / total)),
                               .most = most_,
                               .deviation = Microseconds(whole_root(variance)),
                               .smoothed = Microseconds(smoothed_eighths_ / 8)};
    }
    if (received_ > 0 && rhythm_.interval == Duration::zero() && transmitted_ > 1)
        summary.gap = std::chrono::duration_cast<Microseconds>(summary.time) / (transmitted_ - 1);
    return summary;
}

}  // namespace vethwork
