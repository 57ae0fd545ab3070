// The few uses of bpf(2) that are needed: maps, loading a program, hanging it on a tracepoint, reading a
// ring. What the kernel refuses for want of privilege has a hint that says what would grant it.
#pragma once

#include <linux/bpf.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include <vethwork/base/bytes.hpp>
#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::observe {

struct BpfMapShape {
    bpf_map_type type = BPF_MAP_TYPE_HASH;
    std::uint32_t key_size = 0, value_size = 0, most_entries = 0;
};

[[nodiscard]] Result<Fd> create_bpf_map(BpfMapShape const& shape);
/// Key and value must have the sizes of the map.
[[nodiscard]] Result<> set_bpf_entry(Fd const& map, void const* key, void const* value);
[[nodiscard]] Result<> remove_bpf_entry(Fd const& map, void const* key);
[[nodiscard]] Result<> get_bpf_entry(Fd const& map, void const* key, void* value);

/// Loads a program for raw tracepoints. Where the kernel's verifier refuses it, kernel_text is the end of
/// what it says.
[[nodiscard]] Result<Fd> load_tracepoint_program(std::span<bpf_insn const> instructions);
/// Runs the program at a raw tracepoint until the descriptor is closed.
[[nodiscard]] Result<Fd> attach_to_tracepoint(Fd const& program, char const* tracepoint);

/// A ring of records that a program fills (BPF_MAP_TYPE_RINGBUF, since Linux 5.8). Its descriptor is readable
/// when there are records.
class BpfRing {
public:
    BpfRing() = default;
    /// `size`: bytes, a power of two and a multiple of the page.
    [[nodiscard]] static Result<BpfRing> create(std::uint32_t size);
    BpfRing(BpfRing&& other) noexcept { *this = std::move(other); }
    BpfRing& operator=(BpfRing&& other) noexcept;
    ~BpfRing() { unmap(); }

    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Gives every finished record to `each`, and its room back to the ring.
    void read(std::function<void(Bytes)> const& each);

private:
    void unmap();

    Fd fd_;
    std::uint32_t size_ = 0;
    void* consumer_ = nullptr;  ///< a page, ours to write
    void* producer_ = nullptr;  ///< a page, then the data twice
};

}  // namespace vethwork::observe
