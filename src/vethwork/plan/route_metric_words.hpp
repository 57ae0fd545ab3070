// The words of a route's metrics: `mtu lock 1400`, `rtt 100ms`, `congctl cubic`.
#pragma once

#include <vethwork/plan/words.hpp>
#include <vethwork/topology/route.hpp>

namespace vethwork::plan {

/// Metrics are tried in two turns, because abbreviations of other keywords stand between them.
enum class MetricTurn { first, last };

/// Takes one metric and its value; false where the present word is none of this turn's.
[[nodiscard]] Result<bool> parse_route_metric(WordReader& words, topology::RouteMetrics& metrics,
                                              MetricTurn turn);
void print_route_metrics(topology::RouteMetrics const& metrics, std::vector<std::string>& words);

}  // namespace vethwork::plan
