// vethwork exec and vethwork shell: programs in the nodes of a lab.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>

#include <vethwork/lab/service.hpp>
#include <vethwork/lab/space.hpp>

#include "child_output.hpp"
#include "lab/context.hpp"
#include "lab/up.hpp"

namespace vethwork::app {

namespace {

constexpr int failed_to_start = 125, not_executable = 126, not_found = 127;

/// Becomes the program, or says why not and ends as a shell would.
[[noreturn]] void become(lab::Launch const& launch) {
    auto const error = lab::become_in_node(launch);
    fmt::print(stderr, "vethwork exec: {}\n", error.describe());
    std::fflush(stderr);
    if (error.fault != Fault::lookup) ::_exit(failed_to_start);
    if (error.code == ENOENT) ::_exit(not_found);
    ::_exit(error.code == EACCES ? not_executable : failed_to_start);
}

/// One program with our own streams; a terminal's signals reach it, not us.
int run_one(lab::Launch const& launch, lab::Footing footing) {
    std::fflush(nullptr);
    if (footing == lab::Footing::root) become(launch);
    pid_t const child = ::fork();
    if (child < 0) return complain_of_lab("exec", system_error("fork")), failed_to_start;
    if (child == 0) become(launch);
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGQUIT, SIG_IGN);
    return exit_status_of(child);
}

/// One of several programs at once: its output comes through a pipe, line by line, with the node's name in
/// front.
struct Worker {
    std::string node;
    pid_t pid = -1;
    Fd output;
    std::string line;  ///< what has come and is not printed
};

Result<Worker> start_worker(std::string const& node, lab::Launch const& launch) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("make a pipe");
    Worker worker{.node = node, .output = Fd(ends[0])};
    Fd const theirs(ends[1]);
    std::fflush(nullptr);
    worker.pid = ::fork();
    if (worker.pid < 0) return system_error("fork");
    if (worker.pid == 0) {
        int const null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, 0);
        ::dup2(theirs.get(), 1);
        ::dup2(theirs.get(), 2);
        become(launch);
    }
    return worker;
}

void print_lines(Worker& worker, std::size_t width) {
    for (std::size_t end; (end = worker.line.find('\n')) != std::string::npos; worker.line.erase(0, end + 1))
        fmt::print("{:<{}} | {}\n", worker.node, width, worker.line.substr(0, end));
    if (worker.output.is_open() || worker.line.empty()) return;
    fmt::print("{:<{}} | {}\n", worker.node, width, worker.line);
    worker.line.clear();
}

/// Reads all pipes until all have ended; `arrived` is told of what a worker has got.
void relay(std::vector<Worker>& workers, std::function<void(Worker&)> const& arrived) {
    for (;;) {
        std::vector<pollfd> waiting;
        for (auto const& worker : workers)
            if (worker.output.is_open()) waiting.push_back({worker.output.get(), POLLIN, 0});
        if (waiting.empty()) return;
        if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
        for (auto const& ready : waiting) {
            if (ready.revents == 0) continue;
            auto const worker =
                std::ranges::find(workers, ready.fd, [](Worker const& one) { return one.output.get(); });
            char chunk[8192];
            ssize_t const size = ::read(ready.fd, chunk, sizeof chunk);
            if (size > 0) worker->line.append(chunk, static_cast<std::size_t>(size));
            if (size <= 0) worker->output.reset();
            arrived(*worker);
        }
        std::fflush(stdout);
    }
}

/// Line by line as it comes; the worst exit status.
int show_as_it_comes(std::vector<Worker>& workers) {
    std::size_t width = 0;
    for (auto const& worker : workers) width = std::max(width, worker.node.size());
    relay(workers, [width](Worker& worker) { print_lines(worker, width); });
    int worst = 0;
    for (auto const& worker : workers) worst = std::max(worst, exit_status_of(worker.pid));
    return worst;
}

/// All of it when all have ended.
int show_as_json(std::vector<Worker>& workers) {
    relay(workers, [](Worker&) {});
    int worst = 0;
    auto list = nlohmann::ordered_json::array();
    for (auto const& worker : workers) {
        int const status = exit_status_of(worker.pid);
        list.push_back({{"node", worker.node}, {"exit_status", status}, {"output", worker.line}});
        worst = std::max(worst, status);
    }
    using nlohmann::json;
    fmt::print("{}\n", list.dump(1, ' ', false, json::error_handler_t::replace));
    return worst;
}

