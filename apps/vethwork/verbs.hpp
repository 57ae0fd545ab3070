// The verbs of the program: a name, one line of help, and a function. Each verb is a file, cmd_<verb>.cpp.
#pragma once

#include <span>
#include <string_view>

namespace vethwork::app {

/// How a verb was called. All of it lives as long as the program.
struct Invocation {
    std::string_view called_as;  ///< the verb's own name where a symlink so named was called, else "vethwork"
    std::span<char const* const> words;  ///< the words behind the verb
};

struct Verb {
    std::string_view name;
    std::string_view summary;                  ///< one line
    int (*run)(Invocation const& invocation);  ///< returns the exit status
};

/// All verbs, by name.
[[nodiscard]] std::span<Verb const> all_verbs();

int run_capture(Invocation const& invocation);
int run_import(Invocation const& invocation);
int run_ip(Invocation const& invocation);
int run_ping(Invocation const& invocation);
int run_send(Invocation const& invocation);
int run_serve(Invocation const& invocation);

int run_check(Invocation const& invocation);
int run_completion(Invocation const& invocation);
int run_doctor(Invocation const& invocation);
int run_down(Invocation const& invocation);
int run_drops(Invocation const& invocation);
int run_events(Invocation const& invocation);
int run_exec(Invocation const& invocation);
int run_export(Invocation const& invocation);
int run_explain(Invocation const& invocation);
int run_fmt(Invocation const& invocation);
int run_graph(Invocation const& invocation);
int run_logs(Invocation const& invocation);
int run_ls(Invocation const& invocation);
int run_matrix(Invocation const& invocation);
int run_new(Invocation const& invocation);
int run_pin(Invocation const& invocation);
int run_plan(Invocation const& invocation);
int run_restart(Invocation const& invocation);
int run_run(Invocation const& invocation);
int run_schema(Invocation const& invocation);
int run_shell(Invocation const& invocation);
int run_show(Invocation const& invocation);
int run_status(Invocation const& invocation);
int run_test(Invocation const& invocation);
int run_trace(Invocation const& invocation);
int run_up(Invocation const& invocation);
int run_why(Invocation const& invocation);

}  // namespace vethwork::app
