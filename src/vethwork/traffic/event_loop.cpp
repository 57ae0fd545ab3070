#include <vethwork/traffic/event_loop.hpp>

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

namespace vethwork {

namespace {

constexpr std::size_t events_a_turn = 256;

epoll_event event_of(RuleId id, Events events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = std::uint64_t{id.generation} << 32 | id.index;
    return event;
}

std::string watching(std::string_view name) { return "watch " + std::string(name); }

}  // namespace

Result<EventLoop> EventLoop::create(Clock clock) {
    Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.is_open()) return system_error("make an epoll instance");
    EventLoop loop(std::move(epoll), std::move(clock));
    loop.ready_.resize(events_a_turn);
    return loop;
}

EventLoop::Rule* EventLoop::find(RuleId id) {
    if (id.index >= rules_.size()) return nullptr;
    Rule& rule = rules_[id.index];
    return rule.alive && rule.generation == id.generation ? &rule : nullptr;
}

std::uint32_t EventLoop::free_slot() {
    if (free_.empty()) {
        rules_.emplace_back();
        return static_cast<std::uint32_t>(rules_.size() - 1);
    }
    std::uint32_t const slot = free_.back();
    free_.pop_back();
    return slot;
}

Result<RuleId> EventLoop::watch(std::string_view name, int fd, Events events, Action action) {
    std::uint32_t const slot = free_slot();
    Rule& rule = rules_[slot];
    RuleId const id{slot, rule.generation};
    epoll_event event = event_of(id, events);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
        int const code = errno;
        free_.push_back(slot);
        return system_error(code, watching(name));
    }
    rule.name = name;
    rule.fd = fd;
    rule.alive = true;
    rule.action = std::move(action);
    return id;
}

Result<> EventLoop::change(RuleId id, Events events) {
    Rule const* const rule = find(id);
    if (rule == nullptr) return usage_error("change a rule that is not watched");
    epoll_event event = event_of(id, events);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, rule->fd, &event) != 0)
        return system_error(watching(rule->name));
    return {};
}

void EventLoop::forget(RuleId id, Descriptor descriptor) {
    Rule* const rule = find(id);
    if (rule == nullptr) return;
    if (descriptor == Descriptor::stays_open)
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, rule->fd, nullptr);
    rule->alive = false;
    ++rule->generation;
    dead_.push_back(id.index);
}

std::vector<std::string_view> EventLoop::rules() const {
    std::vector<std::string_view> names;
    for (Rule const& rule : rules_)
        if (rule.alive) names.push_back(rule.name);
    return names;
}

Result<> EventLoop::watch_signals(std::initializer_list<int> signals, std::function<void()> action) {
    sigset_t set;
    ::sigemptyset(&set);
    for (int const signal : signals) ::sigaddset(&set, signal);
    if (int const code = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); code != 0)
        return system_error(code, "block signals");
    Fd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd.is_open()) return system_error("make a signalfd");
    int const number = fd.get();
    TRY(watch("signals", number, EPOLLIN, [number, action = std::move(action)](Events) {
        signalfd_siginfo info;
        while (::read(number, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) action();
    }));
    signals_.push_back(std::move(fd));
    return {};
}

Result<> EventLoop::stop_on(std::initializer_list<int> signals) {
    bool* const stopped = &stopped_;
    return watch_signals(signals, [stopped] { *stopped = true; });
}

Result<> EventLoop::on_signal(int signal, std::function<void()> action) {
    return watch_signals({signal}, std::move(action));
}

int EventLoop::wait_milliseconds(std::optional<Duration> limit) const {
    std::optional<Duration> wait = limit;
    if (auto const next = timers_.next()) {
        Duration const left = std::max(*next - clock_(), Duration::zero());
        wait = wait ? std::min(*wait, left) : left;
    }
    if (!wait) return -1;
    auto const whole = std::chrono::ceil<std::chrono::milliseconds>(*wait).count();
    return static_cast<int>(std::min<long long>(whole, 3'600'000));
}

void EventLoop::dispatch(epoll_event const& event) {
    RuleId const id{static_cast<std::uint32_t>(event.data.u64),
                    static_cast<std::uint32_t>(event.data.u64 >> 32)};
    if (Rule const* const rule = find(id)) rule->action(event.events);
}

void EventLoop::bury() {
    for (std::uint32_t const slot : dead_) {
        rules_[slot].action = nullptr;
        free_.push_back(slot);
    }
    dead_.clear();
}

Result<> EventLoop::turn(std::optional<Duration> limit) {
    int const count =
        ::epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(ready_.size()), wait_milliseconds(limit));
    if (count < 0 && errno != EINTR) return system_error("wait for events");
    now_ = clock_();
    for (int i = 0; i < count; ++i) dispatch(ready_[static_cast<std::size_t>(i)]);
    timers_.fire(now_);
    for (auto const& action : turn_ends_) action();
    bury();
    return {};
}

Result<> EventLoop::run() {
    while (!stopped_) TRY(turn());
    return {};
}

}  // namespace vethwork
