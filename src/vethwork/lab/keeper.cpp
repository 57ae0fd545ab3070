#include <vethwork/lab/keeper.hpp>

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <optional>

#include <vethwork/lab/outside.hpp>
#include <vethwork/lab/service_json.hpp>

namespace vethwork::lab {

namespace {

Result<sockaddr_un> address_of(std::string const& path) {
    sockaddr_un address{.sun_family = AF_UNIX};
    if (path.size() >= sizeof address.sun_path)
        return system_error(ENAMETOOLONG, "use the socket \"" + path + "\"", "a shorter lab name helps");
    path.copy(address.sun_path, path.size());
    return address;
}

/// One command's connection: what has come of a line, and what waits to be told.
struct Client {
    Fd fd;
    std::string received;
};

class Keeper {
public:
    Keeper(EventLoop& loop, int listener, std::optional<int> outside)
        : loop_(loop), listener_(listener), outside_(outside) {}

    Result<> prepare(std::optional<int> maker) {
        if (maker)
            maker_rule_ =
                TRY(loop_.watch("maker", *maker, EPOLLIN, [this, maker](Events) { hear_of(*maker); }));
        (void)TRY(loop_.watch("commands", listener_, EPOLLIN, [this](Events) { accept_client(); }));
        TRY(loop_.on_signal(SIGCHLD, [this] { reap(); }));
        return loop_.on_signal(SIGTERM, [this] { stop([this] { loop_.stop(); }); });
    }

private:
    /// Of its maker: that it has written the keeper down, or that it has died.
    void hear_of(int maker) {
        char byte;
        if (::read(maker, &byte, 1) != 1) return loop_.stop();
        loop_.forget(maker_rule_);
        ::close(maker);
    }

    void accept_client() {
        Fd fd(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!fd.is_open()) return;
        int const number = fd.get();
        auto const rule =
            loop_.watch("client", number, EPOLLIN, [this, number](Events) { listen_to(number); });
        if (!rule) return;
        clients_[number] = {Client{std::move(fd), {}}, *rule};
    }

    void listen_to(int number) {
        char chunk[4096];
        ssize_t const size = ::read(number, chunk, sizeof chunk);
        if (size < 0 && errno == EAGAIN) return;
        if (size <= 0) return hang_up(number);
        auto& received = clients_.at(number).client.received;
        received.append(chunk, static_cast<std::size_t>(size));
        auto const end = received.find('\n');
        if (end == std::string::npos) return;
        std::string const line = received.substr(0, end);
        received.erase(0, end + 1);
        obey(number, line);
    }

    void hang_up(int number) {
        auto const found = clients_.find(number);
        if (found == clients_.end()) return;
        loop_.forget(found->second.rule, Descriptor::is_closed);
        clients_.erase(found);
        if (waiting_for_start_ == number) waiting_for_start_.reset();
    }

    void obey(int number, std::string const& line) {
        try {
            auto const command = Json::parse(line);
            std::string const word = command.at("do");
            if (word == "start") return start(number, command.at("services"));
            if (word == "stop") return stop([this, number] { tell_status(number, true); });
            tell_status(number, true);
        } catch (nlohmann::json::exception const& broken) {
            tell(number, {{"error", broken.what()}});
        }
    }

    void start(int number, Json const& list) {
        std::vector<Service> services;
        for (auto const& one : list) services.push_back(service_from_json(one));
        if (!supervisor_)
            supervisor_.emplace(
                loop_, std::vector<Service>(), [this](ServiceStatus const& status) { news(status); },
                [this](Service const& service) { return start_one(service); });
        waiting_for_start_ = number;
        supervisor_->change_to(std::move(services), [this] { tell_if_settled(); });
    }

    [[nodiscard]] Result<std::int32_t> start_one(Service const& service) const {
        if (!service.outside) return lab::start(service);
        if (outside_) return start_outside(*outside_, service);
        bool const in_a_space = ::getpid() == 1;
        if (!in_a_space) return lab::start(service);
        return usage_error("the lab was brought up without a way out", "vethwork restart");
    }

