#include <vethwork/diagnose/probe.hpp>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include <vethwork/traffic/endpoint.hpp>

namespace vethwork::diagnose {

namespace {

std::int64_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

constexpr std::string_view greeting = "vethwork why\n";

template <class L>
L const* inner(observe::Packet const& packet) {
    L const* found = nullptr;
    for (auto const& layer : packet.layers)
        if (auto const* const one = std::get_if<L>(&layer)) found = one;
    return found;
}

}  // namespace

void Probe::fail(Attempt& attempt, int code) {
    attempt.answer = code == ECONNREFUSED ? Answer::refused : Answer::error;
    attempt.code = code;
    attempt.answered_at = now();
}

void Probe::send() {
    attempts_.push_back({.sent_at = now()});
    if (flow_.protocol == Protocol::icmp) return send_echo();
    return flow_.protocol == Protocol::tcp ? connect_stream() : send_datagram();
}

void Probe::send_echo() {
    auto& attempt = attempts_.back();
    if (!echo_) {
        auto opened = PingSocket::open({.address = {flow_.destination, {}}, .size = payload_});
        if (!opened) return fail(attempt, opened.error().code);
        echo_ = std::move(*opened);
        source_ = echo_->source().address;
    }
    if (int const code = echo_->send(++sequence_, payload_); code != 0) return fail(attempt, code);
    attempt.sent = true;
}

Result<Fd> Probe::socket_to(int type, Conversation& conversation) {
    int const family = flow_.destination.family == Family::ipv4 ? AF_INET : AF_INET6;
    Fd fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.is_open()) return system_error("open a socket");
    int const on = 1;
    (void)::setsockopt(fd.get(), family == AF_INET ? SOL_IP : SOL_IPV6,
                       family == AF_INET ? IP_RECVERR : IPV6_RECVERR, &on, sizeof on);
    auto address = TRY(SocketAddress::of({{flow_.destination, {}}, flow_.port}));
    int const code = ::connect(fd.get(), address.get(), address.size) == 0 ? 0 : errno;
    if (code != 0 && code != EINPROGRESS) return system_error(code, "connect");
    SocketAddress own;
    if (::getsockname(fd.get(), own.get(), &own.size) == 0) {
        auto const end = own.endpoint();
        source_ = end.host.address;
        conversation.port = end.port;
    }
    return fd;
}

void Probe::connect_stream() {
    Conversation conversation{.fd = {}, .attempt = attempts_.size() - 1, .port = 0};
    auto fd = socket_to(SOCK_STREAM, conversation);
    if (!fd) return fail(attempts_.back(), fd.error().code);
    attempts_.back().sent = true;
    conversation.fd = std::move(*fd);
    conversations_.push_back(std::move(conversation));
}

void Probe::send_datagram() {
    Conversation conversation{.fd = {}, .attempt = attempts_.size() - 1, .port = 0};
    auto fd = socket_to(SOCK_DGRAM, conversation);
    if (!fd) return fail(attempts_.back(), fd.error().code);
    if (::send(fd->get(), greeting.data(), greeting.size(), 0) < 0) return fail(attempts_.back(), errno);
    attempts_.back().sent = true;
    conversation.fd = std::move(*fd);
    conversations_.push_back(std::move(conversation));
}

std::vector<int> Probe::fds() const {
    std::vector<int> all;
    if (echo_) all.push_back(echo_->fd());
    for (auto const& conversation : conversations_)
        if (attempts_[conversation.attempt].answer == Answer::none) all.push_back(conversation.fd.get());
    return all;
}

bool Probe::all_settled() const {
    return std::ranges::none_of(attempts_, [](auto const& one) { return one.answer == Answer::none; });
}

bool Probe::collect() {
    bool got = echo_ && collect_echo();
    for (auto& conversation : conversations_)
        if (attempts_[conversation.attempt].answer == Answer::none) got |= collect_conversation(conversation);
    return got;
}

