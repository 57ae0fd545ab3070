// What the TCP and the UDP server have in common.
#pragma once

#include <chrono>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/endpoint.hpp>
#include <vethwork/traffic/event_loop.hpp>
#include <vethwork/traffic/server_log.hpp>

namespace vethwork {

enum class Answering {
    stamped,  ///< "[2020-06-10 11:06:50] " and the payload
    echo,     ///< the bytes as they come
};

struct ServeOptions {
    Answering answering = Answering::stamped;
    Duration idle =
        std::chrono::seconds(5);  ///< TCP: a client without traffic for so long is closed; 0: never
};

/// A bound socket, non-blocking. The error says what would help where the port is taken, is privileged, or
/// the address is no address of this machine.
[[nodiscard]] Result<Fd> bound_socket(Endpoint const& endpoint, int type);
/// Where a socket is bound: the port is the kernel's choice where 0 was asked for.
[[nodiscard]] Result<Endpoint> local_endpoint(Fd const& socket);

}  // namespace vethwork
