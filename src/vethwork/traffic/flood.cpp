#include <vethwork/traffic/flood.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fmt/format.h>

#include <vethwork/traffic/relay.hpp>

namespace vethwork {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largest_payload =
    1200;                          // with headers below 1,280, the smallest MTU of IPv6 (RFC 8200)
constexpr std::size_t burst = 64;  // datagrams in one system call
constexpr double fewest = 50;      // datagrams; where fewer would be due they are smaller

/// Room for what waits, as much as the kernel allows.
void widen(Fd const& socket) {
    int const wide = 4 << 20;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDBUF, &wide, sizeof wide);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &wide, sizeof wide);
}

/// What tells our datagrams from others: of this run, and of no other.
using Mark = std::array<char, 8>;

Mark new_mark() {
    auto const now = Clock::now().time_since_epoch().count();
    Mark mark;
    static_assert(sizeof now == sizeof mark);
    std::memcpy(mark.data(), &now, sizeof now);
    return mark;
}

class Flood {
public:
    Flood(FloodPair const& pair, double bits_per_second, Duration lasts, Duration patience)
        : pair_(pair), lasts_(lasts), patience_(patience), mark_(new_mark()) {
        SocketAddress name;
        ::getsockname(pair.receiver.get(), name.get(), &name.size);
        std::size_t const headers = 8 + (name.family() == AF_INET6 ? 40 : 20);
        double const bytes = bits_per_second * std::chrono::duration<double>(lasts).count() / 8 / fewest;
        payload_size_ = static_cast<std::size_t>(std::clamp(bytes - static_cast<double>(headers),
                                                            static_cast<double>(mark_.size()),
                                                            static_cast<double>(largest_payload)));
        packet_bits_ = 8.0 * static_cast<double>(payload_size_ + headers);
        packets_per_second_ = bits_per_second / packet_bits_;
        std::memcpy(payload_.data(), mark_.data(), mark_.size());
        for (std::size_t i = 0; i < burst; ++i) {
            out_parts_[i] = {payload_.data(), payload_size_};
            out_[i].msg_hdr.msg_iov = &out_parts_[i];
            in_parts_[i] = {marks_[i].data(), marks_[i].size()};
            in_[i].msg_hdr.msg_iov = &in_parts_[i];
            out_[i].msg_hdr.msg_iovlen = in_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    Result<FloodReport> run() {
        began_ = last_ = Clock::now();
        for (auto now = began_; now < end(); now = Clock::now()) {
            send_what_is_due(now);
            receive();
            wait();
        }
        if (report_.arrived == 0)
            return system_error(refusal_ != 0 ? refusal_ : ETIMEDOUT,
                                fmt::format("nothing of {} datagrams arrived", report_.sent));
        report_.bits_per_second = static_cast<double>(report_.arrived - 1) * packet_bits_ / seconds_of_flow();
        return report_;
    }

private:
    /// From the first arrival to the last; where they end early all the time, but for that of one.
    [[nodiscard]] double seconds_of_flow() const {
        double const all = std::chrono::duration<double>(lasts_).count() - 1 / packets_per_second_;
        return std::max({std::chrono::duration<double>(latest_ - *first_).count(), all, 1e-6});
    }

    [[nodiscard]] Time end() const { return first_ ? *first_ + lasts_ : began_ + patience_; }

    void send_what_is_due(Time now) {
        owed_ += std::chrono::duration<double>(now - last_).count() * packets_per_second_;
        last_ = now;
        owed_ = std::min(owed_, 4.0 * burst);  // what could not be sent in time is not made up for
        while (owed_ >= 1) {
            auto const count = std::min<std::size_t>(burst, static_cast<std::size_t>(owed_));
            int const sent = ::sendmmsg(pair_.sender.get(), out_.data(), static_cast<unsigned>(count), 0);
            if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) refusal_ = errno;
            if (sent <= 0) return;
            report_.sent += static_cast<std::uint64_t>(sent);
            owed_ -= sent;
        }
    }

    void receive() {
        for (int round = 0; round < 8; ++round) {
            int const got =
                ::recvmmsg(pair_.receiver.get(), in_.data(), burst, MSG_TRUNC | MSG_DONTWAIT, nullptr);
            if (got <= 0) return;
            auto const before = report_.arrived;
            for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i)
                if (in_[i].msg_len == payload_size_ && marks_[i] == mark_) ++report_.arrived;
            if (report_.arrived == before) continue;
            latest_ = Clock::now();
            if (!first_) first_ = latest_;
        }
    }

    /// Until something comes, or the next datagram is due; not at all where that is soon.
    void wait() {
        double const seconds = packets_per_second_ > 0 ? (1 - owed_) / packets_per_second_ : 0.1;
        constexpr double soon = 0.0002, late = 0.01;
        if (seconds < soon) return;
        auto const nanoseconds = static_cast<long>(std::min(seconds, late) * 1e9);
        pollfd one{pair_.receiver.get(), POLLIN, 0};
        timespec const limit{0, nanoseconds};
        (void)::ppoll(&one, 1, &limit, nullptr);
    }

    FloodPair const& pair_;
    Duration lasts_, patience_;
    Mark mark_;
    double packet_bits_ = 0, packets_per_second_ = 0, owed_ = 1;
    std::size_t payload_size_ = largest_payload;
    Time began_, last_, latest_;  ///< the start, the last look at what is due, the last arrival
    std::optional<Time> first_;   ///< when the first one arrived
    int refusal_ = 0;             ///< what the sender was told last
    FloodReport report_;
    std::array<char, largest_payload> payload_{};
    std::array<Mark, burst> marks_{};
    std::array<iovec, burst> out_parts_{}, in_parts_{};
    std::array<mmsghdr, burst> out_{}, in_{};
};

}  // namespace

Result<Fd> flood_receiver(IpAddress const& address) {
    auto const here = TRY(SocketAddress::of({{address, {}}, 0}));
    Fd socket(::socket(here.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return system_error("make a UDP socket");
    if (::bind(socket.get(), here.get(), here.size) != 0)
        return system_error("listen at " + address.to_string());
    widen(socket);
    return socket;
}

Result<Fd> flood_sender(IpAddress const& address, Fd const& receiver) {
    SocketAddress name;
    if (::getsockname(receiver.get(), name.get(), &name.size) != 0)
        return system_error("ask for the receiver's port");
    auto socket = TRY(connect_to({{address, {}}, name.endpoint().port}, Transport::udp, {}));
    widen(socket);
    return socket;
}

Result<FloodReport> flood(FloodPair const& pair, double bits_per_second, Duration lasts, Duration patience) {
    return Flood(pair, bits_per_second, lasts, patience).run();
}

}  // namespace vethwork
