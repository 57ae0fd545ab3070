// The words of one route, shared by add and delete.
#pragma once

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/route.hpp>

namespace vethwork::plan {

/// Whether a route is to be made, or one is looked for: then everything may stay open.
enum class RoutePurpose { put, find };

[[nodiscard]] Result<topology::Route> parse_route(WordReader& words, RoutePurpose purpose,
                                                  RoutingContext& context);
/// parse_route() reads them back.
[[nodiscard]] std::vector<std::string> route_words(topology::Route const& route, RoutePurpose purpose);

}  // namespace vethwork::plan
