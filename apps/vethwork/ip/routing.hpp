// What `ip route`, `ip rule` and `ip nexthop` share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/observe/routes.hpp>
#include <vethwork/plan/routing_words.hpp>
#include <vethwork/report/ip_route.hpp>

#include "ip/session.hpp"

namespace vethwork::app {

/// What parsers of words want to know, bound to this session, which must outlive it.
[[nodiscard]] plan::RoutingContext routing_context(Session& session);
/// What printers want to know, bound to this session, which must outlive it; next hops are asked for once.
[[nodiscard]] report::RoutingDetails routing_details(Session& session);
/// Puts the warnings of a parser on stderr.
void tell_warnings(plan::RoutingContext& context);
/// A list that broke off: `ip` leaves its bracket open, `vethwork ip` tells an empty list.
void tell_broken_list(Session& session);
/// Says what failed, and `end` behind it; gives `status`.
[[nodiscard]] int end_dump(Session& session, Error const& error, std::string_view end, int status);

/// Finds the index of a link that a selector names.
[[nodiscard]] Result<std::uint32_t> link_index(Session& session, std::string const& name);
[[nodiscard]] Result<> resolve(Session& session, std::optional<topology::LinkRef>& link);

/// A file of messages: a magic number and the kernel's messages as they were.
struct MessageFile {
    std::uint32_t magic;
    std::string_view what;  ///< "route"
};
inline constexpr MessageFile route_file{0x45311224, "route"}, rule_file{0x71706986, "rule"};

/// Begins such a file on stdout, which must be no terminal.
[[nodiscard]] Result<> begin_message_file(Session& session, MessageFile const& file);
void append_message(std::string& to, netlink::Message const& message);
/// Reads such a file from stdin, which must be no terminal; gives what follows the magic number.
[[nodiscard]] Result<std::string> read_message_file(MessageFile const& file);
/// Gives a message back to the kernel; that the thing is there already is told, but no failure.
[[nodiscard]] Result<> restore_message(Session& session, netlink::Message const& message);

}  // namespace vethwork::app
