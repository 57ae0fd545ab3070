#include <vethwork/diagnose/bulk.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>

#include <vethwork/base/fd.hpp>
#include <vethwork/traffic/endpoint.hpp>
#include <vethwork/traffic/ping_socket.hpp>

namespace vethwork::diagnose {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void wait_for(int fd, short events, milliseconds time) {
    pollfd waiting{.fd = fd, .events = events, .revents = 0};
    (void)::poll(&waiting, 1, static_cast<int>(time.count()));
}

/// An answer, or word that it was too big: then the sender knows, and sends less.
Bulk try_echo(Flow const& flow, std::size_t mtu, milliseconds patience) {
    std::size_t const headers = flow.destination.family == Family::ipv4 ? 28 : 48;
    auto socket = PingSocket::open(
        {.address = {flow.destination, {}}, .path_mtu = PathMtu::do_, .size = mtu - headers});
    if (!socket) return Bulk::unknown;
    std::vector<std::uint8_t> buffer(65536);
    auto const end = Clock::now() + patience;
    for (std::uint16_t sequence = 1; sequence <= 3; ++sequence) {
        if (socket->send(sequence, mtu - headers) == EMSGSIZE) return Bulk::passes;
        for (auto const until = Clock::now() + patience / 3; Clock::now() < until && Clock::now() < end;) {
            wait_for(socket->fd(), POLLIN, milliseconds(20));
            while (auto const arrival = socket->receive(buffer))
                if (auto const* const reply = std::get_if<EchoReply>(&arrival->packet);
                    reply && socket->is_ours(reply->number))
                    return Bulk::passes;
            while (auto const error = socket->next_error())
                if (error->code == EMSGSIZE) return Bulk::passes;
        }
    }
    return Bulk::stalls;
}

bool all_confirmed(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked == 0;
}

Bulk try_stream(Flow const& flow, std::size_t mtu, milliseconds patience) {
    Fd const fd(::socket(flow.destination.family == Family::ipv4 ? AF_INET : AF_INET6,
                         SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto const address = SocketAddress::of({{flow.destination, {}}, flow.port});
    if (!fd.is_open() || !address) return Bulk::unknown;
    if (::connect(fd.get(), address->get(), address->size) != 0 && errno != EINPROGRESS) return Bulk::unknown;
    wait_for(fd.get(), POLLOUT, patience);
    std::string const octets(mtu * 3, '\n');
    if (::send(fd.get(), octets.data(), octets.size(), MSG_NOSIGNAL) < 0) return Bulk::unknown;
    for (auto const end = Clock::now() + patience; Clock::now() < end; wait_for(-1, 0, milliseconds(5)))
        if (all_confirmed(fd.get())) return Bulk::passes;
    return Bulk::stalls;
}

}  // namespace

Bulk try_bulk(Flow const& flow, std::size_t mtu, milliseconds patience) {
    if (flow.protocol == Protocol::icmp) return try_echo(flow, mtu, patience);
    return flow.protocol == Protocol::tcp ? try_stream(flow, mtu, patience) : Bulk::unknown;
}

}  // namespace vethwork::diagnose
