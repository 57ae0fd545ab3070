// Deadlines in order. Time is passed in, so that nothing here has a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace vethwork {

using Time = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

struct TimerId {
    Time at;
    std::uint64_t number = 0;  ///< breaks ties: first added, first run

    auto operator<=>(TimerId const&) const = default;
};

class Timers {
public:
    /// Runs `action` once, in the first fire() at or after `at`.
    TimerId add(Time at, std::function<void()> action);
    /// Forgets a timer; one that has run is no error.
    void cancel(TimerId const& id) { waiting_.erase(id); }
    [[nodiscard]] std::optional<Time> next() const;
    /// Runs what is due, earliest first. A timer added meanwhile waits for the next call, also where it is
    /// due.
    void fire(Time now);

private:
    std::map<TimerId, std::function<void()>> waiting_;
    std::uint64_t last_number_ = 0;
};

}  // namespace vethwork
