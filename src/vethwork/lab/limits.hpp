// What a lab takes of a machine, and whether the machine has it: known before anything is made.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <vethwork/base/result.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::lab {

struct Needs {
    std::uint64_t namespaces = 0;    ///< to be made
    std::uint64_t links = 0;         ///< ends of cables and other devices
    std::uint64_t bridge_ports = 0;  ///< of the bridge that has most
    std::string bridge;              ///< that one: NODE/BRIDGE
};

struct Machine {
    static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t descriptors = unlimited;     ///< of one process, at most (RLIMIT_NOFILE, hard)
    std::uint64_t net_namespaces = unlimited;  ///< user.max_net_namespaces
    std::uint64_t memory = unlimited;          ///< bytes that can be had without swapping others out
};

[[nodiscard]] Needs needs_of(topology::NetworkState const& wanted);
[[nodiscard]] Machine this_machine();
/// What the machine lacks, each with what would help; faults of limit.
[[nodiscard]] std::vector<Error> shortages(Needs const& needs, Machine const& machine);
/// Bytes of kernel memory, about.
[[nodiscard]] std::uint64_t memory_estimate(Needs const& needs);

/// As many open descriptors as this process may have.
void raise_descriptor_limit();

/// The largest number of neighbours that the kernel keeps (net.ipv4.neigh.default.gc_thresh3); namespaces
/// cannot have one of their own.
[[nodiscard]] std::uint64_t neighbour_limit();

}  // namespace vethwork::lab
