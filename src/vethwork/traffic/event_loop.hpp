// One thread, one epoll(7): rules with names, timers, and what is due at the end of a turn.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/traffic/timers.hpp>

namespace vethwork {

/// EPOLLIN, EPOLLOUT, EPOLLRDHUP ...: what a rule waits for, and what it is told.
using Events = std::uint32_t;

/// Names a rule for as long as it is watched; afterwards it names nothing.
struct RuleId {
    std::uint32_t index = 0;
    std::uint32_t generation = 0;

    bool operator==(RuleId const&) const = default;
};

enum class Descriptor { stays_open, is_closed };

/// Stays where it is once anything is watched: actions may hold its address.
class EventLoop {
public:
    using Clock = std::function<Time()>;
    using Action = std::function<void(Events)>;

    [[nodiscard]] static Result<EventLoop> create(Clock clock = std::chrono::steady_clock::now);

    /// Runs `action` whenever `fd` is ready (level-triggered). `name` lives as long as the program: it is
    /// part of errors and of rules(). The descriptor stays the caller's.
    [[nodiscard]] Result<RuleId> watch(std::string_view name, int fd, Events events, Action action);
    [[nodiscard]] Result<> change(RuleId id, Events events);
    /// Watches no more; safe inside any action, its own too. `is_closed`: the caller closes the descriptor
    /// before the loop goes on, which takes it out of epoll as well.
    void forget(RuleId id, Descriptor descriptor = Descriptor::stays_open);
    [[nodiscard]] std::vector<std::string_view> rules() const;

    TimerId after(Duration delay, std::function<void()> action) {
        return timers_.add(clock_() + delay, std::move(action));
    }
    TimerId at(Time time, std::function<void()> action) { return timers_.add(time, std::move(action)); }
    void cancel(TimerId const& id) { timers_.cancel(id); }
    /// Runs after the actions of every turn: the place to write what they have gathered.
    void at_turn_end(std::function<void()> action) { turn_ends_.push_back(std::move(action)); }

    /// Blocks `signals` for this thread and stops the loop when one arrives (signalfd(2)).
    [[nodiscard]] Result<> stop_on(std::initializer_list<int> signals);
    /// Blocks `signal` for this thread and runs `action` when it arrives.
    [[nodiscard]] Result<> on_signal(int signal, std::function<void()> action);

    /// When the present turn began; inside actions it is as good as a clock and costs nothing.
    [[nodiscard]] Time now() const { return now_; }
    /// The loop's clock itself, where an action takes long.
    [[nodiscard]] Time clock() const { return clock_(); }
    /// Waits for something to do, at most `limit`, and does it.
    [[nodiscard]] Result<> turn(std::optional<Duration> limit = {});
    /// Turns until stop().
    [[nodiscard]] Result<> run();
    void stop() { stopped_ = true; }
    [[nodiscard]] bool stopped() const { return stopped_; }

private:
    struct Rule {
        std::string_view name;
        int fd = -1;
        std::uint32_t generation = 1;  ///< so that RuleId{} names nothing
        bool alive = false;
        Action action;
    };

    EventLoop(Fd epoll, Clock clock) : epoll_(std::move(epoll)), clock_(std::move(clock)), now_(clock_()) {}
    [[nodiscard]] Rule* find(RuleId id);
    [[nodiscard]] std::uint32_t free_slot();
    [[nodiscard]] int wait_milliseconds(std::optional<Duration> limit) const;
    [[nodiscard]] Result<> watch_signals(std::initializer_list<int> signals, std::function<void()> action);
    void dispatch(epoll_event const& event);
    void bury();

    Fd epoll_;
    Clock clock_;
    Time now_;
    bool stopped_ = false;
    Timers timers_;
    std::deque<Rule> rules_;
    std::vector<std::uint32_t> free_;
    std::vector<std::uint32_t> dead_;  ///< forgotten in this turn; their actions may still be running
    std::vector<std::function<void()>> turn_ends_;
    std::vector<Fd> signals_;
    std::vector<epoll_event> ready_;
};

}  // namespace vethwork
