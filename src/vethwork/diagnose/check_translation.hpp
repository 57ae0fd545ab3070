// Addresses put in the place of others: to the wrong one, from the wrong one, or not at all. Source: nft(8),
// "NAT statements".
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// The address that a rule puts in the destination's place is nobody's.
[[nodiscard]] std::vector<Finding> translation_obstacles(Sites& sites, Site& site, Translation const& found,
                                                         WalkedPacket const& packet);
/// Nobody listens where a rule sends the packet, but next to it: on another port, or another host.
[[nodiscard]] std::optional<Finding> wrong_service(Sites& sites, Site& target, Walk const& forward,
                                                   Flow const& flow);

/// Each of these puts a finding at the beginning of the way back.
/// It fails at once, and a gateway on the way there has a place for translations and no rule that fits.
void blame_missing_translation(Walk const& forward, Walk& back);
/// The sender was given an address to which there is no way back, though there is one to the gateway's own.
void blame_source_translation(Sites& sites, Walk const& forward, Walk& back, Flow const& flow);
/// The answer goes straight to the sender, who asked another address.
void blame_missing_hairpin(Site& start, Walk const& forward, Walk& back);

}  // namespace vethwork::diagnose
