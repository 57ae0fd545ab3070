#include "traffic/server_process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include <vethwork/base/text.hpp>

namespace vethwork::test {

namespace {

constexpr int patience_milliseconds = 10'000;

[[noreturn]] void become(std::vector<std::string> const& words, int stderr_end, unsigned descriptors) {
    ::dup2(stderr_end, 2);
    if (descriptors != 0) {
        rlimit const limit{descriptors, descriptors};
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    std::vector<char*> arguments{const_cast<char*>(VETHWORK_PROGRAM)};
    for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

/// "…listening at ADDRESS:PORT (tcp)..." -> the endpoint.
Endpoint endpoint_in(std::string const& log) {
    std::string_view text = log;
    constexpr std::string_view before = "listening at ";
    auto const begin = text.find(before);
    if (begin == std::string_view::npos) return {};
    text.remove_prefix(begin + before.size());
    auto const endpoint = Endpoint::parse(text.substr(0, text.find(' ')));
    return endpoint ? *endpoint : Endpoint{};
}

}  // namespace

void bring_up_loopback() {
    Fd const socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP;
    ASSERT_EQ(::ioctl(socket.get(), SIOCSIFFLAGS, &request), 0) << std::strerror(errno);
}

ServerProcess::ServerProcess(std::vector<std::string> words, unsigned descriptors) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    stderr_ = Fd(ends[0]);
    Fd theirs(ends[1]);
    words.insert(words.begin(), "serve");
    pid_ = ::fork();
    if (pid_ == 0) become(words, theirs.get(), descriptors);
    theirs.reset();
    drainer_ = std::thread([this] { drain(); });
    endpoint_ = endpoint_in(log_until("...\n"));
}

ServerProcess::~ServerProcess() {
    if (pid_ > 0) stop(SIGKILL);
    drainer_.join();
}

void ServerProcess::drain() {
    char text[65536];
    for (;;) {
        ssize_t const size = ::read(stderr_.get(), text, sizeof text);
        std::lock_guard const lock(mutex_);
        if (size > 0) log_.append(text, static_cast<std::size_t>(size));
        if (size <= 0) ended_ = true;
        more_.notify_all();
        if (ended_) return;
    }
}

std::string ServerProcess::log_until(std::string_view text) {
    std::unique_lock lock(mutex_);
    more_.wait_for(lock, std::chrono::milliseconds(patience_milliseconds),
                   [&] { return ended_ || log_.find(text) != std::string::npos; });
    return log_;
}

int ServerProcess::stop(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

long ServerProcess::ticks() const {
    auto const stat = read_file("/proc/" + std::to_string(pid_) + "/stat");
    if (!stat) return -1;
    auto const words = split_words(std::string_view(*stat).substr(stat->rfind(')') + 1));
    return parse_number<long>(words[11]).value_or(-1) + parse_number<long>(words[12]).value_or(-1);
}

Client::Client(Endpoint const& peer) {
    auto const address = SocketAddress::of(peer).value();
    socket_ = Fd(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    timeval const patience{.tv_sec = patience_milliseconds / 1000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(socket_.get(), address.get(), address.size), 0) << std::strerror(errno);
}

void Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        ssize_t const size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        ASSERT_GT(size, 0) << std::strerror(errno);
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
}

void Client::end() const { ::shutdown(socket_.get(), SHUT_WR); }

std::string Client::read(std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        ssize_t const more = ::recv(socket_.get(), bytes.data() + have, size - have, 0);
        if (more <= 0) break;
        have += static_cast<std::size_t>(more);
    }
    bytes.resize(have);
    return bytes;
}

std::string Client::read_to_end() {
    auto bytes = read_all(socket_.get());
    EXPECT_TRUE(bytes) << bytes.error().describe();
    return bytes ? *bytes : "";
}

std::string without_stamp(std::string_view answer) {
    constexpr std::string_view form = "[dddd-dd-dd dd:dd:dd] ";
    static_assert(form.size() == stamp_size);
    for (std::size_t i = 0; i < form.size(); ++i) {
        bool const fits = i < answer.size() &&
                          (form[i] == 'd' ? answer[i] >= '0' && answer[i] <= '9' : answer[i] == form[i]);
        if (!fits) return "no stamp: " + std::string(answer.substr(0, 40));
    }
    return std::string(answer.substr(stamp_size));
}

}  // namespace vethwork::test
