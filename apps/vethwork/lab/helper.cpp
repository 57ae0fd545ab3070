#include "lab/helper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "child_output.hpp"
#include "interruptible.hpp"

namespace vethwork::app {

namespace {

/// Starts a program with `input` on its standard input.
Helper::Started start(std::vector<std::string> const& argv, std::string const& input) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0) return {};
    Fd const their_in(in[0]);
    Fd our_in(in[1]);
    if (::pipe2(out, O_CLOEXEC) != 0) return {};
    Helper::Started started{.child = -1, .output = Fd(out[0])};
    Fd const their_out(out[1]);
    std::fflush(nullptr);
    started.child = ::fork();
    if (started.child == 0) {
        std::signal(SIGPIPE, SIG_DFL);
        ::dup2(their_in.get(), 0);
        ::dup2(their_out.get(), 1);
        ::dup2(their_out.get(), 2);
        std::vector<char*> words;
        for (auto const& word : argv) words.push_back(const_cast<char*>(word.c_str()));
        words.push_back(nullptr);
        ::execv(words[0], words.data());
        ::_exit(125);
    }
    (void)write_all(our_in.get(), input);  // whom it does not interest may have ended
    return started;
}

}  // namespace

Helper::Helper(std::string lab, LabOptions const& options)
    : lab_(std::move(lab)), rootless_(options.rootless) {
    std::error_code code;
    program_ = std::filesystem::read_symlink("/proc/self/exe", code).string();
}

std::vector<std::string> Helper::words_of(std::vector<std::string> words) const {
    words.insert(words.begin(), program_);
    words.insert(words.end(), {"-l", lab_});
    if (rootless_) words.push_back("--rootless");
    return words;
}

Ran Helper::verb(std::vector<std::string> words) const {
    return finish(start(words_of(std::move(words)), {}));
}

Helper::Started Helper::start_in_node(std::string const& node, std::vector<std::string> const& argv,
                                      std::string const& input) const {
    auto words = words_of({"exec"});
    words.insert(words.end(), {node, "--"});
    words.insert(words.end(), argv.begin(), argv.end());
    return start(words, input);
}

Ran Helper::in_node(std::string const& node, std::vector<std::string> const& argv,
                    std::string const& input) const {
    return finish(start_in_node(node, argv, input));
}

namespace {

/// What comes until all have closed it; for a moment more where the child has ended, or is told to: others
/// may hold it open for ever.
std::string read_while_it_runs(pid_t child, int output) {
    constexpr int turn = 50, turns_after = 4;  // milliseconds
    std::string text;
    char buffer[4096];
    for (int left = turns_after; left > 0;) {
        pollfd one{output, POLLIN, 0};
        if (::poll(&one, 1, turn) > 0) {
            auto const count = ::read(output, buffer, sizeof buffer);
            if (count == 0) break;
            if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
            continue;
        }
        siginfo_t ended{};
        (void)::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT);
        if (Interruptible::signal() != 0) (void)::kill(child, SIGTERM);
        if (ended.si_pid != 0 || Interruptible::signal() != 0) --left;
    }
    return text;
}

}  // namespace

Ran Helper::finish(Started const& started) {
    if (started.child < 0) return {125, "no process could be started"};
    Ran ran{.status = 0, .out = read_while_it_runs(started.child, started.output.get())};
    if (Interruptible::signal() != 0) (void)::kill(started.child, SIGKILL);
    ran.status = exit_status_of(started.child);
    return ran;
}

}  // namespace vethwork::app
