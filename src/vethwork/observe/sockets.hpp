// The TCP and UDP sockets of a namespace: who listens where, and how far one connection has come.
// Source: sock_diag(7), <linux/inet_diag.h>.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/netlink/connection.hpp>

namespace vethwork::observe {

enum class SocketProtocol : std::uint8_t { tcp = 6, udp = 17 };  ///< IPPROTO_…

/// The kernel's states; UDP knows but established (it has a peer) and closed (it has none).
enum class SocketState : std::uint8_t {
    established = 1,
    syn_sent,
    syn_received,
    fin_wait1,
    fin_wait2,
    time_wait,
    closed,
    close_wait,
    last_ack,
    listening,
    closing,
    new_syn_received,
};

struct Socket {
    Family family = Family::ipv4;
    SocketProtocol protocol = SocketProtocol::tcp;
    SocketState state = SocketState::closed;
    IpAddress local;  ///< any: every address; an IPv6 socket tells IPv4 ones as ::ffff:A.B.C.D
    std::uint16_t port = 0;
    IpAddress peer;  ///< any: none
    std::uint16_t peer_port = 0;
    std::uint32_t device = 0;     ///< bound to this link (SO_BINDTODEVICE, or a link-local scope); 0: to none
    std::optional<bool> v6_only;  ///< IPv6 sockets without a peer: whether they refuse IPv4
    std::uint32_t uid = 0;        ///< whose it is, in the caller's user namespace
    std::uint32_t inode = 0;      ///< of /proc/PID/fd/N -> socket:[INODE]; 0: no process has it any more
    std::uint32_t receive_queue = 0;  ///< bytes not read yet; listening: connections not accepted yet
    std::uint32_t send_queue = 0;     ///< bytes not acknowledged yet; listening: the most that may wait

    /// Bound to no address of its own: 0.0.0.0 or ::.
    [[nodiscard]] bool is_wildcard() const { return local.is_any(); }
    /// Whether a packet to this address (of either family) would be this socket's, the device left aside.
    [[nodiscard]] bool takes(IpAddress const& destination) const;
    /// A listening TCP socket whose queue is full: the next handshake will be ignored.
    [[nodiscard]] bool is_backlog_full() const {
        return state == SocketState::listening && receive_queue > send_queue;
    }

    bool operator==(Socket const&) const = default;
};

/// Which sockets; what is absent does not restrict.
struct SocketQuery {
    SocketProtocol protocol = SocketProtocol::tcp;
    std::optional<Family> family;
    /// Empty: those that wait for anybody: listening TCP, UDP in either state.
    std::vector<SocketState> states;
    /// Addresses are compared as IPv4 where they are IPv4-mapped.
    std::optional<IpAddress> local, peer;
    std::uint16_t port = 0, peer_port = 0;  ///< 0 does not restrict; the kernel filters itself
};

/// Every state there is, for SocketQuery::states.
[[nodiscard]] std::vector<SocketState> all_socket_states();

/// A connection to the kernel's socket tables, of the namespace that the thread is in.
[[nodiscard]] Result<netlink::Connection> open_socket_tables();
/// In the kernel's order, IPv4 first. `connection` is one of open_socket_tables().
[[nodiscard]] Result<std::vector<Socket>> sockets(netlink::Connection& connection, SocketQuery const& query);

/// Out of a SOCK_DIAG_BY_FAMILY message; the message does not tell the protocol.
[[nodiscard]] Result<Socket> read_socket(netlink::Message const& message, SocketProtocol protocol);

/// The IPv4 address inside ::ffff:A.B.C.D; any other address as it is.
[[nodiscard]] IpAddress unmapped(IpAddress const& address);

}  // namespace vethwork::observe