int run_many(lab::Ground const& ground, lab::Record const& record, std::vector<std::string> const& nodes,
             std::vector<std::string> const& argv, LabOptions const& options) {
    std::vector<Worker> workers;
    for (auto const& node : nodes) {
        auto launch = lab::launch_in(ground, record, node);
        if (!launch) return complain_of_lab("exec", launch.error());
        launch->argv = argv;
        auto worker = start_worker(node, *launch);
        if (!worker) return complain_of_lab("exec", worker.error()), failed_to_start;
        workers.push_back(std::move(*worker));
    }
    return options.json ? show_as_json(workers) : show_as_it_comes(workers);
}

/// The nodes meant. A plain name of a node is not worth reading the file for: the record is without its text.
OrStatus<std::vector<std::string>> nodes_of(lab::Record const& record, std::string const& selector,
                                            LabOptions const& options) {
    auto const pin = lab::prefix_of(record) + selector;
    if (std::ranges::find(record.namespaces, pin) != record.namespaces.end()) return std::vector{selector};
    auto const whole = find_record(options, "exec");
    if (auto const* const ended = std::get_if<int>(&whole)) return *ended;
    auto const loaded = load_record(std::get<lab::Record>(whole), options, "exec");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    return select_nodes(std::get<LoadedLab>(loaded).lab, selector, "exec");
}

Result<> enter_if_rootless(lab::Record const& record) {
    if (record.footing == lab::Footing::root) return {};
    if (!record.keeper) return lookup_error("lab \"" + record.name + "\" is not up");
    std::error_code code;
    auto const here = std::filesystem::current_path(code);
    TRY(lab::enter_space(*record.keeper, lab::Children::belong));
    std::filesystem::current_path(here, code);
    return {};
}

}  // namespace

int run_in_nodes(std::string const& selector, std::vector<std::string> const& argv, LabOptions const& options,
                 Starting what) {
    auto const record_or = find_record(options, "exec", lab::Reading::without_text);
    if (auto const* const ended = std::get_if<int>(&record_or)) return *ended;
    auto const& record = std::get<lab::Record>(record_or);
    auto const nodes_or = nodes_of(record, selector, options);
    if (auto const* const ended = std::get_if<int>(&nodes_or)) return *ended;
    auto const& nodes = std::get<std::vector<std::string>>(nodes_or);
    auto const ground = ground_of(options);
    if (auto const entered = enter_if_rootless(record); !entered)
        return complain_of_lab("exec", entered.error());
    if (nodes.size() != 1 || (options.json && what == Starting::program))
        return run_many(ground, record, nodes, argv, options);
    auto launch = lab::launch_in(ground, record, nodes[0]);
    if (!launch) return complain_of_lab("exec", launch.error());
    launch->argv = argv;
    if (what == Starting::shell) {
        launch->view.clear();
        launch->env["PS1"] = nodes[0] + "@" + record.name + (argv[0].ends_with("bash") ? ":\\w\\$ " : "$ ");
    }
    return run_one(*launch, record.footing);
}

int run_exec(Invocation const& invocation) {
    OptionSet app("Runs a program in one node or in many; with many, the node's name goes before each line.",
                  "vethwork exec");
    LabOptions options;
    std::string selector;
    bind_lab_options(app, options);
    app.add_option("NODES", selector, "a node, or a selector: pc*, tag:leaf, all").required();
    app.prefix_command();
    if (auto const ended = parse_words(app, invocation, "exec")) return *ended;
    auto argv = app.remaining();
    if (!argv.empty() && argv[0] == "--") argv.erase(argv.begin());
    if (argv.empty())
        return complain_of_lab("exec",
                               usage_error("there is no command to run", "vethwork exec NODES -- COMMAND"));
    return run_in_nodes(selector, argv, options);
}

int run_shell(Invocation const& invocation) {
    OptionSet app("Opens a shell in a node; its prompt names node and lab.", "vethwork shell");
    LabOptions options;
    std::string node;
    bind_lab_options(app, options);
    app.add_option("NODE", node, "the node").required();
    if (auto const ended = parse_words(app, invocation, "shell")) return *ended;
    char const* const shell = std::getenv("SHELL");
    std::string const program = shell && *shell ? shell : "/bin/sh";
    std::vector<std::string> argv{program};
    if (program.ends_with("bash")) argv.insert(argv.end(), {"--norc", "-i"});
    return run_in_nodes(node, argv, options, Starting::shell);
}

}  // namespace vethwork::app
