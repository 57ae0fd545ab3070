// vethwork export: a lab in the words of other tools.
#include <vethwork/plan/script.hpp>

#include "lab/context.hpp"
#include "lab/up.hpp"

namespace vethwork::app {

int print_script(LoadedLab const& loaded, LabOptions const& options) {
    auto const wanted = wanted_of(loaded, options);
    if (!options.quiet) tell_of_machine(wanted, "up");
    plan::ScriptStyle style{
        .prefix = {}, .file = loaded.path.substr(loaded.path.rfind('/') + 1), .lines = {}};
    for (auto const line : split(loaded.text, '\n')) style.lines.emplace_back(line);
    fmt::print("{}", plan::script_of(plan::make_plan(wanted.state, {}), wanted.state, style));
    return status::ok;
}

int run_export(Invocation const& invocation) {
    OptionSet app(
        "Prints a lab for other tools. `shell` is a script for sh with the commands of ip, bridge, tc, "
        "sysctl and nft\n"
        "that make the lab's network; services and files are not in it.",
        "vethwork export");
    LabOptions options;
    std::string form;
    bind_lab_options(app, options);
    app.add_option("FORM", form, "shell").required().one_of({"shell"});
    bind_file(app, options);
    if (auto const ended = parse_words(app, invocation, "export")) return *ended;
    auto const path = find_file(options, "export");
    if (auto const* const ended = std::get_if<int>(&path)) return *ended;
    auto const loaded = load_file(std::get<std::string>(path), options, "export");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    return print_script(std::get<LoadedLab>(loaded), options);
}

}  // namespace vethwork::app
