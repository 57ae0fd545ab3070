// Making and removing named network namespaces, so that iproute2 and any other tool sees the same names.
// Source: ip-netns(8), network_namespaces(7), mount(2) on shared subtrees. Errors are of lookup, with
// iproute2's texts: `Cannot create namespace file "/run/netns/x": File exists`.
#pragma once

#include <sys/types.h>

#include <string>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netns {

/// Makes the folder of names, a shared mount, so that removing a name here removes it in every mount
/// namespace. Safe against others who do the same at the same time.
[[nodiscard]] Result<> prepare_run_dir();

/// Moves this thread into a new network namespace, which ends with it if nobody else holds it. Errors: of
/// system.
[[nodiscard]] Result<> enter_new();
/// A new network namespace with a name. This thread stays where it is.
[[nodiscard]] Result<> create(std::string const& name);
/// A name for the network namespace of a process.
[[nodiscard]] Result<> attach(std::string const& name, pid_t pid);
/// Mounts the namespace of a handle, of whichever kind, on a file that is there. Unlike by way of /proc this
/// works in any mount and pid namespace. Errors: of system; EINVAL or ELOOP where a mount namespace does not
/// count as younger than our own. Source: open_tree(2), move_mount(2).
[[nodiscard]] Result<> mount_handle(Fd const& handle, std::string const& path);
/// Takes a name away; the namespace ends with the last process, descriptor or name that holds it.
[[nodiscard]] Result<> remove(std::string const& name);

}  // namespace vethwork::netns
