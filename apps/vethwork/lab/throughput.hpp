// How much gets through from one node of a running lab to another.
#pragma once

#include <optional>
#include <string>

#include <vethwork/traffic/flood.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

struct ThroughputWish {
    std::string from, receiver;  ///< nodes
    IpAddress to;                ///< of the receiver
    double bits_per_second = 0;  ///< that are sent
    Duration lasts{};
};

/// The first node that has this address; nothing where none does.
[[nodiscard]] std::optional<std::string> owner_of(topology::NetworkState const& state,
                                                  IpAddress const& address);

/// Sends datagrams. Errors: of flood(); where the lab is not up.
[[nodiscard]] Result<FloodReport> measure_throughput(LoadedLab const& loaded, LabOptions const& options,
                                                     ThroughputWish const& wish);

}  // namespace vethwork::app
