// vethwork down: ends a lab and everything of it, whatever state it is in.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "lab/context.hpp"
#include "lab/up.hpp"

namespace vethwork::app {

namespace {

nlohmann::ordered_json json_of(std::string const& name, lab::DownReport const& report) {
    auto ended = nlohmann::ordered_json::array();
    for (auto const& one : report.ended)
        ended.push_back({{"pid", one.pid}, {"command", one.command}, {"node", one.node}});
    auto left = nlohmann::ordered_json::array();
    for (auto const& one : report.left) left.push_back(one.describe());
    return {{"lab", name},
            {"was_up", report.was_up},
            {"namespaces", report.namespaces},
            {"ended", ended},
            {"left", left}};
}

/// A command on one line, and not too long.
std::string one_line(std::string_view command) {
    constexpr std::size_t most = 100;
    auto const line = command.substr(0, command.find('\n'));
    if (line.size() == command.size() && line.size() <= most) return std::string(line);
    std::size_t end = std::min(most, line.size());
    while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
    return std::string(line.substr(0, end)) + "…";
}

void print_text(std::string const& name, lab::DownReport const& report) {
    if (!report.was_up) {
        fmt::print(stderr, "{} is not up: nothing to do.\n", name);
        return;
    }
    for (auto const& one : report.ended)
        fmt::print(stderr, "  ended process {}{}: {}\n", one.pid, one.node.empty() ? "" : " in " + one.node,
                   one_line(one.command));
    fmt::print(stderr, "{} is down: {} namespaces are gone.\n", name, report.namespaces);
}

}  // namespace

namespace {

/// Ends a lab; what it says in JSON is added to a list.
int end_one(std::string const& name, LabOptions const& options, nlohmann::ordered_json& list) {
    auto const report = lab::down(ground_of(options), name);
    if (!report) return complain_of_lab("down", report.error());
    list.push_back(json_of(name, *report));
    if (!options.json && !options.quiet) print_text(name, *report);
    for (auto const& left : report->left) fmt::print(stderr, "vethwork down: left: {}\n", left.describe());
    return report->left.empty() ? status::ok : status::left_over;
}

}  // namespace

int take_down(std::string const& name, LabOptions const& options) {
    nlohmann::ordered_json list;
    int const result = end_one(name, options, list);
    if (options.json && !list.empty()) fmt::print("{}\n", list[0].dump(1));
    return result;
}

int run_down(Invocation const& invocation) {
    OptionSet app("Ends a lab: its services, the processes in its nodes, its namespaces, its files.",
                  "vethwork down");
    LabOptions options;
    bool all = false;
    bind_lab_options(app, options);
    bind_subject(app, options);
    app.add_flag("--all", all, "every lab of this user");
    if (auto const ended = parse_words(app, invocation, "down")) return *ended;
    take_subject(options);
    if (all) {
        int worst = status::ok;
        auto list = nlohmann::ordered_json::array();
        auto const names = lab::list_labs(ground_of(options).labs_folder);
        if (!names) return complain_of_lab("down", names.error());
        for (auto const& name : *names) worst = std::max(worst, end_one(name, options, list));
        if (options.json) fmt::print("{}\n", list.dump(1));
        return worst;
    }
    auto const name = find_lab(options, "down");
    if (auto const* const ended = std::get_if<int>(&name)) return *ended;
    return take_down(std::get<std::string>(name), options);
}

}  // namespace vethwork::app
