// The ground a lab stands on: the machine's own namespaces as root, or a user, mount, pid and network
// namespace of the lab's own, in which its maker is root and /run/netns is private. Source:
// user_namespaces(7), mount_namespaces(7).
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include <vethwork/base/result.hpp>
#include <vethwork/lab/directory.hpp>

namespace vethwork::lab {

/// Why an ordinary user can make no user namespace here, with the cure; nothing where one can.
/// Tries it in a child process.
[[nodiscard]] std::optional<Error> why_no_user_namespaces();

/// What the process outside of a space is called.
inline constexpr char const* hand_name = "vethwork-out";

/// Starts a process that is the first of new user, mount, pid, network, IPC and UTS namespaces and runs
/// `life` in them, with /proc and /run/netns of its own. Its end ends all of them and all processes in them.
/// `life` gets the descriptors above 2 in `keep` open, everything else closed, and standard streams on
/// /dev/null. `outside`, where there is one, runs in a further process of the space, which stays in the
/// network namespace of the caller.
[[nodiscard]] Result<ProcessId> start_space(std::function<int()> const& life, std::span<int const> keep,
                                            std::function<void()> const& outside = {});

/// Starts a process of its own session that runs `life` where this one is: as root there is nothing to hold.
[[nodiscard]] Result<ProcessId> start_daemon(std::function<int()> const& life, std::span<int const> keep);

/// Whether those who are started from here on belong to the space, seen in its /proc and ended with it.
enum class Children { stay_outside, belong };

/// Moves this process into the namespaces of `holder`, but for the pid namespace: only children can be in
/// that. There is no way back. /proc/self means nothing there to a process from outside.
[[nodiscard]] Result<> enter_space(ProcessId const& holder, Children children);

/// A handle of a living process; nothing where it has ended. It stays good in every namespace.
[[nodiscard]] std::optional<Fd> open_process(ProcessId const& process);
/// Kills the holder of a space (or a daemon) and waits until it has ended, and with it everything in its pid
/// namespace. Only from outside that pid namespace.
[[nodiscard]] Result<> end_process(Fd const& process);
/// open_process() and end_process() at once.
[[nodiscard]] Result<> end_space(ProcessId const& holder);

}  // namespace vethwork::lab
