// A socket for ICMP echo: a datagram socket where the kernel allows it, a raw one otherwise. Sources:
// icmp(7), raw(7), ip(7), ipv6(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/ping_event.hpp>
#include <vethwork/traffic/ping_packet.hpp>

namespace vethwork {

enum class PathMtu { dont, want, do_ };  ///< ping's -M: fragment here, as the kernel learns, never

struct PingTarget {
    ScopedAddress address;
    std::optional<ScopedAddress> source;  ///< the one to use
    std::string device;                   ///< the one to use
    std::optional<std::uint8_t> ttl;
    std::optional<std::uint8_t> traffic_class;
    std::optional<PathMtu> path_mtu;
    bool may_broadcast = false;
    std::size_t size = 56;  ///< bytes of data a request will have: what buffers are made for
};

class PingSocket {
public:
    /// Asks routing for the way first. The error's attempt is the name of the call that failed, as ping's
    /// words are: "connect", "bind", "socket".
    [[nodiscard]] static Result<PingSocket> open(PingTarget const& target);

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] Family family() const { return target_.family; }
    /// Where requests go: the target, or this host where the target is "any".
    [[nodiscard]] ScopedAddress const& target() const { return to_; }
    /// The source that routing chose, or the one asked for.
    [[nodiscard]] ScopedAddress const& source() const { return source_; }
    [[nodiscard]] std::vector<std::string> const& warnings() const { return warnings_; }
    /// Whether answers from other addresses are expected: a group, a broadcast, a subnet's router.
    [[nodiscard]] bool is_for_many() const { return is_for_many_; }

    /// 0, or the errno of sendto(2).
    [[nodiscard]] int send(std::uint16_t sequence, std::size_t size) const;

    struct Arrival {
        ScopedAddress from;
        Microseconds at{};  ///< since 1970, as the kernel stamped it
        EchoPacket packet;  ///< its data lies in the buffer, until the next receive()
    };
    /// The next packet, also one that is not ours; nothing where there is none at present.
    [[nodiscard]] std::optional<Arrival> receive(std::vector<std::uint8_t>& buffer) const;
    /// Whether an answer or an error's quotation is about one of this socket's requests.
    [[nodiscard]] bool is_ours(EchoNumber const& number) const;

    struct QueuedError {
        bool is_local = false;
        int code = 0;
        std::uint8_t type = 0, icmp_code = 0;
        std::uint32_t info = 0;
        ScopedAddress from;
        ScopedAddress target;
        std::optional<EchoNumber> number;
    };
    /// The next entry of the error queue.
    [[nodiscard]] std::optional<QueuedError> next_error() const;

private:
    PingSocket() = default;
    [[nodiscard]] Result<> create();
    [[nodiscard]] Result<> choose_source(PingTarget const& target);
    [[nodiscard]] Result<> set_up(PingTarget const& target);
    [[nodiscard]] Result<> set(int level, int name, int value, char const* what) const;
    void filter_types() const;
    void size_buffers(std::size_t size) const;
    void warn_of_other_device(std::string const& device);

    Fd fd_;
    bool is_raw_ = false;
    IpAddress target_;
    ScopedAddress to_, source_;
    SocketAddress to_address_;
    std::uint16_t identifier_ = 0;
    bool is_for_many_ = false;
    std::vector<std::string> warnings_;
};

}  // namespace vethwork
