// The pieces of `up` that are no network: the keeper, files of nodes, what the kernel cannot be asked back.
#pragma once

#include <vethwork/lab/lab.hpp>

namespace vethwork::lab {

/// Starts a lab's keeper, and with `rootless` the space that it holds.
[[nodiscard]] Result<ProcessId> start_keeper(Directory const& directory, Footing footing);

/// Writes the nodes' hosts files into the lab's folder, and gives services their logs, namespaces and mounts.
[[nodiscard]] Result<> write_node_files(Directory const& directory, Wanted& wanted);

/// Sysctls that `wanted` names, from the kernel; the ruleset from the lab's folder, as it was loaded.
[[nodiscard]] Result<> read_settings(apply::Network& network, Directory const& directory,
                                     topology::NamespaceState const& wanted,
                                     topology::NamespaceState& actual);

}  // namespace vethwork::lab
