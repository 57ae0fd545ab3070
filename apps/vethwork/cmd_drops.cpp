// vethwork drops: packets that the kernel drops in the nodes of a lab, with its reasons.
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include <vethwork/diagnose/routine_drop.hpp>
#include <vethwork/observe/kernel_symbols.hpp>
#include <vethwork/report/drop_line.hpp>
#include <vethwork/report/node_name.hpp>
#include <vethwork/traffic/event_loop.hpp>

#include "child_output.hpp"
#include "cli.hpp"
#include "clock_text.hpp"
#include "why_scope.hpp"

namespace vethwork::app {

namespace {

constexpr int cannot = 3, not_found = 127;
constexpr double usual_seconds = 5;

struct Wish {
    WhyScope scope;
    bool follow = false, all = false, json = false, quiet = false;
    double seconds = 0;
    std::vector<std::string> command;
};

/// What has to be added to CLOCK_MONOTONIC to have the time since 1970.
std::int64_t age_of_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now_ns() - (std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec);
}

std::uint32_t inode_of(int fd) {
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 ? static_cast<std::uint32_t>(facts.st_ino) : 0;
}

class Listener {
public:
    Listener(Wish const& wish, observe::DropWatch watch, std::map<std::uint32_t, std::string> nodes)
        : wish_(wish), watch_(std::move(watch)), nodes_(std::move(nodes)) {}

    [[nodiscard]] int fd() const { return watch_.fd(); }

    /// Prints what has come. False where nobody reads it any more.
    bool take() {
        for (auto drops = watch_.read(); !drops.empty(); drops = watch_.read()) {
            learn_functions(drops);
            for (auto const& drop : drops)
                if (!print(drop)) return false;
        }
        return true;
    }

    void sum_up() const {
        if (wish_.quiet) return;
        fmt::print(stderr, "{} drop{}", shown_, shown_ == 1 ? "" : "s");
        if (hidden_ > 0) fmt::print(stderr, ", and {} that sound networks have too (-a shows them)", hidden_);
        if (auto const lost = watch_.lost(); lost > 0)
            fmt::print(stderr, ", and {} that came too fast to be told", lost);
        fmt::print(stderr, "\n");
    }

private:
    /// All new places at once: the kernel's list is long.
    void learn_functions(std::vector<observe::Drop> const& drops) {
        std::vector<std::uint64_t> unknown;
        for (auto const& drop : drops)
            if (functions_.try_emplace(drop.location).second) unknown.push_back(drop.location);
        if (unknown.empty()) return;
        if (auto const found = observe::kernel_functions(unknown))
            for (auto const& [location, function] : *found) functions_[location] = function;
    }

    bool print(observe::Drop const& drop) {
        auto const& function = functions_[drop.location];
        if (!wish_.all && diagnose::is_routine_drop(drop.reason_name, function)) {
            ++hidden_;
            return true;
        }
        ++shown_;
        auto const time = clock_text(static_cast<std::int64_t>(drop.time) + age_of_clock_);
        report::DropPlace const place{time, nodes_[drop.netns], function};
        auto const line = wish_.json ? lines_.json(place, drop) : lines_.line(place, drop);
        return std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
    }