    void stop(std::function<void()> then) {
        if (!supervisor_) return then();
        supervisor_->stop_all(std::move(then));
    }

    void news(ServiceStatus const& status) {
        if (!waiting_for_start_) return;
        tell(*waiting_for_start_, {{"news", to_json(status)}});
        tell_if_settled();
    }

    void tell_if_settled() {
        if (!waiting_for_start_ || !supervisor_ || !supervisor_->is_settled()) return;
        int const number = *std::exchange(waiting_for_start_, std::nullopt);
        tell_status(number, true);
    }

    void tell_status(int number, bool done) {
        Json list = Json::array();
        if (supervisor_)
            for (auto const& status : supervisor_->status()) list.push_back(to_json(status));
        tell(number, {{"services", list}, {"done", done}});
    }

    void tell(int number, Json const& json) {
        std::string const line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
        // Answers are short; a client that does not take them is no reason to wait.
        if (clients_.contains(number)) (void)!::send(number, line.data(), line.size(), MSG_NOSIGNAL);
    }

    void reap() {
        int status = 0;
        for (;;) {
            pid_t const pid = ::waitpid(-1, &status, WNOHANG);
            if (pid <= 0) return;
            if (supervisor_) supervisor_->child_ended(pid, status);
        }
    }

    struct Watched {
        Client client;
        RuleId rule;
    };

    EventLoop& loop_;
    int listener_;
    std::optional<int> outside_;
    RuleId maker_rule_{};
    std::map<int, Watched> clients_;
    std::optional<Supervisor> supervisor_;
    std::optional<int> waiting_for_start_;
};

/// Sends a command, and reads answers until the last one.
Result<std::vector<ServiceStatus>> command(std::string const& path, Json const& json,
                                           ServiceNews const& news) {
    Fd const fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto const address = TRY(address_of(path));
    if (::connect(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0)
        return system_error("reach the lab's keeper at \"" + path + "\"");
    TRY(write_all(fd.get(), json.dump() + "\n"));
    std::string received;
    for (char chunk[4096];;) {
        ssize_t const size = ::read(fd.get(), chunk, sizeof chunk);
        if (size < 0 && errno == EINTR) return system_error("wait for services");
        if (size <= 0) return system_error(size == 0 ? ECONNRESET : errno, "hear from the lab's keeper");
        received.append(chunk, static_cast<std::size_t>(size));
        for (std::size_t end; (end = received.find('\n')) != std::string::npos; received.erase(0, end + 1)) {
            auto const answer = Json::parse(received.substr(0, end), nullptr, false);
            if (answer.contains("news") && news) news(status_from_json(answer["news"]));
            if (answer.contains("error"))
                return malformed_error("command the lab's keeper: " + answer["error"].dump());
            if (!answer.contains("done")) continue;
            std::vector<ServiceStatus> all;
            for (auto const& one : answer["services"]) all.push_back(status_from_json(one));
            return all;
        }
    }
}

}  // namespace

Result<Fd> listen_for_commands(std::string const& path) {
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto const address = TRY(address_of(path));
    ::unlink(path.c_str());
    if (::bind(fd.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 16) != 0)
        return system_error("listen at \"" + path + "\"");
    return fd;
}

int keep(int listener, std::optional<int> maker, std::optional<int> outside) {
    auto loop = EventLoop::create();
    if (!loop) return 1;
    Keeper keeper(*loop, listener, outside);
    return keeper.prepare(maker) && loop->run() ? 0 : 1;
}

Result<std::vector<ServiceStatus>> start_services(std::string const& socket_path,
                                                  std::vector<Service> const& services,
                                                  ServiceNews const& news) {
    Json list = Json::array();
    for (auto const& service : services) list.push_back(to_json(service));
    return command(socket_path, {{"do", "start"}, {"services", list}}, news);
}

Result<std::vector<ServiceStatus>> service_status(std::string const& socket_path) {
    return command(socket_path, {{"do", "status"}}, {});
}

Result<std::vector<ServiceStatus>> stop_services(std::string const& socket_path) {
    return command(socket_path, {{"do", "stop"}}, {});
}

}  // namespace vethwork::lab