bool Probe::collect_echo() {
    bool got = false;
    std::vector<std::uint8_t> buffer(65536);
    while (auto const arrival = echo_->receive(buffer)) {
        auto const* const reply = std::get_if<EchoReply>(&arrival->packet);
        if (!reply || !echo_->is_ours(reply->number)) continue;
        auto const place = std::size_t{reply->number.sequence} - 1;
        if (place >= attempts_.size() || attempts_[place].answer == Answer::good) continue;
        attempts_[place].answer = Answer::good;
        attempts_[place].answered_at = now();
        got = true;
    }
    while (auto const error = echo_->next_error()) {
        if (!error->number) continue;
        auto const place = std::size_t{error->number->sequence} - 1;
        if (place >= attempts_.size() || attempts_[place].answer != Answer::none) continue;
        fail(attempts_[place], error->code);
        attempts_[place].from = error->from.address;
        got = true;
    }
    return got;
}

bool Probe::collect_conversation(Conversation& conversation) {
    auto& attempt = attempts_[conversation.attempt];
    pollfd waiting{.fd = conversation.fd.get(), .events = POLLIN | POLLOUT, .revents = 0};
    if (::poll(&waiting, 1, 0) <= 0) return false;
    int code = 0;
    socklen_t size = sizeof code;
    (void)::getsockopt(conversation.fd.get(), SOL_SOCKET, SO_ERROR, &code, &size);
    if (code != 0) {
        fail(attempt, code);
        return true;
    }
    bool const is_stream = flow_.protocol == Protocol::tcp;
    if (is_stream ? (waiting.revents & POLLOUT) == 0 : (waiting.revents & POLLIN) == 0) return false;
    attempt.answer = Answer::good;
    attempt.answered_at = now();
    return true;
}

bool Probe::is_our_port(std::uint16_t port) const {
    return std::ranges::any_of(conversations_, [port](auto const& one) { return one.port == port; });
}

Relation Probe::relation_of_tcp(observe::Tcp const& tcp) {
    auto const known = [this](std::uint32_t number) {
        return std::ranges::find(sequences_, number) != sequences_.end();
    };
    bool const opens = (tcp.flags & observe::tcp_flag::syn) != 0 && (tcp.flags & observe::tcp_flag::ack) == 0;
    if (is_our_port(tcp.source) && tcp.destination == flow_.port) {
        if (opens && !known(tcp.sequence)) sequences_.push_back(tcp.sequence);
        return Relation::request;
    }
    if (opens && known(tcp.sequence)) return Relation::request;
    if (is_our_port(tcp.destination) && tcp.source == flow_.port) return Relation::reply;
    if ((tcp.flags & observe::tcp_flag::ack) != 0 && known(tcp.acknowledgement - 1)) return Relation::reply;
    return Relation::none;
}

Relation Probe::relation(observe::Packet const& packet) {
    auto const quoted = [this](auto const& icmp) {
        return icmp.is_error() && !icmp.quoted.empty() && relation(icmp.quoted.front()) != Relation::none;
    };
    if (auto const* const icmp = inner<observe::Icmp>(packet)) {
        if (quoted(*icmp)) return Relation::error;
        if (!echo_ || !echo_->is_ours({icmp->id(), icmp->sequence()})) return Relation::none;
        if (icmp->type == observe::icmp_type::echo_request) return Relation::request;
        return icmp->type == observe::icmp_type::echo_reply ? Relation::reply : Relation::none;
    }
    if (auto const* const icmp = inner<observe::Icmpv6>(packet)) {
        if (quoted(*icmp)) return Relation::error;
        if (!echo_ || !echo_->is_ours({icmp->id(), icmp->sequence()})) return Relation::none;
        if (icmp->type == observe::icmpv6_type::echo_request) return Relation::request;
        return icmp->type == observe::icmpv6_type::echo_reply ? Relation::reply : Relation::none;
    }
    if (auto const* const tcp = inner<observe::Tcp>(packet)) return relation_of_tcp(*tcp);
    if (auto const* const udp = inner<observe::Udp>(packet)) {
        if (is_our_port(udp->source)) return Relation::request;
        if (is_our_port(udp->destination)) return Relation::reply;
    }
    return Relation::none;
}

}  // namespace vethwork::diagnose
