// ip -batch: one command a line.
#pragma once

#include <string>

#include "ip/session.hpp"

namespace vethwork::app {

/// Runs every line of a file ("-": standard input) to the first error, or with -force to the end; gives the
/// exit status.
[[nodiscard]] int run_batch(Session& session, std::string const& file);

}  // namespace vethwork::app
