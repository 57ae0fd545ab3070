// Doing something in a child process, for what cannot be undone in this one, and getting what it wrote.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace vethwork::app {

/// Forks; the child runs `work` with the writing end of a pipe and ends. Gives all that was written; nothing
/// where there could be no child.
[[nodiscard]] std::string output_of_child(std::function<void(int writing_end)> const& work);

/// Waits for a child to end; its exit status as a shell tells it, 128 and the number of the signal that
/// killed it.
[[nodiscard]] int exit_status_of(pid_t child);

}  // namespace vethwork::app
