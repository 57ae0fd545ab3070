// A queueing discipline of a link: how packets wait, what is done to them meanwhile. Source:
// <linux/pkt_sched.h>, tc(8), tc-netem(8), tc-tbf(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include <vethwork/topology/impairment.hpp>
#include <vethwork/topology/reference.hpp>
#include <vethwork/topology/units.hpp>

namespace vethwork::topology {

/// A network emulator. Shares of packets and correlations are 0 where there are none.
struct Netem {
    std::uint32_t limit = 1000;  ///< packets that may wait
    Duration delay, jitter;
    DelayDistribution distribution = DelayDistribution::uniform;  ///< told by the handle (netem.hpp)
    Share delay_correlation, loss, loss_correlation, duplicate, duplicate_correlation, corrupt,
        corrupt_correlation, reorder, reorder_correlation;
    std::uint32_t gap = 0;  ///< every so many packets one is sent at once; 0: as reorder says
    std::optional<GilbertElliott> burst_loss;  ///< instead of `loss`
    bool four_state_loss = false;              ///< loss by a model of four states, whose numbers are not here
    BitRate rate;                              ///< 0: none
    bool marks = false;                        ///< marks packets (ECN) instead of losing them

    bool operator==(Netem const&) const = default;
};

/// A token bucket filter ("tbf"): a rate, and how much may come at once.
struct TokenBucket {
    BitRate rate, peak_rate;  ///< peak 0: none
    std::uint64_t burst = 0;  ///< bytes; a packet larger than that is lost
    std::uint32_t limit = 0;  ///< bytes that may wait

    bool operator==(TokenBucket const&) const = default;
};

/// A plain queue: of packets ("pfifo", "pfifo_head_drop") or of bytes ("bfifo").
struct Fifo {
    std::uint32_t limit = 0;

    bool operator==(Fifo const&) const = default;
};

/// monostate: a discipline whose settings are not known here, or that has none.
using QdiscOptions = std::variant<std::monostate, Netem, TokenBucket, Fifo>;

/// Counters of a discipline, or of an action of a filter.
struct QueueStatistics {
    std::uint64_t bytes = 0, packets = 0;
    std::uint32_t waiting_packets = 0, waiting_bytes = 0, dropped = 0, requeued = 0, over_limits = 0;

    bool operator==(QueueStatistics const&) const = default;
};

/// Parents that are not handles (TC_H_…).
inline constexpr std::uint32_t qdisc_root = 0xffffffff;
inline constexpr std::uint32_t qdisc_ingress = 0xfffffff1;  ///< of disciplines "ingress" and "clsact"

struct Qdisc {
    LinkRef link;
    std::string kind;  ///< "netem", "noqueue", "noop" (a link that is down loses everything by it)
    std::uint32_t handle = 0, parent = 0;  ///< 16 bits major, 16 bits minor number
    QdiscOptions options;
    std::optional<QueueStatistics> statistics;  ///< read only

    bool operator==(Qdisc const&) const = default;
};

}  // namespace vethwork::topology
