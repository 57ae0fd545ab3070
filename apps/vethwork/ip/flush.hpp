// What the flush verbs of several objects share: deleting in rounds, and what -s tells of it.
#pragma once

#include <span>
#include <string_view>

#include "ip/session.hpp"

namespace vethwork::app {

/// Deletes many; an error of code `ignored` is none. The first other one is told as iproute2 tells it.
[[nodiscard]] Result<> remove_all(Session& session, std::span<plan::Operation const> operations,
                                  int ignored = 0);
/// `*** Round 1, deleting 5 addresses ***`
void tell_round(Session& session, int round, std::size_t count, std::string_view things);
/// `*** Flush is complete after 1 round ***`; gives the exit status.
int tell_flushed(Session& session, int rounds);

}  // namespace vethwork::app
