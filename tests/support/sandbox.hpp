// Fresh user + network + mount + pid-less namespaces for tests that touch the kernel.
#pragma once

#include <vethwork/base/result.hpp>

namespace vethwork::test {

/// Moves this process into a new user, network, mount and UTS namespace where it is root; /run is a private
/// tmpfs with an empty netns folder, /sys shows the new network namespace, `lo` is down as in any new one.
/// Works as root and as an ordinary user. Single-threaded callers only.
[[nodiscard]] Result<> enter_sandbox();

/// A new network namespace in place of the current one (within the sandbox).
[[nodiscard]] Result<> new_network_namespace();

}  // namespace vethwork::test
