// The way that a probe really takes, there and back: every device at which it was seen, and when.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/diagnose/experiment.hpp>

namespace vethwork::diagnose {

struct TracePoint {
    Crossing at;
    std::optional<IpAddress> address;  ///< the device's own, of the probe's family
    std::optional<std::int64_t>
        after;  ///< ns since the probe was sent; nothing: it should come here, and did not
};

/// Who asked for a neighbour and was not answered.
struct LostQuestion {
    std::string netns, device;
    IpAddress target;
};

struct Trace {
    Flow flow;
    std::string to;  ///< the destination's namespace, where it is known
    Answer answer = Answer::none;
    int code = 0;                       ///< errno of a refusal or an error
    std::optional<IpAddress> sender;    ///< of an ICMP error
    bool was_sent = false;              ///< false: the kernel did not even send
    std::int64_t sent_at = 0;           ///< ns since 1970
    std::int64_t round_trip = 0;        ///< ns until the program had the answer
    std::int64_t first_round_trip = 0;  ///< the same of a probe before, for which neighbours were looked up
    unsigned sent = 0;                  ///< probes, until there was an answer
    std::vector<TracePoint> there, back;
    std::optional<LostQuestion> question;
    std::vector<Evidence> drops;
    std::vector<std::string> gaps;  ///< what could not be looked at

    /// Where it was seen last; null: nowhere.
    [[nodiscard]] TracePoint const* last_seen() const;
};

/// The sightings of one direction, in their order, and behind them the places where the packet was expected
/// next. Pure.
[[nodiscard]] std::vector<TracePoint> merge_points(std::vector<Crossing> const& expected,
                                                   std::vector<TracePoint> const& seen);

/// Sends a probe (and another, once neighbours are known), and watches it. This thread is in another network
/// namespace afterwards. Errors: no such namespace.
[[nodiscard]] Result<Trace> trace(Sites& sites, Flow const& flow, ExperimentOptions options);

}  // namespace vethwork::diagnose
