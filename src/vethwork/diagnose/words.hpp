// Objects as an administrator names them.
#pragma once

#include <string>

#include <vethwork/diagnose/walk.hpp>

namespace vethwork::diagnose {

/// "10.0.2.0/24", "default"
[[nodiscard]] std::string prefix_words(topology::Route const& route);
/// "10.0.2.0/24 via 10.0.1.1 dev eth0 table 100", as `ip route` takes it.
[[nodiscard]] std::string route_words(Site& site, topology::Route const& route);
/// "to 10.0.2.0/24 lookup 100", as `ip rule` takes it.
[[nodiscard]] std::string rule_words(topology::Rule const& rule);
/// What a hop decided: its route, or that the destination is at hand.
[[nodiscard]] std::string decision_words(Hop const& hop, IpAddress const& destination);
/// "main", "local", "100"
[[nodiscard]] std::string table_words(std::uint32_t table);

}  // namespace vethwork::diagnose
