// What a link does to packets, in one direction.
#pragma once

#include <optional>
#include <string>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/units.hpp>

namespace vethwork::topology {

enum class DelayDistribution : std::uint8_t { uniform, normal, pareto, paretonormal };

/// Loss in bursts: chances a packet to change between the two states, and the loss in each.
struct GilbertElliott {
    Share enter, leave, bad{1.0}, good;

    bool operator==(GilbertElliott const&) const = default;
};

/// How much may wait; one of both.
struct QueueLimit {
    std::optional<std::uint32_t> packets;
    std::optional<std::uint64_t> bytes;

    bool operator==(QueueLimit const&) const = default;
};

struct Impairment {
    std::optional<Duration> delay, jitter;
    std::optional<DelayDistribution> distribution;
    std::optional<Share> loss, duplicate, corrupt, reorder;
    std::optional<GilbertElliott> burst_loss;
    std::optional<BitRate> rate;
    std::optional<QueueLimit> queue;
    std::optional<std::string> trace;
    std::optional<std::uint64_t> seed;

    [[nodiscard]] bool empty() const { return *this == Impairment{}; }
    bool operator==(Impairment const&) const = default;
};

}  // namespace vethwork::topology
