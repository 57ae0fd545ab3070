// The program is a table of verbs. Called through a symlink that has a verb's name it is that verb.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

#include "verbs.hpp"

namespace vethwork::app {
namespace {

constexpr std::array verbs{
    Verb{"capture", "the packets that a device sees, as text, as JSON or into a file", run_capture},
    Verb{"check", "checks a topology file", run_check},
    Verb{"completion", "a script for a shell, which completes verbs and options", run_completion},
    Verb{"doctor", "what this machine can do, and what would help", run_doctor},
    Verb{"down", "ends a lab and everything of it", run_down},
    Verb{"drops", "packets that the kernel drops in a lab: when, where, why", run_drops},
    Verb{"events", "what changes in the nodes of a lab, as it changes", run_events},
    Verb{"exec", "a program in one node of a lab, or in many", run_exec},
    Verb{"explain", "the long text of a complaint's code", run_explain},
    Verb{"export", "a lab as a script for other tools", run_export},
    Verb{"fmt", "topology files in their normal form, comments kept", run_fmt},
    Verb{"graph", "a lab as a picture: text, Graphviz, Mermaid, SVG", run_graph},
    Verb{"import", "a lab file out of namespaces that are there", run_import},
    Verb{"ip", "links, addresses, routes, rules, neighbours and namespaces, in iproute2's words", run_ip},
    Verb{"logs", "what the services of a lab have written", run_logs},
    Verb{"ls", "the labs that are up", run_ls},
    Verb{"matrix", "which nodes reach which, and what is wrong where they do not", run_matrix},
    Verb{"new", "a small topology file to begin with", run_new},
    Verb{"pin", "what was chosen automatically, and what patterns mean, written into the file", run_pin},
    Verb{"ping", "ICMP echo, in ping(8)'s words", run_ping},
    Verb{"plan", "what `up` would do", run_plan},
    Verb{"restart", "a lab down and up again", run_restart},
    Verb{"run", "a lab up, a command in it, the lab down", run_run},
    Verb{"schema", "the JSON Schema of topology files", run_schema},
    Verb{"send", "stdin to a TCP or UDP peer, its answer to stdout", run_send},
    Verb{"serve", "a TCP or UDP server that answers every payload with the time and the payload", run_serve},
    Verb{"shell", "a shell in a node", run_shell},
    Verb{"show", "a lab as it is meant, with what was chosen automatically", run_show},
    Verb{"status", "whether a lab is as its file says", run_status},
    Verb{"test", "whether what a lab's file says must hold does", run_test},
    Verb{"trace", "the way of a probe there and back, with the time at each device", run_trace},
    Verb{"up", "brings a lab up, or makes it as its file says", run_up},
    Verb{"why", "why one node does not reach another, and the command that repairs it", run_why},
};

int print_usage(std::FILE* to) {
    fmt::print(
        to,
        "Usage: vethwork VERB [ARGUMENTS]\n\nNetworks out of Linux network namespaces, and why they fail.\n\n"
        "Verbs:\n");
    for (Verb const& verb : verbs) fmt::print(to, "  {:<10} {}\n", verb.name, verb.summary);
    fmt::print(to, "\n`vethwork help VERB` tells more. `vethwork --version` prints the version.\n");
    return to == stdout ? 0 : 2;
}

int unknown_verb(std::string_view word) {
    std::array<std::string_view, verbs.size()> names;
    for (std::size_t i = 0; i < verbs.size(); ++i) names[i] = verbs[i].name;
    auto const meant = nearest(word, names);
    fmt::print(stderr, "vethwork: unknown verb \"{}\"{}\n", word,
               meant ? fmt::format("; did you mean \"{}\"?", *meant) : "; `vethwork --help` lists them");
    return 2;
}

int print_version() {
    fmt::print("vethwork {}\n", VETHWORK_VERSION);
    return 0;
}

Verb const* find_verb(std::string_view name) {
    auto const found = std::ranges::find(verbs, name, &Verb::name);
    return found == verbs.end() ? nullptr : &*found;
}

/// Options that are written before the verb, as in `vethwork -f FILE up`; 0 where the word is none of those.
std::size_t words_of_option(std::string_view word) {
    constexpr std::array with_value{"-f", "--file", "-l", "--lab", "-C", "--var"};
    constexpr std::array flags{"-j", "--json", "-q", "--quiet", "-v", "--verbose", "--rootless"};
    if (std::ranges::find(with_value, word) != with_value.end()) return 2;
    if (std::ranges::find(flags, word) != flags.end()) return 1;
    bool const has_value = std::ranges::any_of(with_value, [word](std::string_view option) {
        return option.starts_with("--") && word.starts_with(option) &&
               word.substr(option.size()).starts_with('=');
    });
    return has_value ? 1 : 0;
}

/// The verb with the options before it put behind it.
int run_after_options(std::span<char const* const> words) {
    std::size_t at = 1;
    while (at < words.size() && words_of_option(words[at]) != 0) at += words_of_option(words[at]);
    if (at >= words.size()) return print_usage(stderr);
    Verb const* const verb = find_verb(words[at]);
    if (!verb) return unknown_verb(words[at]);
    std::vector<char const*> sorted(words.begin() + 1, words.begin() + static_cast<std::ptrdiff_t>(at));
    sorted.insert(sorted.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
    return verb->run({"vethwork", sorted});
}

int help(std::span<char const* const> words) {
    if (words.empty()) return print_usage(stdout);
    static constexpr char const* ask[] = {"--help"};
    Verb const* const verb = find_verb(words[0]);
    return verb ? verb->run({"vethwork", ask}) : unknown_verb(words[0]);
}

int run(std::span<char const* const> words) {
    std::string_view const called = words.empty() ? "vethwork" : words[0];
    std::string_view const name = called.substr(called.rfind('/') + 1);
    if (Verb const* const verb = find_verb(name)) return verb->run({verb->name, words.subspan(1)});
    if (words.size() < 2) return print_usage(stderr);
    std::string_view const word = words[1];
    if (word == "--help" || word == "-h" || word == "help") return help(words.subspan(2));
    if (word == "--version" || word == "-V" || word == "version") return print_version();
    if (Verb const* const verb = find_verb(word)) return verb->run({"vethwork", words.subspan(2)});
    return words_of_option(word) != 0 ? run_after_options(words) : unknown_verb(word);
}

}  // namespace

std::span<Verb const> all_verbs() { return verbs; }

}  // namespace vethwork::app

int main(int argc, char** argv) { return vethwork::app::run({argv, static_cast<std::size_t>(argc)}); }
