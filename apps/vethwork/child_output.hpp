// Doing something in a child process, for what cannot be undone in this one, and getting what it wrote.
#pragma once

#include <functional>
#include <string>

namespace vethwork::app {

/// Forks; the child runs `work` with the writing end of a pipe and ends. Gives all that was written; nothing
/// where there could be no child.
[[nodiscard]] std::string output_of_child(std::function<void(int writing_end)> const& work);

}  // namespace vethwork::app
