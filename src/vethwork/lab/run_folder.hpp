// A /run of a mount namespace's own. Source: open_tree(2), move_mount(2); neither needs a /proc that knows
// us.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/result.hpp>

namespace vethwork::lab {

/// Covers /run by an empty file system that shows all entries of the old one at their places, but for
/// `except`.
[[nodiscard]] Result<> cover_run(std::string_view except = {});

/// Makes `place` below /run (or /var/run), a folder or a file as `like` is, so that this can be mounted
/// there; /run is covered first, so that nobody else sees it. Whether there is such a place now.
[[nodiscard]] bool make_place_in_run(std::string const& like, std::string const& place);

}  // namespace vethwork::lab
