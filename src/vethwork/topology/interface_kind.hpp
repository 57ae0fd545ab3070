// What a device under `interfaces` is: the keys of a kind, and the kind as a value. Internal to topology/.
#pragma once

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/lab.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::topology {

/// Complains of keys that the kind does not have or that it lacks (E318, E319), and of what cannot be made
/// yet (E320).
void check_interface_kind(LabInterface const& interface, Complaints& complaints);

/// The kind as its keys say, without the words of `options`.
[[nodiscard]] LinkKind kind_of(LabInterface const& interface);

/// Whether `link` names the device that this one stands on, and not the one that a tunnel sends over.
[[nodiscard]] bool stands_on_link(LabInterface const& interface);

}  // namespace vethwork::topology
