// vethwork completion: a script that completes verbs and their options in a shell.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include <vethwork/base/text.hpp>

#include "child_output.hpp"
#include "cli.hpp"

namespace vethwork::app {

namespace {

/// What `vethwork VERB --help` prints.
std::string help_of(Verb const& verb) {
    return output_of_child([&](int writing_end) {
        ::dup2(writing_end, STDOUT_FILENO);
        ::dup2(writing_end, STDERR_FILENO);
        static constexpr char const* words[] = {"--help"};
        (void)verb.run({"vethwork", words});
    });
}

/// Every --word of a help text.
std::set<std::string> options_in(std::string_view help) {
    std::set<std::string> options;
    auto const part_of_word = [](char c) {
        return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    for (std::size_t at = 0; (at = help.find("--", at)) != std::string_view::npos;) {
        auto const end = static_cast<std::size_t>(
            std::find_if_not(help.begin() + static_cast<std::ptrdiff_t>(at), help.end(), part_of_word) -
            help.begin());
        bool const begins = at == 0 || !part_of_word(help[at - 1]);
        if (begins && end > at + 2) options.emplace(help.substr(at, end - at));
        at = std::max(end, at + 2);
    }
    return options;
}

std::string bash_script(std::span<Verb const> verbs) {
    std::string names, cases;
    for (auto const& verb : verbs) {
        names += fmt::format("{}{}", names.empty() ? "" : " ", verb.name);
        auto const options = options_in(help_of(verb));
        if (options.empty()) continue;
        std::vector<std::string> const list(options.begin(), options.end());
        cases += fmt::format("        {}) words=\"{}\" ;;\n", verb.name, join(list, " "));
    }
    return fmt::format(
        "# Completion of vethwork for bash: eval \"$(vethwork completion bash)\"\n"
        "_vethwork() {{\n"
        "    local word=${{COMP_WORDS[COMP_CWORD]}} words=\"\"\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    [[ $word == -* ]] || return\n"
        "    case ${{COMP_WORDS[1]}} in\n"
        "{}"
        "    esac\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
        "}}\n"
        "complete -o default -F _vethwork vethwork\n",
        names, cases);
}

/// zsh takes scripts for bash, told to.
std::string zsh_script(std::span<Verb const> verbs) {
    return "#compdef vethwork\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(verbs);
}

std::string fish_script(std::span<Verb const> verbs) {
    std::string script = "# Completion of vethwork for fish: vethwork completion fish | source\n";
    for (auto const& verb : verbs)
        script += fmt::format("complete -c vethwork -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                              shell_quote(verb.summary));
    for (auto const& verb : verbs)
        for (auto const& option : options_in(help_of(verb)))
            script += fmt::format("complete -c vethwork -n '__fish_seen_subcommand_from {}' -l {}\n",
                                  verb.name, option.substr(2));
    return script;
}

struct Shell {
    std::string_view name;
    std::string (*script)(std::span<Verb const> verbs);
};

constexpr std::array shells{Shell{"bash", bash_script}, Shell{"zsh", zsh_script}, Shell{"fish", fish_script}};

}  // namespace

int run_completion(Invocation const& invocation) {
    OptionSet app("Prints a script that completes verbs and options: eval \"$(vethwork completion bash)\"",
                  "vethwork completion");
    std::string shell = "bash";
    app.add_option("SHELL", shell, "bash, zsh or fish");
    if (auto const ended = parse_words(app, invocation, "completion")) return *ended;
    auto const known = std::ranges::find(shells, shell, &Shell::name);
    if (known == shells.end())
        return complain("completion", usage_error("there is no completion for \"" + shell + "\"",
                                                  "there is one for bash, zsh and fish"));
    fmt::print("{}", known->script(all_verbs()));
    return 0;
}

}  // namespace vethwork::app
