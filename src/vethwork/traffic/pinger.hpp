// Pings: a socket for ICMP echo, a session, and the loop that joins them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <vethwork/traffic/event_loop.hpp>
#include <vethwork/traffic/ping_session.hpp>
#include <vethwork/traffic/ping_socket.hpp>

namespace vethwork {

class Pinger {
public:
    using Listener = std::function<void(PingEvent const&)>;

    /// Opens the socket and begins; `listener` hears of everything that happens. `loop` outlives the pinger
    /// and is stopped when all is over.
    [[nodiscard]] static Result<std::unique_ptr<Pinger>> begin(EventLoop& loop, PingSocket socket,
                                                               PingRhythm const& rhythm, Listener listener);
    Pinger(Pinger const&) = delete;
    Pinger& operator=(Pinger const&) = delete;
    ~Pinger();

    /// Also tells the listener, before each probe, that the one before is not answered.
    void report_outstanding() { reports_outstanding_ = true; }
    [[nodiscard]] PingSummary summary() const { return session_.summary(); }

private:
    Pinger(EventLoop& loop, PingSocket socket, PingRhythm const& rhythm, Listener listener);

    void step();
    void probe();
    void receive();
    bool receive_errors();
    void take(PingSocket::Arrival const& arrival);
    void take(PingSocket::QueuedError const& error);
    void tell(decltype(PingEvent::what) what);

    EventLoop& loop_;
    PingSocket socket_;
    PingSession session_;
    Listener listener_;
    std::size_t size_;
    std::vector<std::uint8_t> buffer_;
    bool reports_outstanding_ = false;
    RuleId rule_;
    TimerId timer_;
};

}  // namespace vethwork
