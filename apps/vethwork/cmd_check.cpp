// vethwork check and vethwork plan: what a topology file means, without doing it.
#include <algorithm>

#include <nlohmann/json.hpp>

#include <vethwork/lab/keeper.hpp>
#include <vethwork/plan/script.hpp>

#include "lab/context.hpp"
#include "lab/ruleset_check.hpp"

namespace vethwork::app {

namespace {

/// What `up` would do to a service.
struct ServiceChange {
    std::string node, name;
    std::string_view what, reason;
};

lab::Service const* find_service(std::vector<lab::Service> const& services, lab::Service const& like) {
    auto const found = std::ranges::find_if(services, [&like](lab::Service const& one) {
        return one.node == like.node && one.name == like.name;
    });
    return found == services.end() ? nullptr : &*found;
}

/// The services that run, and how they are; none where the lab is not up.
struct Services {
    std::vector<lab::Service> there;
    std::vector<lab::ServiceStatus> states;

    [[nodiscard]] bool is_good(lab::Service const& service) const {
        return std::ranges::any_of(states, [&service](lab::ServiceStatus const& one) {
            return one.service == service.full_name() && lab::is_as_it_should_be(service, one.state);
        });
    }
};

Services running_services(std::string const& name, LabOptions const& options) {
    auto const directory = ground_of(options).directory(name);
    auto const record = directory.read();
    if (!record || !*record || !(*record)->keeper || !lab::is_alive(*(*record)->keeper)) return {};
    auto const loaded = load_record_silently(**record);
    auto states = lab::service_status(directory.path_of("keeper.sock"));
    if (!loaded || !states) return {};
    return {services_of(*loaded, (*record)->footing), *std::move(states)};
}

std::vector<ServiceChange> service_changes(std::vector<lab::Service> const& wanted, Services const& running) {
    std::vector<ServiceChange> changes;
    for (auto const& one : wanted) {
        auto const* const there = find_service(running.there, one);
        if (!there)
            changes.push_back({one.node, one.name, "start", "is wanted, and not there"});
        else if (*there != one)
            changes.push_back({one.node, one.name, "restart", "is there, and not as wanted"});
        else if (!running.is_good(one))
            changes.push_back({one.node, one.name, "start", "has failed or ended"});
    }
    for (auto const& one : running.there)
        if (!find_service(wanted, one))
            changes.push_back({one.node, one.name, "stop", "is there, and not wanted"});
    return changes;
}

int print_plan(LoadedLab const& loaded, plan::Plan const& plan, std::vector<ServiceChange> const& services,
               LabOptions const& options) {
    if (options.json) {
        auto list = nlohmann::ordered_json::array();
        for (auto const& step : plan.steps)
            list.push_back({{"node", step.netns},
                            {"what", plan::describe(step.operation)},
                            {"command", plan::command_of(step, loaded.state, {})},
                            {"object", step.key},
                            {"reason", step.reason}});
        for (auto const& one : services)
            list.push_back({{"node", one.node},
                            {"what", fmt::format("{} service \"{}\"", one.what, one.name)},
                            {"command", ""},
                            {"object", one.node + "/service/" + one.name},
                            {"reason", one.reason}});
        fmt::print("{}\n", list.dump(1));
        return status::ok;
    }
    for (auto const& step : plan.steps)
        fmt::print("{}: {}  ({})\n", step.netns, plan::describe(step.operation), step.reason);
    for (auto const& one : services)
        fmt::print("{}: {} service \"{}\"  ({})\n", one.node, one.what, one.name, one.reason);
    auto const count = plan.steps.size() + services.size();
    fmt::print("{} step{}.\n", count, count == 1 ? "" : "s");
    return status::ok;
}

/// What is in the file, and no verb does yet.
void tell_not_carried_out(topology::Lab const& lab) {
    if (!lab.scenarios.empty())
        fmt::print(stderr, "  `scenarios` ({}): read and checked; nothing plays them yet\n",
                   lab.scenarios.size());
}

}  // namespace

int run_check(Invocation const& invocation) {
    OptionSet app("Checks a topology file: everything that can be known without making it.",
                  "vethwork check");
    LabOptions options;
    bind_lab_options(app, options);
    bind_file(app, options);
    if (auto const ended = parse_words(app, invocation, "check")) return *ended;
    auto const path = find_file(options, "check");
    if (auto const* const ended = std::get_if<int>(&path)) return *ended;
    auto const loaded = load_file(std::get<std::string>(path), options, "check");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    auto const& lab = std::get<LoadedLab>(loaded).lab;
    auto const rulesets = check_rulesets(std::get<LoadedLab>(loaded));
    if (!rulesets.complaints.empty()) return show_complaints(rulesets.complaints, options), status::usage;
    if (!rulesets.why_not.empty() && !options.quiet)
        fmt::print(stderr, "vethwork check: nft text was not tried: {}\n", rulesets.why_not);
    if (!options.quiet && !options.json)
        fmt::print(stderr, "{}: {} nodes, {} links, {} segments: good.\n", lab.name, lab.nodes.size(),
                   lab.links.size(), lab.segments.size());
    if (!options.quiet && !options.json) tell_not_carried_out(lab);
    if (!options.quiet) tell_of_machine(wanted_of(std::get<LoadedLab>(loaded), options), "check");
    if (options.json) show_complaints(std::get<LoadedLab>(loaded).warnings, options);
    return status::ok;
}

int run_plan(Invocation const& invocation) {
    OptionSet app("Shows what `up` would do: everything, or for a lab that is up the differences.",
                  "vethwork plan");
    LabOptions options;
    bool exit_code = false;
    bind_lab_options(app, options);
    bind_file(app, options);
    app.add_flag("--exit-code", exit_code, "exit with 1 where there is something to do");
    if (auto const ended = parse_words(app, invocation, "plan")) return *ended;
    auto const path = find_file(options, "plan");
    if (auto const* const ended = std::get_if<int>(&path)) return *ended;
    auto const loaded_or = load_file(std::get<std::string>(path), options, "plan");
    if (auto const* const ended = std::get_if<int>(&loaded_or)) return *ended;
    auto const& loaded = std::get<LoadedLab>(loaded_or);
    auto wanted = wanted_of(loaded, options);
    if (!options.quiet) tell_of_machine(wanted, "plan");
    auto const services = service_changes(wanted.services, running_services(loaded.lab.name, options));
    plan::Plan plan;
    if (auto running = lab::open(ground_of(options), loaded.lab.name)) {
        auto drift = lab::drift_of(*running, wanted.state, ground_of(options).directory(loaded.lab.name));
        if (!drift) return complain_of_lab("plan", drift.error());
        if (!options.quiet) tell_left_out(drift->left_out, "plan");
        plan = std::move(drift->steps);
    } else {
        plan = plan::make_plan(wanted.state, {});
    }
    print_plan(loaded, plan, services, options);
    return exit_code && (!plan.empty() || !services.empty()) ? status::negative : status::ok;
}

}  // namespace vethwork::app
