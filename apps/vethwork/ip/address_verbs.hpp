// The verbs of `ip address` that do more than one operation.
#pragma once

#include "ip/session.hpp"

namespace vethwork::app {

Result<int> show_addresses(Session& session, plan::WordReader& words);
Result<int> flush_addresses(Session& session, plan::WordReader& words);
/// Puts the kernel's messages on stdout.
Result<int> save_addresses(Session& session, plan::WordReader& words);
/// Shows, or adds, what is on stdin as save_addresses() wrote it.
Result<int> show_saved_addresses(Session& session, plan::WordReader& words);
Result<int> restore_addresses(Session& session, plan::WordReader& words);

}  // namespace vethwork::app
