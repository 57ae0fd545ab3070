#include "ip/flush.hpp"

#include <cstring>

namespace vethwork::app {

Result<> remove_all(Session& session, std::span<plan::Operation const> operations, int ignored) {
    for (auto const& outcome : TRY(session.settled_kernel())->perform_all(operations))
        if (!outcome && outcome.error().code != ignored)
            return plan::refused(
                fmt::format("Failed to send flush request: {}", std::strerror(outcome.error().code)));
    return {};
}

void tell_round(Session& session, int round, std::size_t count, std::string_view things) {
    if (session.options().statistics == 0) return;
    session.print(fmt::format("\n*** Round {}, deleting {} {} ***\n", round, count, things));
}

int tell_flushed(Session& session, int rounds) {
    if (session.options().statistics == 0) return 0;
    session.print(rounds == 0 ? std::string("Nothing to flush.\n")
                              : fmt::format("*** Flush is complete after {} round{} ***\n", rounds,
                                            rounds > 1 ? "s" : ""));
    return 0;
}

}  // namespace vethwork::app
