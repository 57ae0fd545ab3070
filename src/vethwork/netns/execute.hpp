// Running programs in a named network namespace, with /sys and /etc as they should be seen in it.
// Source: ip-netns(8), mount_namespaces(7).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::netns {

/// What went wrong without being in the way: bind mounts over /etc that failed.
using Warnings = std::vector<Error>;

/// Moves this process into the namespace and into a mount namespace of its own, in which /sys tells of the
/// new network namespace and every file of /etc/netns/NAME lies over its namesake in /etc.
[[nodiscard]] Result<Warnings> settle_in(std::string const& name);

/// Becomes the program `words[0]` (found along PATH); returns only when that fails: `exec of "x" failed: …`.
[[nodiscard]] Error become(std::span<std::string const> words);

/// Forks; the child settles in the namespace and becomes the program. Gives its exit status when it has
/// ended; `complain` gets, in the child, each warning and error. Status 1 where the child could not start,
/// 255 where it could not settle in.
[[nodiscard]] Result<int> run_in(std::string const& name, std::span<std::string const> words,
                                 void (*complain)(Error const&));

}  // namespace vethwork::netns
