// Named network namespaces: entries of /run/netns, the same that iproute2 sees. Source: ip-netns(8),
// setns(2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netns {

inline constexpr char const* run_dir = "/run/netns";

/// /run/netns/NAME; a name that begins with '/' is a path already.
[[nodiscard]] std::string path_of(std::string const& name);
/// Whether a namespace may be called so: a file name of at most 255 bytes, neither "." nor "..".
[[nodiscard]] bool is_valid_name(std::string_view name);
/// Opens a named namespace (or a path). The error is one of lookup: `Cannot open network namespace "x": …`.
[[nodiscard]] Result<Fd> open_named(std::string const& name);
/// Moves this thread into the namespace.
[[nodiscard]] Result<> enter(Fd const& netns);
/// The names there are, in the order of the directory; none where there is no such folder.
[[nodiscard]] Result<std::vector<std::string>> list();

}  // namespace vethwork::netns
