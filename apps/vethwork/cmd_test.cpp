// vethwork test: whether what a lab's file says must hold does.
#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/decode.hpp>

#include "interruptible.hpp"
#include "lab/context.hpp"
#include "lab/expectation.hpp"
#include "lab/faults.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

bool is_chosen(std::string const& title, std::vector<std::string> const& names) {
    return names.empty() || std::ranges::any_of(names, [&](std::string const& name) {
               return title == name || topology::matches_pattern(title, name);
           });
}

Json result_of(topology::LabTest const& test, LoadedLab const& loaded, lab::Record const& record,
               LabOptions const& options) {
    using std::chrono::steady_clock;
    auto const begin = steady_clock::now();
    auto const outcome = carry_out(test, loaded, record, options);
    return {{"name", title_of(loaded.lab, test)},
            {"kind", kind_of(test)},
            {"line", test.place.line},
            {"result", name_of(outcome.result)},
            {"text", outcome.text},
            {"elapsed_ms", std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count()}};
}

void print_line(Json const& one) {
    auto const result = one["result"].get<std::string>();
    fmt::print("{} {}{}{}\n",
               result == "holds"   ? "✓"
               : result == "fails" ? "✗"
                                   : "-",
               one["name"].get<std::string>(), result == "left out" ? "  left out: " : "  ",
               one["text"].get<std::string>());
    std::fflush(stdout);
}

std::ptrdiff_t count_of(Json const& results, std::string_view result) {
    return std::ranges::count_if(results, [&](Json const& one) { return one["result"] == result; });
}

/// Where some fail, that may be why.
void tell_of_netem(LoadedLab const& loaded, LabOptions const& options) {
    auto const left = links_not_impaired(loaded, options);
    if (left != 0)
        fmt::print(
            stderr,
            "vethwork test: this kernel has no netem, so {} link end{} not impaired; what tests say of "
            "time, loss and rate cannot hold\n",
            left, left == 1 ? " is" : "s are");
}

}  // namespace

int run_test(Invocation const& invocation) {
    OptionSet app(
        "Carries out the `tests` of a running lab's file: a line for each. The faults of `given` are set\n"
        "before and undone after a test, by making the lab as its file says.",
        "vethwork test");
    LabOptions options;
    std::vector<std::string> names;
    bind_lab_options(app, options);
    app.add_option("NAMES", names, "only tests of these names or patterns");
    app.footer(
        "Exit status: 0 none fails; 1 one does; 2 bad usage; 4 no such lab, or no such test; 128 and the\n"
        "number of a signal that ended it, which finds no fault left either.");
    if (auto const ended = parse_words(app, invocation, "test")) return *ended;
    auto const record_or = find_record(options, "test");
    if (auto const* const ended = std::get_if<int>(&record_or)) return *ended;
    auto const& record = std::get<lab::Record>(record_or);
    auto const loaded_or = load_record(record, options, "test");
    if (auto const* const ended = std::get_if<int>(&loaded_or)) return *ended;
    auto const& loaded = std::get<LoadedLab>(loaded_or);
    options.variables = record.variables;
    options.real_host = record.real_host;
    auto results = Json::array();
    for (auto const& test : loaded.lab.tests) {
        if (!is_chosen(title_of(loaded.lab, test), names)) continue;
        results.push_back(result_of(test, loaded, record, options));
        if (!options.json && !options.quiet) print_line(results.back());
        if (auto const signal = Interruptible::signal()) return 128 + signal;
    }
    if (results.empty())
        return complain_of_lab("test", lookup_error(names.empty() ? "the lab's file has no `tests`"
                                                                  : "no test of the lab is called so"));
    auto const failed = count_of(results, "fails");
    if (failed != 0 && !options.quiet) tell_of_netem(loaded, options);
    if (options.json)
        fmt::print("{}\n", Json{{"lab", loaded.lab.name}, {"tests", results}}.dump(1));
    else
        fmt::print("{} hold, {} fail, {} left out.\n", count_of(results, "holds"), failed,
                   count_of(results, "left out"));
    return failed == 0 ? status::ok : status::negative;
}

}  // namespace vethwork::app
