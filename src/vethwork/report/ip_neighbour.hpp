// Neighbours as `ip neighbour` shows them.
#pragma once

#include <span>

#include <vethwork/report/ip_link.hpp>
#include <vethwork/report/ip_writer.hpp>
#include <vethwork/topology/neighbour.hpp>

namespace vethwork::report {

/// Neighbours in a list; with `details.filtered` their links are known and not told.
void write_neighbours(IpWriter& writer, std::span<topology::Neighbour const> neighbours,
                      IpDetails const& details);
/// One neighbour, an object of its own.
void write_neighbour(IpWriter& writer, topology::Neighbour const& neighbour, IpDetails const& details);

}  // namespace vethwork::report
