// vethwork ls and status: what is up, and how it is.
#include <algorithm>
#include <ctime>

#include <nlohmann/json.hpp>

#include <vethwork/lab/keeper.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

std::string_view health(lab::Record const& record) {
    if (record.footing == lab::Footing::rootless && (!record.keeper || !lab::is_alive(*record.keeper)))
        return "dead";
    return record.complete ? "up" : "incomplete";
}

std::string time_text(std::int64_t seconds) {
    std::time_t const time = seconds;
    std::tm local{};
    ::localtime_r(&time, &local);
    char text[32];
    std::strftime(text, sizeof text, "%F %T", &local);
    return text;
}

std::vector<lab::ServiceStatus> services_of_record(LabOptions const& options, lab::Record const& record) {
    if (!record.keeper || !lab::is_alive(*record.keeper)) return {};
    auto const all = lab::service_status(ground_of(options).directory(record.name).path_of("keeper.sock"));
    return all ? *all : std::vector<lab::ServiceStatus>();
}

/// How a lab is beside its file.
struct Condition {
    std::string_view health;
    std::vector<lab::ServiceStatus> services;
    plan::Plan drift;  ///< the steps that would mend it
    lab::LeftOut left_out;
    std::vector<std::string> impairments;  ///< "a:eth0 delay 20ms"

    [[nodiscard]] bool is_good() const {
        return drift.empty() && health == "up" &&
               std::ranges::find(services, lab::ServiceState::failed, &lab::ServiceStatus::state) ==
                   services.end();
    }
};

Result<Condition> condition_of(LabOptions const& options, lab::Record const& record,
                               LoadedLab const& loaded) {
    auto const state = health(record);  // from within a space its keeper is another number
    auto services = services_of_record(options, record);
    auto wanted = wanted_of(loaded, options);
    auto limits = lab::limits_out_of_reach(wanted.gear);
    auto running = TRY(lab::open(ground_of(options), record.name));
    auto drift = TRY(lab::drift_of(running, wanted.state, ground_of(options).directory(record.name)));
    drift.left_out.limits = std::move(limits);
    return Condition{state, std::move(services), std::move(drift.steps), std::move(drift.left_out),
                     lab::impairments_of(drift.actual)};
}

Json json_of(lab::Record const& record, Condition const& condition) {
    auto json = Json{{"lab", record.name},
                     {"state", condition.health},
                     {"services", Json::array()},
                     {"impairments", condition.impairments},
                     {"left_out", condition.left_out.all()},
                     {"drift", Json::array()}};
    for (auto const& one : condition.services)
        json["services"].push_back(
            {{"service", one.service}, {"state", lab::name_of(one.state)}, {"pid", one.pid}});
    for (auto const& step : condition.drift.steps)
        json["drift"].push_back({{"node", step.netns},
                                 {"object", step.key},
                                 {"reason", step.reason},
                                 {"mend", plan::describe(step.operation)}});
    return json;
}

void print(lab::Record const& record, Condition const& condition) {
    fmt::print("{}: {}, {} namespaces\n", record.name, condition.health, record.namespaces.size());
    for (auto const& one : condition.services)
        fmt::print("  service {} {}{}\n", one.service, lab::name_of(one.state),
                   one.pid ? fmt::format(" (pid {})", one.pid) : "");
    for (auto const& one : condition.impairments) fmt::print("  impair  {}\n", one);
    for (auto const& step : condition.drift.steps)
        fmt::print("  drift   {}: {} (to {})\n", step.key, step.reason, plan::describe(step.operation));
    auto const& left_out = condition.left_out;
    if (!left_out.empty()) fmt::print("  {}\n", left_out.describe());
    if (condition.is_good()) fmt::print("  {}as its file says\n", left_out.empty() ? "" : "else ");
}

}  // namespace

int run_ls(Invocation const& invocation) {
    OptionSet app("Lists the labs that are up.", "vethwork ls");
    LabOptions options;
    bind_lab_options(app, options);
    if (auto const ended = parse_words(app, invocation, "ls")) return *ended;
    auto const ground = ground_of(options);
    auto const names = lab::list_labs(ground.labs_folder);
    if (!names) return complain_of_lab("ls", names.error());
    auto list = Json::array();
    for (auto const& name : *names) {
        auto const record = ground.directory(name).read();
        if (!record || !*record) continue;
        list.push_back({{"lab", name},
                        {"state", health(**record)},
                        {"namespaces", (*record)->namespaces.size() + (*record)->outside.size() -
                                           ((*record)->machine ? 1 : 0)},
                        {"since", time_text((*record)->created_at)},
                        {"file", (*record)->file}});
    }
    if (options.json) return fmt::print("{}\n", list.dump(1)), status::ok;
    for (auto const& one : list)
        fmt::print("{:<16} {:<10} {:>5} namespaces  since {}  {}\n", one["lab"].get<std::string>(),
                   one["state"].get<std::string>(), one["namespaces"].get<std::size_t>(),
                   one["since"].get<std::string>(), one["file"].get<std::string>());
    return status::ok;
}

int run_status(Invocation const& invocation) {
    OptionSet app("Tells whether a lab is as its file says: services, and what differs.", "vethwork status");
    LabOptions options;
    bind_lab_options(app, options);
    bind_subject(app, options);
    if (auto const ended = parse_words(app, invocation, "status")) return *ended;
    take_subject(options);
    auto const record_or = find_record(options, "status");
    if (auto const* const ended = std::get_if<int>(&record_or)) return *ended;
    auto const& record = std::get<lab::Record>(record_or);
    auto const loaded = load_record(record, options, "status");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    auto const condition = condition_of(options, record, std::get<LoadedLab>(loaded));
    if (!condition) return complain_of_lab("status", condition.error());
    if (options.json)
        fmt::print("{}\n", json_of(record, *condition).dump(1));
    else
        print(record, *condition);
    return condition->is_good() ? status::ok : status::negative;
}

}  // namespace vethwork::app
