// Settings under /proc/sys/net of a network namespace. Source: ip-sysctl.rst of the kernel's documentation,
// proc(5).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::observe {

/// By name: "net/ipv4/ip_forward" (slashes, since names of links may hold dots). Settings that the kernel
/// does not have are left out. The text is without its end of line.
using Sysctls = std::map<std::string, std::string>;

/// Reads settings as a thread in the namespace sees them (they follow the reader's namespace); a thread of
/// its own does it, the caller stays where it is. The caller must be allowed to enter the namespace.
[[nodiscard]] Result<Sysctls> sysctls(Fd const& netns, std::span<std::string const> names);
/// The same, of the namespace the caller is in.
[[nodiscard]] Sysctls sysctls(std::span<std::string const> names);

/// The names that decide what becomes of packets: of the whole namespace, and for "all", "default" and each
/// of the links.
[[nodiscard]] std::vector<std::string> sysctls_of_packets(std::span<std::string const> links);

}  // namespace vethwork::observe
