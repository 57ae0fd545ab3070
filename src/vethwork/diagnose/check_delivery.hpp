// What a host may hold against a packet that has arrived, and against answering it.
#pragma once

#include <vector>

#include <vethwork/diagnose/firewall.hpp>
#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// At the destination: who listens, and whether echo requests are answered.
[[nodiscard]] std::vector<Finding> delivery_obstacles(Sites& sites, Site& target, Walk const& forward,
                                                      Flow const& flow);

/// The address that a rule puts in the destination's place is nobody's.
[[nodiscard]] std::vector<Finding> translation_obstacles(Sites& sites, Site& site, Translation const& found,
                                                         WalkedPacket const& packet);

/// The way back fails at once, and a gateway on the way there has a place for translations and no rule.
void blame_missing_translation(Walk const& forward, Walk& back);

/// Whether somebody listens there for anybody.
[[nodiscard]] bool listens(Site& site, Protocol protocol, std::uint16_t port);

/// Where nobody finds the way back to the address that the sender chose, though another of its addresses
/// could be answered, the choice is to blame: a finding goes to the beginning of the way back.
void blame_source(Sites& sites, Site& start, Walk const& forward, Walk& back, Flow const& flow);

}  // namespace vethwork::diagnose
