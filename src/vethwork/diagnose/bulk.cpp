#include <vethwork/diagnose/bulk.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
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

enum class Echo : std::uint8_t { came, too_big, none, unknown };

/// An answer, or word that it was too big: then the sender knows, and sends less.
Echo try_echo(Flow const& flow, std::size_t mtu, PathMtu path_mtu, milliseconds patience) {
    std::size_t const headers = flow.destination.family == Family::ipv4 ? 28 : 48;
    auto socket =
        PingSocket::open({.address = {flow.destination, {}}, .path_mtu = path_mtu, .size = mtu - headers});
    if (!socket) return Echo::unknown;
    std::vector<std::uint8_t> buffer(65536);
    auto const end = Clock::now() + patience;
    for (std::uint16_t sequence = 1; sequence <= 3; ++sequence) {
        if (socket->send(sequence, mtu - headers) == EMSGSIZE) return Echo::too_big;
        for (auto const until = Clock::now() + patience / 3; Clock::now() < until && Clock::now() < end;) {
            wait_for(socket->fd(), POLLIN, milliseconds(20));
            while (auto const arrival = socket->receive(buffer))
                if (auto const* const reply = std::get_if<EchoReply>(&arrival->packet);
                    reply && socket->is_ours(reply->number))
                    return Echo::came;
            while (auto const error = socket->next_error())
                if (error->code == EMSGSIZE) return Echo::too_big;
        }
    }
    return Echo::none;
}

/// Once the sender has learned, it sends in pieces; the answer is as large as ever.
Bulk try_echoes(Flow const& flow, std::size_t mtu, milliseconds patience) {
    auto const first = try_echo(flow, mtu, PathMtu::do_, patience);
    if (first == Echo::came) return Bulk::passes;
    if (first == Echo::none) return Bulk::stalls;
    if (first == Echo::unknown) return Bulk::unknown;
    return try_echo(flow, mtu, PathMtu::want, patience) == Echo::none ? Bulk::answers_stall : Bulk::passes;
}

bool all_confirmed(int fd) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked == 0;
}

/// How many octets come, of those that are expected.
std::size_t receive(int fd, std::size_t expected, milliseconds patience) {
    std::size_t got = 0;
    std::array<char, 8192> buffer{};
    for (auto const end = Clock::now() + patience; got < expected && Clock::now() < end;) {
        wait_for(fd, POLLIN, milliseconds(10));
        auto const now = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (now > 0) got += static_cast<std::size_t>(now);
        if (now == 0) break;
    }
    return got;
}

Bulk try_stream(Flow const& flow, std::size_t mtu, milliseconds patience) {
    Fd const fd(::socket(flow.destination.family == Family::ipv4 ? AF_INET : AF_INET6,
                         SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto const address = SocketAddress::of({{flow.destination, {}}, flow.port});
    if (!fd.is_open() || !address) return Bulk::unknown;
    if (::connect(fd.get(), address->get(), address->size) != 0 && errno != EINPROGRESS) return Bulk::unknown;
    wait_for(fd.get(), POLLOUT, patience);
    // Whether the other end sends back what it gets tells whether its answers can be asked for.
    bool const echoes =
        ::send(fd.get(), "\n", 1, MSG_NOSIGNAL) == 1 && receive(fd.get(), 1, patience / 4) == 1;
    std::string const octets(mtu * 3, '\n');
    if (::send(fd.get(), octets.data(), octets.size(), MSG_NOSIGNAL) < 0) return Bulk::unknown;
    for (auto const end = Clock::now() + patience; Clock::now() < end; wait_for(-1, 0, milliseconds(5))) {
        if (!all_confirmed(fd.get())) continue;
        if (!echoes || receive(fd.get(), octets.size(), patience) == octets.size()) return Bulk::passes;
        return Bulk::answers_stall;
    }
    return Bulk::stalls;
}

}  // namespace

Bulk try_bulk(Flow const& flow, std::size_t mtu, milliseconds patience) {
    if (flow.protocol == Protocol::icmp) return try_echoes(flow, mtu, patience);
    return flow.protocol == Protocol::tcp ? try_stream(flow, mtu, patience) : Bulk::unknown;
}

}  // namespace vethwork::diagnose
