// Which processes live in a network namespace, and which names a namespace has. Source: proc(5).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netns {

/// What makes a namespace the same as another: its file's device and inode.
struct Identity {
    dev_t device = 0;
    ino_t inode = 0;

    bool operator==(Identity const&) const = default;
};

[[nodiscard]] Result<Identity> identity_of(Fd const& netns);

/// The processes in a named namespace, in the order of /proc.
/// The error is one of lookup: `Cannot open network namespace: …`.
[[nodiscard]] Result<std::vector<pid_t>> processes_in(std::string const& name);

/// All names of the namespace that a process lives in ("self" or a pid in digits), in the order of the
/// directory. The error is one of lookup: `Cannot open network namespace: …`.
[[nodiscard]] Result<std::vector<std::string>> names_of_process(std::string const& pid);

}  // namespace vethwork::netns
