#include <vethwork/traffic/relay.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>

namespace vethwork {

namespace {

using Steady = std::chrono::steady_clock;

std::string hint_for(int code, Transport transport) {
    switch (code) {
        case ECONNREFUSED:
            return transport == Transport::tcp ? "the host is there, but nobody listens at that port"
                                               : "the host is there, but nobody receives at that UDP port";
        case ETIMEDOUT:
            return "the host may be down, or the way there or back may be missing: try `vethwork ping`";
        case EHOSTUNREACH:
            return "a host or router on the way does not answer: try `vethwork ping`";
        case ENETUNREACH:
            return "there is no route: `vethwork ip route` lists them";
        default:
            return {};
    }
}

Error peer_error(int code, std::string attempt, Transport transport) {
    return system_error(code, std::move(attempt), hint_for(code, transport));
}

/// Milliseconds until `deadline` for poll(2), rounded up; -1 without one.
int wait_until(std::optional<Time> deadline) {
    if (!deadline) return -1;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Steady::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 3'600'000));
}

std::optional<Time> deadline_after(std::optional<Duration> limit) {
    if (!limit) return {};
    return Steady::now() + *limit;
}

/// 0, or what has become of a connection that was begun.
int outcome_of(Fd const& socket, std::optional<Duration> limit) {
    auto const deadline = deadline_after(limit);
    pollfd ready{socket.get(), POLLOUT, 0};
    int count = 0;
    do count = ::poll(&ready, 1, wait_until(deadline));
    while (count < 0 && errno == EINTR);
    if (count == 0) return ETIMEDOUT;
    int code = 0;
    socklen_t size = sizeof code;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

/// The state of one relay: input -> to_peer_ -> socket, socket -> output.
class Relay {
public:
    Relay(int input, Fd const& socket, int output, Transport transport, std::optional<Duration> quiet)
        : input_(input), socket_(socket), output_(output), transport_(transport), quiet_(quiet) {}

    Result<Relayed> run() {
        while (!is_done()) {
            std::array<pollfd, 2> ready{wanted_of_socket(), wanted_of_input()};
            int const count = ::poll(ready.data(), ready.size(), wait_until(deadline_));
            if (count < 0 && errno != EINTR) return system_error("wait for the peer");
            if (count == 0) return result_;
            if (ready[0].revents != 0) TRY(receive());
            if (ready[1].revents != 0) TRY(read_input());
            TRY(send());
        }
        return result_;
    }

private:
    [[nodiscard]] bool is_udp() const { return transport_ == Transport::udp; }
    [[nodiscard]] bool is_done() const {
        return result_.peer_closed ||
               (is_udp() && ended_ && rest_.empty() && result_.received_datagrams >= result_.sent_datagrams);
    }
    [[nodiscard]] pollfd wanted_of_socket() const {
        return {socket_.get(), static_cast<short>(rest_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    }
    [[nodiscard]] pollfd wanted_of_input() const {
        return {rest_.empty() && !ended_ ? input_ : -1, POLLIN, 0};
    }

    Result<> read_input() {
        ssize_t const size = ::read(input_, in_.data(), in_.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN)) return {};
        if (size < 0) return system_error("read the input");
        if (size > 0) {
            rest_ = {in_.data(), static_cast<std::size_t>(size)};
            return {};
        }
        ended_ = true;
        deadline_ = deadline_after(quiet_);
        if (!is_udp()) (void)::shutdown(socket_.get(), SHUT_WR);
        return {};
    }

    Result<> send() {
        if (rest_.empty()) return {};
        ssize_t const size = ::send(socket_.get(), rest_.data(), rest_.size(), MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
        if (size < 0) return peer_error(errno, "send", transport_);
        rest_.remove_prefix(static_cast<std::size_t>(size));
        result_.sent_bytes += static_cast<std::uint64_t>(size);
        ++result_.sent_datagrams;
        return {};
    }

    Result<> receive() {
        ssize_t const size = ::recv(socket_.get(), out_.data(), out_.size(), 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return {};
        if (size < 0) return peer_error(errno, "receive", transport_);
        if (size == 0 && !is_udp()) {
            result_.peer_closed = true;
            return {};
        }
        result_.received_bytes += static_cast<std::uint64_t>(size);
        ++result_.received_datagrams;
        if (ended_) deadline_ = deadline_after(quiet_);
        return write_all(output_, {out_.data(), static_cast<std::size_t>(size)});
    }

    int input_;
    Fd const& socket_;
    int output_;
    Transport transport_;
    std::optional<Duration> quiet_;
    std::optional<Time> deadline_;
    bool ended_ = false;
    std::string_view rest_;  ///< of in_, not yet sent
    Relayed result_;
    std::array<char, 65507> in_;  ///< the largest UDP payload over IPv4
    std::array<char, 65536> out_;
};

}  // namespace

Result<Fd> connect_to(Endpoint const& peer, Transport transport, std::optional<Duration> limit) {
    SocketAddress const address = TRY(SocketAddress::of(peer));
    int const type = transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
    Fd socket(::socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return system_error("make a socket for " + peer.to_string());
    int code = 0;
    if (::connect(socket.get(), address.get(), address.size) != 0)
        code = errno == EINPROGRESS ? outcome_of(socket, limit) : errno;
    if (code != 0) return peer_error(code, "connect to " + peer.to_string(), transport);
    return socket;
}

Result<Relayed> relay(int input, Fd const& socket, int output, Transport transport,
                      std::optional<Duration> quiet) {
    return Relay(input, socket, output, transport, quiet).run();
}

}  // namespace vethwork
