// Named network namespaces: entries of /run/netns, the same that iproute2 sees. Source: ip-netns(8),
// setns(2).
#pragma once

#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netns {

inline constexpr char const* run_dir = "/run/netns";

/// /run/netns/NAME; a name that begins with '/' is a path already.
[[nodiscard]] std::string path_of(std::string const& name);
/// Opens a named namespace (or a path). The error is one of lookup: `Cannot open network namespace "x": …`.
[[nodiscard]] Result<Fd> open_named(std::string const& name);
/// Moves this thread into the namespace.
[[nodiscard]] Result<> enter(Fd const& netns);
/// The names there are, in the order of the directory.
[[nodiscard]] Result<std::vector<std::string>> list();

}  // namespace vethwork::netns
