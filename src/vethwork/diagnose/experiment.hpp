// A real exchange, sent, waited for and watched on its way.
#pragma once

#include <chrono>

#include <vethwork/diagnose/probe.hpp>
#include <vethwork/diagnose/watch.hpp>

namespace vethwork::diagnose {

struct ExperimentOptions {
    std::chrono::milliseconds patience{1100};  ///< how long silence is waited for
    unsigned tries = 8;                        ///< more probes where the first is answered: to see losses
    std::chrono::milliseconds pace{4};         ///< between these
    /// Also over TCP and UDP, where fewer are sent else: every try is a flow of its own.
    bool many_flows = false;
};

class Experiment {
public:
    Experiment(Flow const& flow, Site& start, Watch watch, ExperimentOptions const& options)
        : probe_(flow, 56), start_(&start), watch_(std::move(watch)), options_(options), flow_(flow) {}

    /// Where the configuration speaks against it, silence is waited for less long.
    void run(bool suspicion);
    /// One more attempt, waited for until it is settled or the patience is over.
    void once_more();

    [[nodiscard]] Probe const& probe() const { return probe_; }
    [[nodiscard]] Watch const& watch() const { return watch_; }
    [[nodiscard]] bool was_refused() const { return any_is(Answer::refused) || any_is(Answer::error); }
    [[nodiscard]] unsigned answered() const;

private:
    using Clock = std::chrono::steady_clock;
    using milliseconds = std::chrono::milliseconds;

    [[nodiscard]] bool any_is(Answer answer) const;
    void send();
    void wait_for_answers(Clock::time_point begin, milliseconds patience, bool suspicion);
    void repeat();
    void settle(milliseconds longest);
    void wait_out(milliseconds time);
    void poll_for(milliseconds time);

    Probe probe_;
    Site* start_;
    Watch watch_;
    ExperimentOptions options_;
    Flow flow_;
};

}  // namespace vethwork::diagnose
