// How much gets through: datagrams at an even pace from one socket to another, each in a network namespace of
// its own perhaps, and what of them arrives.
#pragma once

#include <cstdint>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/endpoint.hpp>
#include <vethwork/traffic/timers.hpp>

namespace vethwork {

struct FloodPair {
    Fd sender;    ///< connected to where the other listens
    Fd receiver;  ///< bound
};

/// The receiving socket, in the present network namespace: at a port that the kernel chooses.
[[nodiscard]] Result<Fd> flood_receiver(IpAddress const& address);
/// The sending one, in the present network namespace.
[[nodiscard]] Result<Fd> flood_sender(IpAddress const& address, Fd const& receiver);

struct FloodReport {
    std::uint64_t sent = 0, arrived = 0;  ///< datagrams
    double bits_per_second = 0;           ///< that arrived, IP headers counted, from the first arrival on
};

/// Sends `bits_per_second` (IP headers counted; less where this machine cannot) of datagrams that fit into
/// the smallest MTU of IPv6, for `lasts` from the first arrival on. An error where none arrives for
/// `patience`: ETIMEDOUT, or what the sender was told.
[[nodiscard]] Result<FloodReport> flood(FloodPair const& pair, double bits_per_second, Duration lasts,
                                        Duration patience);

}  // namespace vethwork
