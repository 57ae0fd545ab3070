// vethwork run and vethwork restart.
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "child_output.hpp"
#include "lab/context.hpp"
#include "lab/up.hpp"

namespace vethwork::app {

namespace {

volatile pid_t step_process = 0;

/// What would end `run` while something of it is up ends the step that it is at: a terminal tells all of us
/// of Ctrl-C, others tell `run` alone.
void pass_signals_on() {
    for (int const signal : {SIGINT, SIGQUIT}) std::signal(signal, SIG_IGN);
    for (int const signal : {SIGTERM, SIGHUP})
        std::signal(signal, [](int number) {
            if (step_process > 0) ::kill(step_process, number);
        });
}

/// In a process of its own: without root each step goes into the lab's space for good.
template <class Step>
int apart(Step const& step) {
    std::fflush(nullptr);
    pid_t const child = ::fork();
    if (child == 0) {
        for (int const signal : {SIGINT, SIGQUIT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
        int const result = step();
        std::fflush(nullptr);
        ::_exit(result);
    }
    step_process = child;
    return child > 0 ? exit_status_of(child) : 128;
}

bool is_up(std::string const& lab, LabOptions const& options) {
    auto const record = ground_of(options).directory(lab).read();
    return record && *record && (!(*record)->keeper || lab::is_alive(*(*record)->keeper));
}

}  // namespace

int run_run(Invocation const& invocation) {
    OptionSet app(
        "Brings a lab up, runs a command, brings the lab down, also after Ctrl-C; the exit status is the\n"
        "command's. A lab that is up already is made as its file says, and stays up.",
        "vethwork run");
    LabOptions options;
    std::string node;
    bind_lab_options(app, options);
    app.add_option("FILE", options.file, "the topology file").required();
    app.add_option("--in", node, "run the command in this node (the first of the file)");
    app.prefix_command();
    if (auto const ended = parse_words(app, invocation, "run")) return *ended;
    auto argv = app.remaining();
    if (!argv.empty() && argv[0] == "--") argv.erase(argv.begin());
    if (argv.empty())
        return complain_of_lab("run",
                               usage_error("there is no command to run", "vethwork run FILE -- COMMAND"));
    auto const loaded_or = load_anew(options, "run");
    if (auto const* const ended = std::get_if<int>(&loaded_or)) return *ended;
    auto const& loaded = std::get<LoadedLab>(loaded_or);
    options.quiet = !options.verbose;
    options.json = false;  // stdout is the command's
    bool const stays = is_up(loaded.lab.name, options);
    pass_signals_on();
    if (int const up = apart([&] { return bring_up(loaded, options); }); up != 0) return up;
    options.lab = loaded.lab.name;
    if (node.empty() && !loaded.lab.nodes.empty()) node = loaded.lab.nodes[0].name;
    int const result = apart([&] { return run_in_nodes(node, argv, options); });
    if (stays) return result;
    int const down = apart([&] { return take_down(loaded.lab.name, options); });
    return result != 0 ? result : down;
}

int run_restart(Invocation const& invocation) {
    OptionSet app("Takes a lab down and brings it up from its file again.", "vethwork restart");
    LabOptions options;
    bind_lab_options(app, options);
    bind_subject(app, options);
    if (auto const ended = parse_words(app, invocation, "restart")) return *ended;
    take_subject(options);
    auto const loaded = load_anew(options, "restart");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    auto const& lab = std::get<LoadedLab>(loaded);
    auto down_options = options;
    if (options.json) down_options.json = false, down_options.quiet = true;  // the answer is that of up
    if (int const down = apart([&] { return take_down(lab.lab.name, down_options); }); down != 0) return down;
    return bring_up(lab, options);
}

}  // namespace vethwork::app
