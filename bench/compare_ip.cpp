// Whole processes: `vethwork ip` against iproute2's ip, run in turns in private namespaces; medians and
// ratios.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/base/text.hpp>

#include "support/sandbox.hpp"

namespace vethwork::bench {
namespace {

struct Options {
    std::string program;              ///< ours
    std::string ip = "/usr/sbin/ip";  ///< iproute2's
    int runs = 21;                    ///< of each, in turns
};

using Argv = std::vector<std::string>;

/// What is measured: the words behind `ip`, what stands on its stdin, and the state that it finds.
struct Case {
    std::string name;
    Argv words;
    std::string input;
    std::string setup;     ///< lines for iproute2's `ip -batch`, in a fresh network namespace
    double allowed_ratio;  ///< ours / ip
};

double now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// A file in memory that holds `text`.
Result<Fd> file_of(std::string_view text) {
    Fd file(::memfd_create("vethwork-bench", MFD_CLOEXEC));
    if (!file.is_open()) return system_error("make a file in memory");
    TRY(write_all(file.get(), text));
    return file;
}

Result<std::string> text_of(Fd const& file) {
    ::lseek(file.get(), 0, SEEK_SET);
    return read_all(file.get());
}

/// Empties `out`, and puts `in` back to its beginning.
Result<> rewind_files(Fd const& in, Fd const& out) {
    if (::lseek(in.get(), 0, SEEK_SET) != 0 || ::ftruncate(out.get(), 0) != 0 ||
        ::lseek(out.get(), 0, SEEK_SET) != 0)
        return system_error("rewind a file in memory");
    return {};
}

Result<pid_t> spawn(std::string const& path, Argv const& argv, Fd const& in, Fd const& out) {
    std::vector<char*> words;
    for (std::string const& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, in.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, out.get(), STDOUT_FILENO);
    pid_t child = 0;
    int const failed = ::posix_spawn(&child, path.c_str(), &files, nullptr, words.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&files);
    if (failed != 0) return system_error(failed, "start " + path);
    return child;
}

/// Milliseconds from before the process is made until it is gone; an error unless it exits 0.
Result<double> timed_run(std::string const& path, Argv const& argv, Fd const& in, Fd const& out) {
    TRY(rewind_files(in, out));
    double const before = now_ms();
    pid_t const child = TRY(spawn(path, argv, in, out));
    int status = 0;
    if (::waitpid(child, &status, 0) != child) return system_error("wait for " + path);
    double const after = now_ms();
    if (status != 0)
        return usage_error(fmt::format("\"{}\" of {} failed ({:#x})", join(argv, " "), path, status));
    return after - before;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

struct Measured {
    double ours = 0, ip = 0;   ///< medians, ms
    bool same_output = false;  ///< on stdout
};

/// Each in turn, and the first of a turn is the other one the next time. One run of each goes before.
Result<Measured> measure(Options const& options, Case const& what) {
    Argv argv{"ip"};
    argv.insert(argv.end(), what.words.begin(), what.words.end());
    Fd const in = TRY(file_of(what.input));
    Fd const out = TRY(file_of({}));
    (void)TRY(timed_run(options.program, argv, in, out));
    std::string const our_text = TRY(text_of(out));
    (void)TRY(timed_run(options.ip, argv, in, out));
    bool const same_output = our_text == TRY(text_of(out));

    std::vector<double> ours, ip;
    for (int turn = 0; turn < options.runs; ++turn) {
        if (turn % 2 == 0) ours.push_back(TRY(timed_run(options.program, argv, in, out)));
        ip.push_back(TRY(timed_run(options.ip, argv, in, out)));
        if (turn % 2 != 0) ours.push_back(TRY(timed_run(options.program, argv, in, out)));
    }
    return Measured{median(ours), median(ip), same_output};
}

Result<double> floor_ms(Options const& options) {
    Fd const nothing = TRY(file_of({}));
    Fd const out = TRY(file_of({}));
    std::vector<double> times;
    for (int turn = 0; turn < options.runs; ++turn)
        times.push_back(TRY(timed_run("/bin/true", {"true"}, nothing, out)));
    return median(times);
}

/// `count` lines of `line(i)`.
std::string lines(int count, std::function<std::string(int)> const& line) {
    std::string text;
    for (int i = 0; i < count; ++i) text += line(i) + "\n";
    return text;
}

std::string octets(int i) { return fmt::format("{}.{}", i / 250, i % 250 + 1); }

/// Five commands that leave nothing behind.
std::string mixed_commands(int i) {
    std::string const tail = octets(i);
    return fmt::format(
        "address add 10.200.{0}/32 dev v0\n"
        "route add 10.201.{0}/32 dev v0\n"
        "link set dev v0 mtu {1}\n"
        "route del 10.201.{0}/32 dev v0\n"
        "address del 10.200.{0}/32 dev v0",
        tail, 1400 + i % 100);
}

std::vector<Case> cases() {
    std::string const cable = "link add v0 type veth peer name w0\nlink set v0 up\nlink set w0 up\n";
    std::string const links =
        lines(500, [](int i) { return fmt::format("link add v{0} type veth peer name w{0}", i); });
    std::string const routes =
        cable + lines(1000, [](int i) { return fmt::format("route add 10.100.{}/32 dev v0", octets(i)); });
    return {
        {"link show, 1,000 links", {"link", "show"}, "", links, 0.7},
        {"route show, 1,000 routes", {"route", "show"}, "", routes, 0.7},
        {"-batch, 5,000 commands", {"-batch", "-"}, lines(1000, mixed_commands), cable, 0.5},
        {"netns exec x true", {"netns", "exec", "x", "true"}, "", "netns add x\n", 0.8},
        {"-V: start and end", {"-V"}, "", "", 1.2},
    };
}

Result<> set_up(Options const& options, Case const& what) {
    TRY(test::new_network_namespace());
    Fd const in = TRY(file_of(what.setup));
    Fd const out = TRY(file_of({}));
    (void)TRY(timed_run(options.ip, {"ip", "-batch", "-"}, in, out));
    return {};
}

/// A row of the table; whether it is within what is allowed.
Result<bool> compare(Options const& options, Case const& what) {
    TRY(set_up(options, what));
    Measured const m = TRY(measure(options, what));
    double const ratio = m.ours / m.ip;
    bool const is_version = what.words[0] == "-V";
    bool const comparable = m.same_output || is_version;
    fmt::print("{:<26} {:>9.2f} {:>9.2f} {:>7.2f} {:>8.2f}  {}\n", what.name, m.ours, m.ip, ratio,
               what.allowed_ratio,
               !comparable                   ? "the outputs differ"
               : ratio <= what.allowed_ratio ? ""
                                             : "too slow");
    std::fflush(stdout);
    return comparable && ratio <= what.allowed_ratio;
}

Result<bool> compare_all(Options const& options) {
    TRY(test::enter_sandbox());
    fmt::print("{:<26} {:>9} {:>9} {:>7} {:>8}   medians of {} runs each, ms\n", "", "ours", "ip", "ratio",
               "allowed", options.runs);
    fmt::print("{:<26} {:>9.2f}\n", "/bin/true (the floor)", TRY(floor_ms(options)));
    bool good = true;
    for (Case const& what : cases()) {
        Result<bool> const row = compare(options, what);
        if (!row) fmt::print("{:<26} {}\n", what.name, row.error().describe());
        good = good && row && *row;
    }
    return good;
}

Result<Options> read_options(std::vector<std::string_view> const& words) {
    Options options;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        if (words[i] == "--program")
            options.program = words[i + 1];
        else if (words[i] == "--ip")
            options.ip = words[i + 1];
        else if (words[i] == "--runs")
            options.runs = parse_number<int>(words[i + 1]).value_or(0);
        else
            return usage_error(fmt::format("unknown option \"{}\"", words[i]));
    }
    if (words.size() % 2 != 0 || options.program.empty() || options.runs < 1)
        return usage_error("usage: compare_ip --program VETHWORK [--ip IP] [--runs COUNT]");
    return options;
}

/// 0 all within what is allowed, 1 not, 2 the comparison itself failed.
int run(std::vector<std::string_view> const& words) {
    Result<Options> const options = read_options(words);
    Result<bool> const good = options ? compare_all(*options) : Result<bool>(options.error());
    if (!good) fmt::print(stderr, "compare_ip: {}\n", good.error().describe());
    return !good ? 2 : *good ? 0 : 1;
}

}  // namespace
}  // namespace vethwork::bench

int main(int argc, char** argv) { return vethwork::bench::run({argv + 1, argv + argc}); }
