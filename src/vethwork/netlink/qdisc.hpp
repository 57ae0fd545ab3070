// Queueing disciplines on the wire: RTM_NEWQDISC, RTM_DELQDISC, RTM_GETQDISC. Source: <linux/pkt_sched.h>,
// <linux/rtnetlink.h>.
#pragma once

#include <optional>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::netlink {

/// The kernel counts short times in ticks of so many nanoseconds (PSCHED_SHIFT).
inline constexpr std::int64_t qdisc_tick_ns = 64;

/// The kernel counts bytes a second.
[[nodiscard]] topology::BitRate bytes_per_second(std::uint64_t rate);
/// The bytes of a bucket, whose size the kernel tells as the time in which it fills at its rate.
[[nodiscard]] std::uint64_t bucket_size(std::uint32_t ticks, std::uint64_t bytes_per_second);

/// The struct that `bytes` begin with; false where they are shorter.
template <class T>
[[nodiscard]] bool read_beginning(Bytes bytes, T& value) {
    return bytes.size() >= sizeof value && HostOrder::read(bytes.first(sizeof value), value);
}

/// A discipline out of an RTM_NEWQDISC or RTM_DELQDISC message; its link has an index, no name.
[[nodiscard]] Result<topology::Qdisc> read_qdisc(Message const& message);

/// Header and attributes; the link's index must be known. Of options only those of a Netem.
void write_qdisc(topology::Qdisc const& qdisc, MessageWriter& to);

/// Counters out of nested attributes TCA_STATS_…, as disciplines (TCA_STATS2) and actions (TCA_ACT_STATS)
/// have them; nothing where a length is wrong.
[[nodiscard]] std::optional<topology::QueueStatistics> read_queue_statistics(Bytes nested);

}  // namespace vethwork::netlink
