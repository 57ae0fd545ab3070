#include <vethwork/traffic/tcp_server.hpp>

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include <fmt/format.h>

namespace vethwork {

namespace {

constexpr std::size_t buffer_size = 128 * 1024;
constexpr std::size_t line_limit = 4096;
constexpr int accepts_a_turn = 128;
constexpr int reads_a_turn = 16;  ///< so that one busy client does not starve the others
constexpr Duration rest_time = std::chrono::milliseconds(100);
constexpr Events reading = EPOLLIN | EPOLLRDHUP;

std::time_t this_second() { return std::time(nullptr); }

bool is_lack(int code) { return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM; }

/// How many bytes were sent, 0 where the socket is full, -1 where the connection is gone.
ssize_t send_parts(int socket, std::string_view head, std::string_view body) {
    std::array<iovec, 2> parts{
        {{const_cast<char*>(head.data()), head.size()}, {const_cast<char*>(body.data()), body.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    for (;;) {
        ssize_t const size = ::sendmsg(socket, &message, MSG_NOSIGNAL);
        if (size >= 0) return size;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -1;
    }
}

std::string peer_of(Fd const& socket) {
    SocketAddress address;
    if (::getpeername(socket.get(), address.get(), &address.size) != 0) return "a client";
    return address.endpoint().to_string();
}

}  // namespace

bool is_one_line(std::string_view bytes) {
    return !bytes.empty() && bytes.size() <= line_limit && bytes.find('\n') == bytes.size() - 1;
}

TcpServer::TcpServer(EventLoop& loop, ServerLog& log, ServeOptions const& options)
    : loop_(loop), log_(log), options_(options), buffer_(buffer_size, '\0') {}

TcpServer::~TcpServer() {
    while (!clients_.empty()) drop(clients_.front());
    loop_.forget(rule_);
    loop_.cancel(idle_timer_);
    loop_.cancel(pause_timer_);
    loop_.cancel(rest_timer_);
}

Result<std::unique_ptr<TcpServer>> TcpServer::listen(EventLoop& loop, ServerLog& log,
                                                     Endpoint const& endpoint, ServeOptions const& options) {
    std::unique_ptr<TcpServer> server(new TcpServer(loop, log, options));
    TRY(server->start(endpoint));
    return server;
}

Result<> TcpServer::start(Endpoint const& endpoint) {
    socket_ = TRY(bound_socket(endpoint, SOCK_STREAM));
    int const on = 1;  // accepted sockets inherit it: an answer is one write and must not wait for an ACK
    (void)::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::listen(socket_.get(), SOMAXCONN) != 0) {
        bool const taken = errno == EADDRINUSE;
        return system_error("listen at " + endpoint.to_string(),
                            taken ? "another program listens there: `ss -lnp` shows it" : "");
    }
    endpoint_ = TRY(local_endpoint(socket_));
    rule_ = TRY(loop_.watch("tcp listener", socket_.get(), EPOLLIN, [this](Events) { accept_some(); }));
    log_.line(this_second(), fmt::format("listening at {} (tcp)...", endpoint_.to_string()));
    log_.flush();
    return {};
}

// Accepting

void TcpServer::accept_some() {
    for (int i = 0; i < accepts_a_turn; ++i) {
        int const socket = ::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket >= 0) {
            admit(Fd(socket));
        } else if (is_lack(errno)) {
            return rest_from_accepting(errno);
        } else if (errno == EAGAIN) {
            return;
        }  // anything else concerns one connection that is gone already (accept(2))
    }
}

void TcpServer::admit(Fd socket) {
    clients_.emplace_back();
    Client& client = clients_.back();
    client.self = std::prev(clients_.end());
    client.socket = std::move(socket);
    client.active = loop_.now();
    auto rule = loop_.watch("tcp client", client.socket.get(), reading,
                            [this, &client](Events events) { act(client, events); });
    if (!rule) {
        log_.line(this_second(), rule.error().describe());
        clients_.pop_back();
        return;
    }
    client.rule = *rule;
    watch_idle();
}

void TcpServer::rest_from_accepting(int code) {
    if (!lack_told_)
        log_.line(this_second(),
                  system_error(code, "accept", "new clients wait until others have left").describe());
    lack_told_ = true;
    resting_ = true;
    (void)loop_.change(rule_, 0);
    rest_timer_ = loop_.after(rest_time, [this] { accept_again(); });
}

void TcpServer::accept_again() {
    if (!resting_) return;
    resting_ = false;
    loop_.cancel(rest_timer_);
    (void)loop_.change(rule_, EPOLLIN);
}

// Reading

void TcpServer::act(Client& client, Events events) {
    if (client.sent < client.output.size())
        send_rest(client);
    else
        read(client, events);
}

void TcpServer::read(Client& client, Events events) {
    for (int i = 0; i < reads_a_turn; ++i) {
        ssize_t const size = ::recv(client.socket.get(), buffer_.data(), buffer_.size(), 0);
        if (size == 0) return end_of_input(client);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0 && errno == EAGAIN) return wait_for_more(client);
        if (size < 0) return drop(client);
        touch(client);
        std::string_view const bytes(buffer_.data(), static_cast<std::size_t>(size));
        bool const is_all = bytes.size() < buffer_.size();  // a short read has emptied the socket (epoll(7))
        bool const ends = (events & EPOLLRDHUP) != 0;
        if (client.payload.size() + bytes.size() > payload_limit) return drop_too_large(client);
        auto const self = client.self;
        std::size_t const before = clients_.size();
        take(client, bytes, is_all);
        if (clients_.size() < before || self->sent < self->output.size()) return;
        if (is_all && !ends) return;
    }
    wait_for_more(client);
}

void TcpServer::take(Client& client, std::string_view bytes, bool is_all) {
    if (options_.answering == Answering::echo) return send(client, bytes, {});
    if (client.payload.empty() && is_all && is_one_line(bytes)) return answer(client, bytes);
    client.payload += bytes;
    if (is_all && is_one_line(client.payload)) {
        stop_waiting(client);
        return answer(client, std::exchange(client.payload, {}));
    }
    if (is_all) wait_for_more(client);
}

void TcpServer::end_of_input(Client& client) {
    client.ended = true;
    stop_waiting(client);
    if (client.payload.empty()) return drop(client);
    answer(client, std::exchange(client.payload, {}));  // drops the client when all is sent
}

void TcpServer::wait_for_more(Client& client) {
    if (client.payload.empty()) return;
    stop_waiting(client);
    client.place = unanswered_.insert(unanswered_.end(), &client);
    client.waiting = true;
    watch_pauses();
}

void TcpServer::stop_waiting(Client& client) {
    if (client.waiting) unanswered_.erase(client.place);
    client.waiting = false;
}

// Answering

void TcpServer::answer(Client& client, std::string_view payload) {
    std::time_t const second = this_second();
    log_.payload(second, "received", payload);
    send(client, stamps_.for_answer(second), payload);
}

void TcpServer::send(Client& client, std::string_view head, std::string_view body) {
    ssize_t const result = send_parts(client.socket.get(), head, body);
    if (result < 0) return drop(client);
    auto size = static_cast<std::size_t>(result);
    if (size == head.size() + body.size()) {
        if (client.ended) drop(client);
        return;
    }
    client.output = head.substr(std::min(size, head.size()));
    client.output += body.substr(size - std::min(size, head.size()));
    client.sent = 0;
    (void)loop_.change(client.rule, EPOLLOUT);  // nothing more is read until the answer is out
}

void TcpServer::send_rest(Client& client) {
    std::string_view const rest = std::string_view(client.output).substr(client.sent);
    ssize_t const size = send_parts(client.socket.get(), rest, {});
    if (size < 0) return drop(client);
    if (size > 0) touch(client);
    client.sent += static_cast<std::size_t>(size);
    if (client.sent < client.output.size()) return;
    client.output = {};
    client.sent = 0;
    client.queued = 0;
    if (client.ended) return drop(client);
    (void)loop_.change(client.rule, reading);
}

// Leaving

void TcpServer::touch(Client& client) {
    client.active = loop_.now();
    clients_.splice(clients_.end(), clients_, client.self);
}

void TcpServer::drop(Client& client) {
    stop_waiting(client);
    loop_.forget(client.rule, Descriptor::is_closed);
    clients_.erase(client.self);
    accept_again();
}

void TcpServer::drop_too_large(Client& client) {
    log_.line(this_second(),
              fmt::format("closed {}: its payload is larger than {} MiB; `serve --echo` has no limit",
                          peer_of(client.socket), payload_limit >> 20));
    drop(client);
}

void TcpServer::watch_idle() {
    if (idle_watched_ || clients_.empty() || options_.idle == Duration::zero()) return;
    idle_watched_ = true;
    idle_timer_ = loop_.at(clients_.front().active + options_.idle, [this] { close_idle(); });
}

void TcpServer::close_idle() {
    idle_watched_ = false;
    while (!clients_.empty() && clients_.front().active + options_.idle <= loop_.now()) {
        if (still_drains(clients_.front())) {
            touch(clients_.front());
            continue;
        }
        auto const seconds = std::chrono::duration<double>(options_.idle).count();
        log_.line(this_second(),
                  fmt::format("closed {}: idle for {} s", peer_of(clients_.front().socket), seconds));
        drop(clients_.front());
    }
    watch_idle();
}

/// A slow reader wakes the server seldom: whether the kernel has passed on some of the answer since last
/// asked.
bool TcpServer::still_drains(Client& client) {
    int const before = client.queued;
    if (client.output.empty() || ::ioctl(client.socket.get(), SIOCOUTQ, &client.queued) != 0) return false;
    return before == 0 || client.queued < before;
}

void TcpServer::watch_pauses() {
    if (pauses_watched_ || unanswered_.empty()) return;
    pauses_watched_ = true;
    pause_timer_ = loop_.at(unanswered_.front()->active + payload_pause, [this] { answer_paused(); });
}

void TcpServer::answer_paused() {
    pauses_watched_ = false;
    while (!unanswered_.empty() && unanswered_.front()->active + payload_pause <= loop_.now()) {
        Client& client = *unanswered_.front();
        stop_waiting(client);
        answer(client, std::exchange(client.payload, {}));
    }
    watch_pauses();
}

}  // namespace vethwork
