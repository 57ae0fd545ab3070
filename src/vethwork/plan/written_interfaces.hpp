// The devices under `interfaces` in all they have: their keys, the words of `options`, and what `ip link add`
// says where neither does.
#pragma once

#include <vector>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/names.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

/// Completes the links of `state` that stand under `interfaces`. Complains (E506) of options that
/// `ip link add NAME type KIND` would not take.
[[nodiscard]] std::vector<topology::Complaint> complete_interfaces(topology::Lab const& lab,
                                                                   topology::NetworkState& state,
                                                                   topology::Names& names);

}  // namespace vethwork::plan
