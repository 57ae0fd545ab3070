// The stages behind the decoder: segments, addresses, routes, lints. Internal to topology/.
#pragma once

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

/// Joins links at switches into segments and gives every end its own.
void find_segments(Lab& lab, Complaints& complaints);
/// Subnets for segments, addresses for ends; complains E4xx.
void assign_addresses(Lab& lab, Complaints& complaints);
/// Gateways of hosts and shortest paths of routers; complains E3xx of gateways that cannot be.
void compute_routes(Lab& lab, Complaints& complaints);
/// Limits of the machine (E5xx) and what is allowed but odd (W…).
void check_lab(Lab const& lab, Complaints& complaints);

}  // namespace vethwork::topology
