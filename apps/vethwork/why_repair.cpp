#include "why_repair.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include <vethwork/apply/settings.hpp>
#include <vethwork/lab/copy.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/traffic/endpoint.hpp>

#include "child_output.hpp"
#include "ip/batch_lines.hpp"

namespace vethwork::app {

namespace {

using diagnose::Action;
using diagnose::Diagnosis;
using diagnose::Flow;
using diagnose::Protocol;

/// Where diagnosis, copy, repair and probe together take longer, nobody waits for the trial.
constexpr int longest_trial_ms = 2500;
constexpr std::size_t largest_copy = 64;  ///< namespaces

/// How a trial ended; the exit status of the process that made it.
enum class Outcome : int { works, falls_short, not_like_the_original, not_copied, not_carried_out };

int become(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string const program = words[0] == "vethwork" ? "/proc/self/exe" : words[0];
    ::execvp(program.c_str(), argv.data());
    constexpr int not_found = 127;
    return not_found;
}

/// The rest of a command is tools of others, which the administrator has or has not.
int run_action(Action const& action) {
    if (action.tool == Action::Tool::ip) {
        auto words = split_batch_line(action.words);
        if (!words) return 1;
        words->insert(words->begin(), {"vethwork", "ip", "-n", action.netns});
        return become(*std::move(words));
    }
    bool const is_ours = action.tool == Action::Tool::sysctl || action.tool == Action::Tool::nft;
    if (!is_ours) return become({"sh", "-c", diagnose::command_of(action)});
    auto const netns = netns::open_named(action.netns);
    if (!netns || !netns::enter(*netns)) return 1;
    if (action.tool == Action::Tool::nft) {
        auto text = action.words;
        if (text.size() > 1 && text.front() == '\'' && text.back() == '\'')
            text = text.substr(1, text.size() - 2);
        return apply::load_ruleset(text) ? 0 : 1;
    }
    auto const equals = action.words.find('=');
    return apply::set_sysctl(action.words.substr(0, equals), action.words.substr(equals + 1)) ? 0 : 1;
}

/// A socket of the original, in the copy: it takes what the original would take.
std::optional<Fd> open_like(observe::Socket const& original, std::string const& device, Protocol protocol) {
    bool const is_tcp = protocol == Protocol::tcp;
    int const family = original.family == Family::ipv6 ? AF_INET6 : AF_INET;
    Fd socket(::socket(family, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
    int const on = 1;
    int const only = original.v6_only.value_or(false) ? 1 : 0;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    if (!device.empty())
        ::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                     static_cast<socklen_t>(device.size()));
    auto name =
        SocketAddress::of({.host = {.address = original.local, .device = device}, .port = original.port});
    if (!name || ::bind(socket.get(), name->get(), name->size) != 0) return {};
    constexpr int backlog = 16;
    if (is_tcp && ::listen(socket.get(), backlog) != 0) return {};
    return socket;
}

/// Sends back what comes, as a stand-in for the server.
[[noreturn]] void answer(std::vector<Fd> const& sockets) {
    std::vector<pollfd> waiting;
    for (auto const& socket : sockets)
        waiting.push_back({.fd = socket.get(), .events = POLLIN, .revents = 0});
    for (;;) {
        ::poll(waiting.data(), waiting.size(), -1);
        for (auto const& one : waiting) {
            if ((one.revents & POLLIN) == 0) continue;
            char bytes[2048];
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            auto const count = ::recvfrom(one.fd, bytes, sizeof bytes, MSG_DONTWAIT,
                                          reinterpret_cast<sockaddr*>(&peer), &size);
            if (count >= 0)
                ::sendto(one.fd, bytes, static_cast<std::size_t>(count), 0,
                         reinterpret_cast<sockaddr*>(&peer), size);
        }
    }
}

/// Who waits at the flow's port in a namespace of the original.
struct Door {
    std::string netns;
    observe::Socket socket;
    std::string device;
};

std::vector<Door> doors_of(diagnose::Sites& sites, Flow const& flow) {
    std::vector<Door> doors;
    if (flow.protocol == Protocol::icmp) return doors;
    auto const protocol =
        flow.protocol == Protocol::tcp ? observe::SocketProtocol::tcp : observe::SocketProtocol::udp;
    for (auto const& site : sites.all())
        if (site->was_looked_at())
            for (auto const& socket : site->listeners(protocol))
                doors.push_back(
                    {site->name(), socket, socket.device == 0 ? "" : site->device(socket.device)});
    return doors;
}

/// Opens what can be opened; whether the copy is like the original is seen later.
void open_doors(std::vector<Door> const& doors, Protocol protocol) {
    std::vector<Fd> sockets;
    for (auto const& door : doors) {
        auto const netns = netns::open_named(door.netns);
        if (!netns || !netns::enter(*netns)) continue;
        if (auto socket = open_like(door.socket, door.device, protocol))
            sockets.push_back(*std::move(socket));
    }
    if (sockets.empty() || ::fork() != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (protocol == Protocol::udp) answer(sockets);
    for (;;) ::pause();
}

Result<> open_sites(diagnose::Sites& sites, std::vector<lab::CopySource> const& sources) {
    for (auto const& source : sources) sites.add(source.name, TRY(netns::open_named(source.name)));
    return {};
}

bool has_fault(std::vector<lab::CopySource> const& sources, Diagnosis const& diagnosis) {
    diagnose::Sites sites;
    if (!open_sites(sites, sources)) return false;
    auto const is_same = [&diagnosis](diagnose::Finding const& finding) {
        return finding.cause == diagnosis.cause->cause && finding.netns == diagnosis.cause->netns;
    };
    auto const findings = diagnose::suspicions(sites, diagnosis.flow);
    if (findings && std::ranges::any_of(*findings, is_same)) return true;
    // What only a probe shows has to be shown again.
    auto const again = diagnose::why(sites, diagnosis.flow, {.patience = std::chrono::milliseconds(400)});
    return again && again->verdict == diagnosis.verdict && again->cause && is_same(*again->cause);
}

/// With a second fault behind the first, the mended one shows the second.
bool is_mended(Diagnosis const& after, Diagnosis const& before) {
    if (after.verdict == diagnose::Verdict::reachable) return true;
    return after.cause && !before.also.empty() && after.cause->cause == before.also.front().cause &&
           after.cause->netns == before.also.front().netns;
}

Outcome make_trial(std::vector<lab::CopySource> const& sources, std::vector<Door> const& doors,
                   Diagnosis const& diagnosis, Fd const& reason) {
    if (auto const copied = lab::copy_namespaces(sources); !copied) {
        (void)write_all(reason.get(), copied.error().describe());
        return Outcome::not_copied;
    }
    open_doors(doors, diagnosis.flow.protocol);
    if (!has_fault(sources, diagnosis)) return Outcome::not_like_the_original;
    if (!carry_out(diagnosis.cause->repair)) return Outcome::not_carried_out;
    diagnose::Sites sites;
    if (!open_sites(sites, sources)) return Outcome::not_copied;
    auto const after = diagnose::why(sites, diagnosis.flow, {});
    return after && is_mended(*after, diagnosis) ? Outcome::works : Outcome::falls_short;
}

struct Trial {
    std::optional<Outcome> outcome;  ///< none: it took too long
    std::string reason;              ///< why it could not be made
};

/// The outcome of `life`, which is given up after a while.
template <class Life>
Trial within_time(Life const& life) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return {};
    Fd const theirs(ends[0]);
    Fd ours(ends[1]);
    pid_t const child = ::fork();
    if (child < 0) return {};
    if (child == 0) {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (int const nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC); nothing >= 0) {
            ::dup2(nothing, STDOUT_FILENO);
            ::dup2(nothing, STDERR_FILENO);
        }
        ::_exit(static_cast<int>(life(ours)));
    }
    Fd const handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    pollfd waiting{.fd = handle.get(), .events = POLLIN, .revents = 0};
    bool const ended = ::poll(&waiting, 1, longest_trial_ms) > 0;
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ours = Fd();
    if (!ended || !WIFEXITED(status)) return {};
    auto reason = read_all(theirs.get());
    return {static_cast<Outcome>(WEXITSTATUS(status)), reason ? *std::move(reason) : std::string()};
}

std::string reason_of(Trial const& trial) {
    if (!trial.outcome) return "the trial took too long";
    if (*trial.outcome == Outcome::not_like_the_original) return "a copy does not show this fault";
    if (*trial.outcome == Outcome::not_carried_out) return "the copy refused the command";
    return "the network cannot be copied: " + trial.reason;
}

}  // namespace

Result<int> in_child(std::function<int()> const& life) {
    std::fflush(nullptr);
    pid_t const child = ::fork();
    if (child < 0) return system_error("make a process");
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        int const status = life();
        std::fflush(nullptr);
        ::_exit(status);
    }
    return exit_status_of(child);
}

