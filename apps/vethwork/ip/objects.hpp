// The objects of `ip`: a table of names and functions, one file an object.
#pragma once

#include <span>
#include <string_view>

#include "ip/session.hpp"

namespace vethwork::app {

struct IpObject {
    std::string_view name;  ///< may be abbreviated; the first row that fits wins
    /// Carries out the words behind the object; gives the exit status.
    Result<int> (*run)(Session& session, plan::WordReader& words);
};

/// In the order in which abbreviations are tried.
[[nodiscard]] std::span<IpObject const> ip_objects();

/// What `ip help` says; a fault of usage.
[[nodiscard]] Error ip_usage();

/// Runs `OBJECT COMMAND …`; an error has been printed when it returns.
[[nodiscard]] int run_object(Session& session, plan::WordReader& words);

/// One command of an object, as `add`.
struct IpCommand {
    std::string_view name;  ///< may be abbreviated; the first row that fits wins
    Result<int> (*run)(Session& session, plan::WordReader& words);
};

/// Takes the command and runs it; `Command "x" is unknown, try "ip OBJECT help".` where no row fits.
[[nodiscard]] Result<int> run_command(Session& session, plan::WordReader& words, std::string_view object,
                                      std::span<IpCommand const> commands);

Result<int> run_ip_address(Session& session, plan::WordReader& words);
Result<int> run_ip_neighbour(Session& session, plan::WordReader& words);
Result<int> run_ip_tuntap(Session& session, plan::WordReader& words);
Result<int> run_ip_link(Session& session, plan::WordReader& words);
Result<int> run_ip_monitor(Session& session, plan::WordReader& words);
Result<int> run_ip_netns(Session& session, plan::WordReader& words);
Result<int> run_ip_route(Session& session, plan::WordReader& words);
Result<int> run_ip_rule(Session& session, plan::WordReader& words);
Result<int> run_ip_nexthop(Session& session, plan::WordReader& words);

}  // namespace vethwork::app
