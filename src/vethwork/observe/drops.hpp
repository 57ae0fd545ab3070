// Packets that the kernel drops, as they happen: where, why, and their first bytes. A BPF program at the
// tracepoint skb:kfree_skb keeps those of a few network namespaces. Needs root of the machine, a kernel with
// type information (BTF) and BPF rings (5.8); reasons since 5.17.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vethwork/base/result.hpp>
#include <vethwork/observe/bpf.hpp>
#include <vethwork/observe/btf.hpp>

namespace vethwork::observe {

struct Drop {
    std::uint64_t time = 0;       ///< ns, CLOCK_MONOTONIC
    std::uint32_t netns = 0;      ///< inode of the network namespace in which it happened
    std::uint32_t link = 0;       ///< the device that had the packet, or that its route leads to; 0: none
    std::string device;           ///< its name
    std::uint32_t came_from = 0;  ///< index of the device it was received on; 0: made here
    std::optional<std::uint32_t> reason;  ///< enum skb_drop_reason; absent before Linux 5.17
    std::string reason_name;              ///< "NETFILTER_DROP"; empty where the kernel has no name for it
    std::uint64_t location = 0;           ///< an address in the kernel, see kernel_functions()
    std::uint16_t protocol = 0;           ///< ETH_P_…
    std::vector<std::uint8_t> bytes;      ///< at most the first 128 from the network header on

    bool operator==(Drop const&) const = default;
};

/// Which bytes of kernel memory the program looks at, and what this kernel tells of a drop.
struct DropFacts {
    /// Bytes from the beginning of the struct.
    struct Offsets {
        std::uint32_t skb_dev = 0, skb_sk = 0, skb_dst = 0, skb_head = 0, skb_tail = 0,
                      skb_network_header = 0, skb_protocol = 0, skb_input = 0;
        std::uint32_t device_net = 0, device_index = 0, device_name = 0;
        std::uint32_t sock_net = 0, dst_device = 0, net_inode = 0;
    } offsets;
    bool has_reason = false;            ///< the tracepoint's third argument
    bool has_receiving_socket = false;  ///< its fourth
    std::vector<std::string> reasons;   ///< names by number, without their common beginning; empty: unknown
};

/// The error names the type or member that the kernel does not have.
[[nodiscard]] Result<DropFacts> read_drop_facts(Btf const& btf);

/// Drops are recorded until it goes away.
class DropWatch {
public:
    /// Begins to record drops in the namespaces with these inodes (of /proc/PID/ns/net, /run/netns/NAME).
    [[nodiscard]] static Result<DropWatch> attach(std::span<std::uint32_t const> namespaces,
                                                  std::uint32_t ring_size = 1u << 20);

    /// Also in this namespace, from now on; at most 1,024 altogether.
    [[nodiscard]] Result<> watch(std::uint32_t netns);
    [[nodiscard]] Result<> ignore(std::uint32_t netns);
    /// Readable when there are drops to read; for poll(2).
    [[nodiscard]] int fd() const { return ring_.fd(); }
    /// What was recorded since the last call, never waiting.
    [[nodiscard]] std::vector<Drop> read();
    /// How many drops in a watched namespace found the ring full.
    [[nodiscard]] std::uint64_t lost() const;

private:
    DropWatch() = default;

    std::vector<std::string> reasons_;
    bool has_reason_ = false;
    std::vector<std::uint32_t> namespaces_;
    BpfRing ring_;
    Fd watched_, program_, attachment_;
};

}  // namespace vethwork::observe
