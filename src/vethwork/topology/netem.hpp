// From what a file says of a link to the kernel's network emulator, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/topology/impairment.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::topology {

/// The emulator that does what `impairment` says, its numbers as the kernel keeps them; nothing where there
/// is nothing to do.
[[nodiscard]] std::optional<Netem> netem_of(Impairment const& impairment);
/// What an emulator cannot do of it, each with the reason: "a trace: netem has no notion of it".
[[nodiscard]] std::vector<std::string> beyond_netem(Impairment const& impairment);
/// What a file says of such an emulator. Correlations, loss of four states and marks have no words there.
[[nodiscard]] Impairment impairment_of(Netem const& netem);
/// Whether impairment_of() says all of it.
[[nodiscard]] bool can_be_written(Netem const& netem);

/// The shortest percentage that the kernel keeps as the same share: "10%".
[[nodiscard]] std::string kept_text(Share share);

/// The kernel does not tell how a delay varies. So an emulator whose delay varies otherwise than uniformly
/// has a handle that says it, and others have none of these.
[[nodiscard]] std::uint32_t handle_of(DelayDistribution distribution);  ///< 0: any
[[nodiscard]] DelayDistribution distribution_of(std::uint32_t handle);
/// "normal"
[[nodiscard]] std::string_view name_of(DelayDistribution distribution);

}  // namespace vethwork::topology
