// The program that runs inside the kernel at each dropped packet, and the records it writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <vethwork/observe/bpf_program.hpp>
#include <vethwork/observe/drops.hpp>

namespace vethwork::observe {

inline constexpr std::size_t most_drop_bytes = 128;

/// The head of a record; most_drop_bytes of the packet follow, of which `size` are meant.
struct DropRecord {
    std::uint64_t time, location;
    std::uint32_t netns, link, came_from, reason;
    std::uint16_t protocol;  ///< network byte order
    std::uint16_t size;
    std::uint32_t unused;
    char device[16];
};

/// `watched`: a hash map from the inode of a namespace to the number of records lost there; `ring`: where
/// records go.
[[nodiscard]] std::vector<bpf_insn> drop_program(DropFacts const& facts, int watched_fd, int ring_fd);

}  // namespace vethwork::observe
