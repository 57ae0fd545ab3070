// Packets as a device sees them, through a packet(7) socket: what it receives and what this machine sends.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/observe/filter.hpp>
#include <vethwork/observe/packet.hpp>

namespace vethwork::observe {

enum class Promiscuity { off, on };

struct CaptureOptions {
    std::string device = "any";  ///< "any": every device of the namespace, with cooked headers
    std::uint32_t snapshot_length = 262144;
    Promiscuity promiscuity = Promiscuity::on;
    std::string expression;  ///< of pcap-filter(7); empty takes every packet
};

struct CaptureCounts {
    std::uint64_t received = 0;  ///< packets that passed the filter, dropped ones among them
    std::uint64_t dropped = 0;   ///< for want of space in the socket's buffer
};

enum class Wake { packets, stop, timeout };

/// A running capture in the network namespace in which it was opened.
class PacketSocket {
public:
    /// Errors: no such device, a device that is down, a wrong expression, no CAP_NET_RAW in the namespace.
    [[nodiscard]] static Result<PacketSocket> open(CaptureOptions const& options);

    [[nodiscard]] LinkType link_type() const { return link_; }
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Waits until packets are there, `stop_fd` is readable, or `timeout_ms` have passed (-1: for ever).
    [[nodiscard]] Result<Wake> wait(int stop_fd, int timeout_ms) const;
    /// Up to a batch of packets, in their order; none where none is waiting. Times are the kernel's.
    [[nodiscard]] Result<std::vector<Frame>> read();
    /// Since the beginning.
    [[nodiscard]] Result<CaptureCounts> counts();

private:
    PacketSocket(Fd fd, LinkType link, CaptureOptions const& options);
    [[nodiscard]] Result<> start(int index, CaptureOptions const& options);
    [[nodiscard]] Result<> report_down() const;
    [[nodiscard]] bool accept(Frame& frame);

    Fd fd_;
    LinkType link_;
    int index_ = 0;
    std::uint32_t snapshot_length_;
    std::string device_;
    Filter filter_;
    bool filter_here_ = false;  ///< the program runs on finished frames, not in the kernel
    std::uint64_t rejected_ = 0;
    CaptureCounts counts_;
    std::unique_ptr<std::uint8_t[]> memory_;  ///< of a batch of packets
};

struct CaptureDevice {
    int index = 0;
    std::string name;
    bool up = false, running = false, loopback = false;
};
/// The devices of the present network namespace, in the order of their indices.
[[nodiscard]] Result<std::vector<CaptureDevice>> capture_devices();

}  // namespace vethwork::observe
