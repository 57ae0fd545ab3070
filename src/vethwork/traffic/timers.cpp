#include <vethwork/traffic/timers.hpp>

#include <utility>

namespace vethwork {

TimerId Timers::add(Time at, std::function<void()> action) {
    TimerId const id{at, ++last_number_};
    waiting_.emplace(id, std::move(action));
    return id;
}

std::optional<Time> Timers::next() const {
    if (waiting_.empty()) return {};
    return waiting_.begin()->first.at;
}

void Timers::fire(Time now) {
    std::uint64_t const newest = last_number_;
    TimerId after{};
    for (;;) {
        auto timer = waiting_.lower_bound(after);
        while (timer != waiting_.end() && timer->first.at <= now && timer->first.number > newest) ++timer;
        if (timer == waiting_.end() || timer->first.at > now) return;
        after = timer->first;
        auto const action = std::move(timer->second);
        waiting_.erase(timer);
        action();
    }
}

}  // namespace vethwork