Result<> carry_out(std::vector<Action> const& repair) {
    for (auto const& action : repair) {
        int const status = TRY(in_child([&action] { return run_action(action); }));
        if (status != 0)
            return lookup_error(
                fmt::format("`{}` failed with status {}", diagnose::command_of(action), status));
    }
    return {};
}

void try_on_copy(diagnose::Sites& sites, Diagnosis& diagnosis) {
    if (!diagnosis.cause || diagnosis.cause->repair.empty() ||
        diagnosis.verdict == diagnose::Verdict::reachable)
        return;
    auto const& repair = diagnosis.cause->repair;
    if (std::ranges::any_of(repair,
                            [](Action const& action) { return action.tool == Action::Tool::program; })) {
        diagnosis.not_tried = "it starts a program";
        return;
    }
    std::vector<lab::CopySource> sources;
    for (auto const& site : sites.all())
        if (site->was_looked_at()) sources.push_back({site->name(), site->netns()});
    if (sources.empty() || sources.size() > largest_copy) {
        diagnosis.not_tried = "too many namespaces have a part in it";
        return;
    }
    auto const doors = doors_of(sites, diagnosis.flow);
    auto const trial =
        within_time([&](Fd const& reason) { return make_trial(sources, doors, diagnosis, reason); });
    diagnosis.repair_tested = trial.outcome == Outcome::works || trial.outcome == Outcome::falls_short;
    diagnosis.repair_works = trial.outcome == Outcome::works;
    if (!diagnosis.repair_tested) diagnosis.not_tried = reason_of(trial);
}

}  // namespace vethwork::app
