// The kernel's network emulator on the wire: the options of a queueing discipline "netem".
// Source: <linux/pkt_sched.h>, net/sched/sch_netem.c.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::netlink {

/// Out of TCA_OPTIONS; how the delay varies is not among it.
[[nodiscard]] std::optional<Error> read_netem(Bytes options, topology::Netem& netem);
/// TCA_OPTIONS, with what is 0 too: a change takes back what it does not name. Loss of four states is not
/// written.
void write_netem(topology::Netem const& netem, MessageWriter& to);

/// How a delay varies, as the kernel wants it (TCA_NETEM_DELAY_DIST): equally likely deviations from the mean
/// in parts of the jitter, 8192 parts each. The same as tc(8) comes with; empty for `uniform`, which the
/// kernel knows.
[[nodiscard]] std::vector<std::int16_t> deviations(topology::DelayDistribution distribution);

}  // namespace vethwork::netlink
