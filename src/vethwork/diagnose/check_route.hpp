// Routes that are missing, forbidden or lead astray, and what they were probably meant to be.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/neighbourhood.hpp>
#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// What checks of routes need to know of the walk they are part of.
struct RouteContext {
    Sites* sites = nullptr;
    WalkedPacket const* packet = nullptr;
    Direction direction = Direction::forward;
};

/// No usable route at the last hop: why, and the leg that a repair would use.
struct MissingRoute {
    std::vector<Finding> findings;
    std::optional<Leg> leg;
    std::optional<IpAddress> next;
};
[[nodiscard]] MissingRoute missing_route(RouteContext const& context, Walk const& walk, Lookup const& found);

/// The walk has ended without arriving: if an earlier decision led astray (a rule, a preferred route, a
/// gateway), the finding goes to that place.
void blame_upstream(RouteContext const& context, Walk& walk);

/// Tables of a namespace that hold routes and that no rule leads to.
[[nodiscard]] std::vector<std::uint32_t> unruled_tables(Site& site, Family family);
/// A rule that would send a hop's packet to a table.
[[nodiscard]] Finding rule_missing(RouteContext const& context, Hop const& hop, std::uint32_t table);

/// The namespace before the last hop; null at the beginning.
[[nodiscard]] Site* previous_site(Walk const& walk);
/// The shortest way from the last hop to the destination that does not go back; nothing where there is none.
[[nodiscard]] std::optional<std::vector<Leg>> way_on(RouteContext const& context, Walk const& walk);

/// The route that decided at a hop, with another gateway.
[[nodiscard]] Action replace_gateway(Hop const& hop, Leg const& leg, IpAddress const& gateway);

/// An address of the prefix that nobody has.
[[nodiscard]] IpAddress free_address(Sites& sites, IpPrefix const& prefix);

/// The mask of a link's address is not that of the others on its segment.
[[nodiscard]] Finding wrong_mask(Site& site, topology::InterfaceAddress const& address,
                                 std::uint8_t right_length);

}  // namespace vethwork::diagnose
