// load_tcp keep|connect CLIENTS SECONDS PORT: asks a server at 127.0.0.1:PORT as fast as it answers, with so
// many clients at once, and prints "REQUESTS_PER_SECOND". Every answer is checked. keep: each client keeps
// its connection; connect: each request has its own. Exit status 1 where an answer is wrong or a client
// fails.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace {

using namespace vethwork;
using Clock = std::chrono::steady_clock;

constexpr std::string_view request = "hello\n";
constexpr std::size_t answer_size = 22 + request.size();

enum class Mode { keep, connect };

struct Client {
    Fd socket;
    std::string answer;
    bool is_connected = false;
};

[[noreturn]] void fail(std::string const& what) {
    fmt::print(stderr, "load_tcp: {}: {}\n", what, std::strerror(errno));
    std::exit(1);
}

class Load {
public:
    Load(Mode mode, std::size_t clients, std::uint16_t port)
        : mode_(mode), port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)), clients_(clients) {
        for (Client& client : clients_) open(client);
    }

    /// Requests answered until `end`.
    std::uint64_t run(Clock::time_point end) {
        std::vector<epoll_event> ready(clients_.size());
        while (Clock::now() < end) {
            int const count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), 1000);
            if (count == 0) fail("no answer within a second");
            for (int i = 0; i < count; ++i)
                act(*static_cast<Client*>(ready[static_cast<std::size_t>(i)].data.ptr));
        }
        return answered_;
    }

private:
    /// Many addresses of `lo` in turn, so that ports in TIME_WAIT do not run out.
    sockaddr_in next_peer() {
        std::uint32_t const host = 0x7f000001 + (opened_++ % 64);
        return {.sin_family = AF_INET, .sin_port = htons(port_), .sin_addr = {htonl(host)}, .sin_zero = {}};
    }

    void open(Client& client) {
        client = {};
        client.socket = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        int const on = 1;
        ::setsockopt(client.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in const peer = next_peer();
        if (::connect(client.socket.get(), reinterpret_cast<sockaddr const*>(&peer), sizeof peer) != 0 &&
            errno != EINPROGRESS)
            fail("connect");
        epoll_event event{.events = EPOLLOUT, .data = {.ptr = &client}};
        if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, client.socket.get(), &event) != 0) fail("epoll_ctl");
    }

    void ask(Client& client) {
        client.answer.clear();
        if (::send(client.socket.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size()))
            fail("send");
    }

    void act(Client& client) {
        if (!client.is_connected) {
            client.is_connected = true;
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
            ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, client.socket.get(), &event);
            return ask(client);
        }
        char bytes[256];
        ssize_t const size = ::recv(client.socket.get(), bytes, sizeof bytes, 0);
        if (size <= 0) fail("receive");
        client.answer.append(bytes, static_cast<std::size_t>(size));
        if (client.answer.size() < answer_size) return;
        bool const is_right = client.answer.size() == answer_size && client.answer.starts_with('[') &&
                              client.answer.ends_with("] hello\n");
        if (!is_right) fail("a wrong answer: " + client.answer);
        ++answered_;
        if (mode_ == Mode::keep)
            ask(client);
        else
            open(client);
    }

    Mode mode_;
    std::uint16_t port_;
    Fd epoll_;
    std::vector<Client> clients_;
    std::uint32_t opened_ = 0;
    std::uint64_t answered_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    std::string_view const mode = argc == 5 ? argv[1] : "";
    auto const clients = parse_number<std::size_t>(argc == 5 ? argv[2] : "");
    auto const seconds = parse_number<int>(argc == 5 ? argv[3] : "");
    auto const port = parse_number<std::uint16_t>(argc == 5 ? argv[4] : "");
    if ((mode != "keep" && mode != "connect") || !clients || !seconds || !port) {
        fmt::print(stderr, "usage: load_tcp keep|connect CLIENTS SECONDS PORT\n");
        return 2;
    }
    Load load(mode == "keep" ? Mode::keep : Mode::connect, *clients, *port);
    auto const begin = Clock::now();
    auto const answered = load.run(begin + std::chrono::seconds(*seconds));
    double const took = std::chrono::duration<double>(Clock::now() - begin).count();
    fmt::print("{:.0f}\n", static_cast<double>(answered) / took);
}