    Wish const& wish_;
    observe::DropWatch watch_;
    std::map<std::uint32_t, std::string> nodes_;  ///< by the inode of the namespace
    std::map<std::uint64_t, std::string> functions_;
    report::DropLines lines_;
    std::int64_t age_of_clock_ = age_of_clock();
    std::uint64_t shown_ = 0, hidden_ = 0;
};

Result<Listener> listen(Wish& wish) {
    diagnose::Sites sites;
    TRY(open_scope(sites, wish.scope));
    std::map<std::uint32_t, std::string> nodes;
    std::vector<std::uint32_t> inodes;
    for (auto const& site : sites.all()) {
        inodes.push_back(inode_of(site->netns()));
        nodes[inodes.back()] = report::node_name(site->name(), wish.scope.prefix);
    }
    auto watch = observe::DropWatch::attach(inodes);
    if (!watch) {
        auto error = std::move(watch).error();
        error.fault = Fault::limit;
        error.hint += "; without it `vethwork why FROM TO` finds losses by the packets it sees";
        return error;
    }
    if (!wish.quiet)
        fmt::print(stderr, "watching {} node{}{}; Ctrl-C ends.\n", nodes.size(), nodes.size() == 1 ? "" : "s",
                   wish.seconds > 0 ? fmt::format(" for {:g} s", wish.seconds) : "");
    return Listener(wish, std::move(*watch), std::move(nodes));
}

/// The command, started once drops are watched.
Result<pid_t> start(std::vector<std::string> const& words) {
    std::fflush(nullptr);
    pid_t const child = ::fork();
    if (child < 0) return system_error("fork");
    if (child > 0) return child;
    sigset_t none;
    sigemptyset(&none);
    (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::vector<char*> argv;
    for (auto const& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    fmt::print(stderr, "vethwork drops: start \"{}\": {}\n", words[0], std::strerror(errno));
    ::_exit(not_found);
}

Result<int> watch_drops(Wish& wish) {
    auto listener = TRY(listen(wish));
    auto loop = TRY(EventLoop::create());
    (void)TRY(loop.watch("drops", listener.fd(), EPOLLIN, [&](Events) {
        if (!listener.take()) loop.stop();
    }));
    TRY(loop.stop_on({SIGINT, SIGTERM}));
    if (wish.seconds > 0)
        loop.after(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(wish.seconds)),
                   [&loop] { loop.stop(); });
    std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    pid_t child = 0;
    Fd ended;
    if (!wish.command.empty()) {
        child = TRY(start(wish.command));
        ended = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
        if (!ended.is_open()) return system_error("wait for the command");
        (void)TRY(loop.watch("command", ended.get(), EPOLLIN, [&loop](Events) { loop.stop(); }));
    }
    TRY(loop.run());
    (void)listener.take();
    listener.sum_up();
    return child > 0 ? exit_status_of(child) : 0;
}

void bind_options(OptionSet& app, Wish& wish) {
    bind_scope_options(app, wish.scope, "--file");
    app.add_flag("-f,--follow", wish.follow, "until Ctrl-C");
    app.add_option("-t,--for", wish.seconds, "for so many seconds (5)").positive().excludes("--follow");
    app.add_flag("-a,--all", wish.all, "also drops that networks without a fault have");
    app.add_flag("-j,--json", wish.json, "one JSON object a line");
    app.add_flag("-q,--quiet", wish.quiet, "the drops and nothing else");
    app.prefix_command();
    app.footer(
        "With -- COMMAND: as long as the command runs; the exit status is the command's.\n"
        "The kernel tells its drops to root of the machine only; exit status 3 where it does not.");
}

}  // namespace

int run_drops(Invocation const& invocation) {
    OptionSet app(
        "Packets that the kernel drops in the nodes of a lab or in other namespaces: time, node, device, the "
        "kernel's reason and function, and the packet.",
        "vethwork drops");
    Wish wish;
    bind_options(app, wish);
    if (auto const ended = parse_words(app, invocation, "drops")) return *ended;
    wish.command = app.remaining();
    bool const marked = !wish.command.empty() && wish.command[0] == "--";
    if (marked) wish.command.erase(wish.command.begin());
    if (!marked && !wish.command.empty())
        return complain("drops", usage_error(fmt::format("\"{}\" is no option", wish.command[0]),
                                             "vethwork drops [OPTIONS] [-- COMMAND]"));
    if (!wish.follow && wish.command.empty() && wish.seconds == 0) wish.seconds = usual_seconds;
    auto const status = watch_drops(wish);
    if (status) return *status;
    int const complained = complain("drops", status.error());
    return status.error().fault == Fault::limit ? cannot : complained;
}

}  // namespace vethwork::app
