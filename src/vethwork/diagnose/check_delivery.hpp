// What a host may hold against a packet that has arrived, and against answering it.
#pragma once

#include <vector>

#include <vethwork/diagnose/firewall.hpp>
#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// At the destination: who listens, and whether echo requests are answered.
[[nodiscard]] std::vector<Finding> delivery_obstacles(Sites& sites, Site& target, Walk const& forward,
                                                      Flow const& flow);

/// Whether somebody listens there for anybody.
[[nodiscard]] bool listens(Site& site, Protocol protocol, std::uint16_t port);

[[nodiscard]] observe::SocketProtocol socket_table(Protocol protocol);

/// The route that a hop's answers leave by, made to send them from another of its addresses.
[[nodiscard]] std::vector<Action> answering_from(Hop const& hop, IpAddress const& address);

/// Where nobody finds the way back to the address that the sender chose, though another of its addresses
/// could be answered, the choice is to blame: a finding goes to the beginning of the way back.
void blame_source(Sites& sites, Site& start, Walk const& forward, Walk& back, Flow const& flow);

}  // namespace vethwork::diagnose
