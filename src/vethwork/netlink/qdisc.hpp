// Queueing disciplines on the wire: RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC. Source: <linux/pkt_sched.h>,
// <linux/rtnetlink.h>.
#pragma once

#include <optional>

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::netlink {

/// The kernel counts short times in ticks of so many nanoseconds (PSCHED_SHIFT).
inline constexpr std::int64_t qdisc_tick_ns = 64;

/// A discipline out of an RTM_NEWQDISC or RTM_DELQDISC message; its link has an index, no name.
[[nodiscard]] Result<topology::Qdisc> read_qdisc(Message const& message);

/// Counters out of nested attributes TCA_STATS_…, as disciplines (TCA_STATS2) and actions (TCA_ACT_STATS)
/// have them; nothing where a length is wrong.
[[nodiscard]] std::optional<topology::QueueStatistics> read_queue_statistics(Bytes nested);

}  // namespace vethwork::netlink
