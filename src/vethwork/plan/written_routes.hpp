// The routes and rules that a topology file writes in iproute2's words, as values.
#pragma once

#include <vector>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/names.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// Reads every node's `routes` and `rules` as what follows `ip route add` and `ip rule add`, and puts them
/// into `state`. Complains (E501, E505) of those that iproute2 would not take.
[[nodiscard]] std::vector<topology::Complaint> add_written_routes(topology::Lab const& lab,
                                                                  topology::NetworkState& state,
                                                                  topology::Names& names);

}  // namespace vethwork::plan
