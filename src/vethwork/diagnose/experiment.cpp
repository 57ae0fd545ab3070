#include <vethwork/diagnose/experiment.hpp>

#include <poll.h>

#include <algorithm>

namespace vethwork::diagnose {

bool Experiment::any_is(Answer answer) const {
    return std::ranges::any_of(probe_.attempts(), [answer](auto const& one) { return one.answer == answer; });
}

unsigned Experiment::answered() const {
    return static_cast<unsigned>(std::ranges::count(probe_.attempts(), Answer::good, &Attempt::answer));
}

void Experiment::send() {
    (void)start_->enter();
    probe_.send();
}

void Experiment::run(bool suspicion) {
    auto const patience = suspicion ? std::min(options_.patience, milliseconds(200)) : options_.patience;
    auto const begin = Clock::now();
    send();
    wait_for_answers(begin, patience, suspicion);
    if (any_is(Answer::good) || options_.many_flows) repeat();
    settle(milliseconds(2));
    watch_.collect(probe_);
}

void Experiment::once_more() {
    send();
    settle(options_.patience);
    settle(milliseconds(2));
    watch_.collect(probe_);
}

/// Until an answer or an error, or a drop where the configuration tells why; more attempts on the way.
void Experiment::wait_for_answers(Clock::time_point begin, milliseconds patience, bool suspicion) {
    auto const again = patience / 6;
    for (unsigned sent = 1;;) {
        auto const elapsed = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
        constexpr milliseconds drops_are_in{25};
        if (suspicion && elapsed >= drops_are_in && !watch_.drops().empty()) return;
        if (!any_is(Answer::none) || any_is(Answer::good) || elapsed >= patience) return;
        if (sent < 5 && elapsed >= again * static_cast<int>(sent) && flow_.protocol != Protocol::tcp) {
            send();
            ++sent;
        }
        poll_for(std::max(milliseconds(1), std::min(patience - elapsed, again - elapsed % again)));
    }
}

/// More of the same, to see whether it always works.
void Experiment::repeat() {
    unsigned const most = flow_.protocol == Protocol::icmp || options_.many_flows ? options_.tries
                          : flow_.protocol == Protocol::udp                       ? 3
                                                                                  : 1;
    for (unsigned i = 0; i < std::min(most, options_.tries); ++i) {
        send();
        if (options_.pace > milliseconds(4))
            wait_out(options_.pace);
        else
            poll_for(options_.pace);
    }
    if (options_.tries > 0) settle(milliseconds(60));
}

void Experiment::wait_out(milliseconds time) {
    for (auto const end = Clock::now() + time; Clock::now() < end;)
        poll_for(std::chrono::duration_cast<milliseconds>(end - Clock::now()) + milliseconds(1));
}

void Experiment::settle(milliseconds longest) {
    auto const end = Clock::now() + longest;
    do {
        auto const left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
        poll_for(std::max(left, milliseconds(0)));
    } while (!probe_.all_settled() && Clock::now() < end);
}

void Experiment::poll_for(milliseconds time) {
    std::vector<pollfd> waiting;
    for (int const fd : probe_.fds())
        waiting.push_back({fd, static_cast<short>(flow_.protocol == Protocol::tcp ? POLLOUT : POLLIN), 0});
    (void)::poll(waiting.data(), waiting.size(), static_cast<int>(time.count()));
    (void)probe_.collect();
    watch_.collect(probe_);
}

}  // namespace vethwork::diagnose
