// The pieces of `up` that are no network: the keeper, files of nodes, what the kernel cannot be asked back.
#pragma once

#include <vethwork/lab/lab.hpp>

namespace vethwork::lab {

/// A keeper that ends when this is dropped before it is told that it is written down.
class NewKeeper {
public:
    NewKeeper(ProcessId process, Fd pipe) : process_(process), pipe_(std::move(pipe)) {}

    [[nodiscard]] ProcessId const& process() const { return process_; }
    /// Whoever ends the lab finds it now: it stays.
    [[nodiscard]] Result<> let_live() { return write_all(pipe_.get(), "."); }

private:
    ProcessId process_;
    Fd pipe_;
};

/// Whether a lab has something to start outside of it.
enum class Reach { inside, outside };

/// Starts a lab's keeper, and with `rootless` the space that it holds, with a hand outside where that is
/// asked for.
[[nodiscard]] Result<NewKeeper> start_keeper(Directory const& directory, Footing footing, Reach reach);

/// Writes the nodes' hosts files into the lab's folder, and gives services their logs, namespaces and mounts.
[[nodiscard]] Result<> write_node_files(Directory const& directory, Wanted& wanted);

/// Writes into the lab's folder how the kernel lists the rulesets that were loaded.
[[nodiscard]] Result<> remember_rulesets(apply::Network& network, Directory const& directory,
                                         topology::NetworkState const& wanted);

/// Sysctls that `wanted` names, from the kernel; the ruleset from the lab's folder, as it was loaded, and
/// with a remark where the kernel lists another one since.
[[nodiscard]] Result<> read_settings(apply::Network& network, Directory const& directory,
                                     topology::NamespaceState const& wanted,
                                     topology::NamespaceState& actual);

}  // namespace vethwork::lab
