// A client: what comes in at one descriptor goes to a peer, what the peer answers comes out at another.
#pragma once

#include <cstdint>
#include <optional>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/endpoint.hpp>
#include <vethwork/traffic/timers.hpp>

namespace vethwork {

enum class Transport { tcp, udp };

/// Connects within `limit` where one is given; the socket is non-blocking. The error says who refused or that
/// nobody answered, and what to look at.
[[nodiscard]] Result<Fd> connect_to(Endpoint const& peer, Transport transport, std::optional<Duration> limit);

struct Relayed {
    std::uint64_t sent_bytes = 0;
    std::uint64_t sent_datagrams = 0;  ///< UDP: one for each read of the input
    std::uint64_t received_bytes = 0;
    std::uint64_t received_datagrams = 0;
    bool peer_closed = false;  ///< TCP
};

/// Relays until the peer closes, or until nothing has come for `quiet` after the input's end (without
/// `quiet`: until the peer closes). TCP: the sending side is closed at the input's end. UDP: also until every
/// datagram has had an answer.
[[nodiscard]] Result<Relayed> relay(int input, Fd const& socket, int output, Transport transport,
                                    std::optional<Duration> quiet);

}  // namespace vethwork
