#include <vethwork/traffic/pinger.hpp>

#include <cerrno>

namespace vethwork {

namespace {

/// Larger than any packet the kernel hands over: 65,535 bytes and the IPv4 header of a raw socket.
constexpr std::size_t packet_room = 70'000;

Microseconds wall_clock() {
    return std::chrono::duration_cast<Microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace

Pinger::Pinger(EventLoop& loop, PingSocket socket, PingRhythm const& rhythm, Listener listener)
    : loop_(loop),
      socket_(std::move(socket)),
      session_(rhythm),
      listener_(std::move(listener)),
      size_(rhythm.size),
      buffer_(packet_room) {}

Result<std::unique_ptr<Pinger>> Pinger::begin(EventLoop& loop, PingSocket socket, PingRhythm const& rhythm,
                                              Listener listener) {
    std::unique_ptr<Pinger> pinger(new Pinger(loop, std::move(socket), rhythm, std::move(listener)));
    Pinger* const self = pinger.get();
    pinger->rule_ = TRY(loop.watch("ping socket", pinger->socket_.fd(), EPOLLIN, [self](Events) {
        self->receive();
        self->step();
    }));
    pinger->timer_ = loop.at(loop.now(), [self] { self->step(); });
    return pinger;
}

Pinger::~Pinger() {
    loop_.forget(rule_);
    loop_.cancel(timer_);
}

void Pinger::step() {
    for (;;) {
        Time const now = loop_.clock();
        if (session_.is_over(now)) return loop_.stop();
        auto const due = session_.next_probe(now);
        if (!due || *due > now) break;
        probe();
        receive();
    }
    loop_.cancel(timer_);
    if (auto const next = session_.wake(loop_.clock())) timer_ = loop_.at(*next, [this] { step(); });
}

void Pinger::probe() {
    if (auto const sequence = session_.outstanding(); sequence && reports_outstanding_)
        tell(PingNoAnswerYet{*sequence});
    std::uint16_t const sequence = session_.next_sequence();
    session_.leave(loop_.clock(), wall_clock());
    int code = socket_.send(sequence, size_);
    if (code != 0) {
        bool const is_told =
            receive_errors();  // an earlier probe's error comes out of the next send (socket(7))
        if (is_told && code != EMSGSIZE) code = socket_.send(sequence, size_);
        if (code != 0 && !is_told) tell(PingSendError{code});
    }
    session_.left(loop_.clock());
}

void Pinger::receive() {
    receive_errors();
    while (auto const arrival = socket_.receive(buffer_)) take(*arrival);
    receive_errors();
}

bool Pinger::receive_errors() {
    bool any = false;
    while (auto const error = socket_.next_error()) {
        take(*error);
        any = true;
    }
    return any;
}

void Pinger::take(PingSocket::Arrival const& arrival) {
    if (auto const* const reply = std::get_if<EchoReply>(&arrival.packet)) {
        if (!socket_.is_ours(reply->number)) return;
        PingReply answer = session_.answer(arrival.from, *reply, arrival.at);
        answer.from_another = !socket_.is_for_many() && arrival.from.address != socket_.target().address;
        tell(std::move(answer));
    } else if (auto const* const advice = std::get_if<EchoAdvice>(&arrival.packet)) {
        if (!socket_.is_ours(advice->number) || advice->destination != socket_.target().address) return;
        tell(PingAdvice{arrival.from, advice->number.sequence, advice->type, advice->code, advice->info});
    }
}

void Pinger::take(PingSocket::QueuedError const& error) {
    if (error.is_local) {
        session_.error();
        return tell(PingLocalError{error.code, error.info});
    }
    bool const is_ours =
        error.number && socket_.is_ours(*error.number) && error.target.address == socket_.target().address;
    if (!is_ours) return;
    std::uint16_t const sequence = error.number->sequence;
    if (socket_.family() == Family::ipv4)
        session_.error(sequence);
    else
        session_.error();
    tell(PingError{error.from, sequence, error.type, error.icmp_code, error.info});
}

void Pinger::tell(decltype(PingEvent::what) what) {
    listener_({wall_clock(), socket_.family(), std::move(what)});
}

}  // namespace vethwork
