#include "lab/context.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include <vethwork/lab/machine.hpp>
#include <vethwork/observe/names.hpp>
#include <vethwork/plan/written_interfaces.hpp>
#include <vethwork/plan/written_routes.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/decode.hpp>
#include <vethwork/topology/nat_way_out.hpp>
#include <vethwork/topology/read_lab.hpp>

#include "lab/way_out.hpp"

namespace vethwork::app {

void show_complaints(std::vector<topology::Complaint> const& complaints, LabOptions const& options) {
    if (!options.json) {
        for (auto const& complaint : complaints) fmt::print(stderr, "{}", complaint.to_text());
        return;
    }
    auto list = nlohmann::ordered_json::array();
    for (auto const& one : complaints)
        list.push_back({{"severity", one.severity == topology::Severity::error ? "error" : "warning"},
                        {"code", one.code},
                        {"file", one.file},
                        {"line", one.place.line},
                        {"column", one.place.column},
                        {"message", one.message},
                        {"hint", one.hint}});
    fmt::print("{}\n", list.dump(1));
}

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".vethwork.yaml";

std::string variable(char const* name) {
    char const* const value = std::getenv(name);
    return value ? value : "";
}

int complain_usage(std::string_view verb, std::string const& what, std::string const& hint) {
    (void)complain(verb, usage_error(what, hint));
    return status::usage;
}

/// Topology files of a folder, by name.
std::vector<std::string> files_in(fs::path const& folder) {
    std::vector<std::string> files;
    std::error_code code;
    for (auto const& entry : fs::directory_iterator(folder, code))
        if (entry.path().string().ends_with(suffix)) files.push_back(entry.path().string());
    std::ranges::sort(files);
    return files;
}

/// Files named in a topology file are relative to it.
topology::FileReader reader_beside(std::string const& path) {
    return [folder = fs::path(path).parent_path()](std::string const& name) -> std::optional<std::string> {
        auto const text = read_file(fs::path(name).is_absolute() ? name : (folder / name).string());
        if (!text) return {};
        return *text;
    };
}

OrStatus<topology::Overrides> overrides_of(std::vector<std::string> const& variables, std::string_view verb) {
    topology::Overrides overrides;
    for (auto const& one : variables) {
        auto const equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            return complain_usage(verb, "--var " + one + " has no value", "as in --var k=6");
        overrides.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    }
    return overrides;
}

/// A lab, and what is to be said about it; it is good only without an error among that.
struct Understood {
    LoadedLab loaded;
    std::vector<topology::Complaint> complaints;
    bool is_good = false;
};

Understood understand(std::string const& path, std::string text, topology::Overrides const& overrides) {
    auto reading =
        topology::read_lab(fs::path(path).filename().string(), text, reader_beside(path), overrides);
    LoadedLab loaded{.path = path, .text = std::move(text)};
    if (reading.lab) {
        loaded.lab = std::move(*reading.lab);
        loaded.state = topology::wanted_state(loaded.lab);
        topology::Names names([](topology::NameKind kind) { return observe::load_names(kind).names; });
        for (auto const& more : {plan::complete_interfaces(loaded.lab, loaded.state, names),
                                 plan::add_written_routes(loaded.lab, loaded.state, names)})
            reading.complaints.insert(reading.complaints.end(), more.begin(), more.end());
    }
    bool const wrong = std::ranges::any_of(reading.complaints, [](topology::Complaint const& complaint) {
        return complaint.severity == topology::Severity::error;
    });
    return {std::move(loaded), std::move(reading.complaints), reading.lab.has_value() && !wrong};
}

OrStatus<LoadedLab> load(std::string const& path, std::string text, std::vector<std::string> const& variables,
                         LabOptions const& options, std::string_view verb) {
    auto const overrides = overrides_of(variables, verb);
    if (auto const* const ended = std::get_if<int>(&overrides)) return *ended;
    auto understood = understand(path, std::move(text), std::get<topology::Overrides>(overrides));
    if (!understood.is_good) return show_complaints(understood.complaints, options), status::usage;
    auto loaded = std::move(understood.loaded);
    loaded.warnings = std::move(understood.complaints);
    if (!options.quiet)  // stdout is the answer's
        for (auto const& warning : loaded.warnings) fmt::print(stderr, "{}", warning.to_text());
    return loaded;
}

/// Whether a node's own file or folder can be: over one of this machine, below /run, or in a folder of its
/// own.
bool has_place(topology::LabNode const& node, std::string const& path) {
    std::error_code code;
    if (path.starts_with("/run/") || path.starts_with("/var/run/") || fs::exists(path, code)) return true;
    return std::ranges::any_of(node.private_folders,
                               [&path](auto const& folder) { return path.starts_with(folder + "/"); });
}

void check_places(topology::LabNode const& node, topology::Complaints& complaints) {
    auto const complain_of = [&](std::string const& path, topology::Place const& place, std::string hint) {
        if (!has_place(node, path))
            complaints.error("E223", place,
                             fmt::format("'{}' is not there, and so nothing can be put over it", path),
                             std::move(hint));
    };
    for (auto const& file : node.files)
        complain_of(file.path, file.place,
                    "make an empty file there, or name one below /run or a `private` folder");
    for (auto const& folder : node.private_folders)
        complain_of(folder, node.place, "make that folder, or name one below /run");
}

void check_sources(topology::LabNode const& node, fs::path const& folder, topology::Complaints& complaints) {
    std::error_code code;
    if (!node.netns_path.empty() && !fs::exists(node.netns_path, code))
        complaints.error(
            "E223", node.place,
            fmt::format("'{}' is to be the namespace '{}', which is not there", node.name, node.netns_path),
            "ip netns add makes namespaces of /run/netns");
    for (auto const& file : node.files)
        if (!file.source.empty() && !fs::exists(folder / file.source, code))
            complaints.error("E223", file.place,
                             fmt::format("'{}' is to come from '{}', which is not there", file.path,
                                         (folder / file.source).string()));
}

/// Complaints of what the file speaks of and this machine does not have.
std::vector<topology::Complaint> missing_files(LoadedLab const& loaded) {
    topology::Complaints complaints(loaded.lab.sources);
    for (auto const& node : loaded.lab.nodes) {
        check_sources(node, fs::path(loaded.path).parent_path(), complaints);
        check_places(node, complaints);
    }
    return complaints.take();
}

int complain_of_choice(std::string_view verb, std::string const& what,
                       std::vector<std::string> const& choices, std::string const& none_hint,
                       int exit_status) {
    std::string hint = none_hint;
    if (!choices.empty()) hint = "one of: " + join(choices, ", ");
    (void)complain(verb, lookup_error(what, hint));
    return exit_status;
}

}  // namespace

std::string_view line_of(LoadedLab const& loaded, topology::Origin const& origin) {
    auto const& sources = loaded.lab.sources;
    for (std::uint16_t i = 0; i < sources.size(); ++i)
        if (sources.name(i) == origin.file) return sources.line(i, origin.line);
    return {};
}

void bind_lab_options(OptionSet& app, LabOptions& options) {
    app.add_option("-f,--file", options.file, "the topology file (the only *.vethwork.yaml of this folder)");
    app.add_option("-l,--lab", options.lab, "the running lab of this name");
    app.add_option("-C", options.folder, "look for the file in this folder");
    app.add_option("--var", options.variables, "NAME=VALUE for the file's `vars`").one_each_time();
    app.add_flag("-j,--json", options.json, "answer in JSON");
    app.add_flag("-q,--quiet", options.quiet, "say only what went wrong");
    app.add_flag("-v,--verbose", options.verbose, "say more");
    app.add_flag("--rootless", options.rootless, "in a user namespace, also as root");
}

void bind_file(OptionSet& app, LabOptions& options) {
    app.add_option("FILE", options.file, "the topology file").excludes("-l").excludes("-f");
}

void bind_subject(OptionSet& app, LabOptions& options) {
    app.add_option("LAB", options.subject, "the running lab, by its name or its topology file")
        .excludes("-l")
        .excludes("-f");
}

void take_subject(LabOptions& options) {
    if (options.subject.empty()) return;
    bool const is_file = options.subject.ends_with(".yaml") || options.subject.ends_with(".yml") ||
                         options.subject.find('/') != std::string::npos;
    (is_file ? options.file : options.lab) = std::exchange(options.subject, {});
}

namespace {

/// The user who started this: in a lab's space this process is root, whoever that was.
uid_t caller() {
    static uid_t const uid = ::geteuid();
    return uid;
}

}  // namespace

lab::Ground ground_of(LabOptions const& options) {
    uid_t const uid = caller();
    bool const rootless = uid != 0 || options.rootless;
    auto folder = lab::labs_folder(uid, variable("XDG_RUNTIME_DIR"));
    if (uid == 0 && rootless) folder += "/rootless";
    return {.labs_folder = folder, .footing = rootless ? lab::Footing::rootless : lab::Footing::root};
}

namespace {

fs::path folder_of(LabOptions const& options) {
    return options.folder.empty() ? fs::current_path() : fs::path(options.folder);
}

/// Whether a file is asked for, or there are some to choose from here, and no running lab by its name.
bool is_about_files(LabOptions const& options) {
    return options.lab.empty() && (!options.file.empty() || !files_in(folder_of(options)).empty());
}

/// Whether a running lab is meant by its file: -f, or the only one of the folder.
bool is_meant_by_file(LabOptions const& options) {
    return options.lab.empty() && (!options.file.empty() || files_in(folder_of(options)).size() == 1);
}

}  // namespace

OrStatus<std::string> find_file(LabOptions const& options, std::string_view verb) {
    auto const folder = folder_of(options);
    if (!options.file.empty()) {
        auto const path =
            fs::path(options.file).is_absolute() ? fs::path(options.file) : folder / options.file;
        if (fs::exists(path)) return fs::absolute(path).lexically_normal().string();
        return complain_of_choice(verb, "there is no file \"" + options.file + "\"", files_in(folder), "",
                                  status::not_found);
    }
    auto const files = files_in(folder);
    if (files.size() == 1) return fs::absolute(files[0]).lexically_normal().string();
    return complain_of_choice(verb,
                              files.empty() ? "there is no *.vethwork.yaml in this folder"
                                            : "this folder has several topology files",
                              files, "name one with -f FILE, or make one with `vethwork new`",
                              status::not_found);
}

OrStatus<LoadedLab> load_file(std::string const& path, LabOptions const& options, std::string_view verb) {
    auto text = read_file(path);
    if (!text) {
        (void)complain(verb, text.error());
        return status::not_found;
    }
    auto loaded = load(path, std::move(*text), options.variables, options, verb);
    if (std::holds_alternative<int>(loaded)) return loaded;
    auto const missing = missing_files(std::get<LoadedLab>(loaded));
    if (missing.empty()) return loaded;
    show_complaints(missing, options);
    return status::usage;
}

OrStatus<LoadedLab> load_text(std::string const& path, std::string const& text, LabOptions const& options,
                              std::string_view verb) {
    auto quiet = options;
    quiet.quiet = true;
    return load(path, text, options.variables, quiet, verb);
}

OrStatus<LoadedLab> load_record(lab::Record const& record, LabOptions const& options, std::string_view verb) {
    auto quiet = options;
    quiet.quiet = true;
    return load(record.file, record.text, record.variables, quiet, verb);
}

std::optional<LoadedLab> load_record_silently(lab::Record const& record) {
    auto const overrides = overrides_of(record.variables, "why");
    if (std::holds_alternative<int>(overrides)) return {};
    auto understood = understand(record.file, record.text, std::get<topology::Overrides>(overrides));
    if (!understood.is_good) return {};
    return std::move(understood.loaded);
}

namespace {

/// What stands behind "name:" at the beginning of a line: most likely the name of the lab.
std::string written_name(std::string_view text) {
    constexpr std::string_view key = "name:";
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        if (line.starts_with(key))
            return std::string(trim(line.substr(key.size(), line.find('#') - key.size())));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
}

/// The same of a file. It is near the beginning as a rule: a long file is seldom read whole.
std::string name_written_in(std::string const& path) {
    constexpr std::size_t near = 4096;
    auto text = read_beginning(path, near);
    if (!text) return {};
    bool const is_all = text->size() < near;
    if (!is_all) text->resize(text->rfind('\n') + 1);  // whole lines, if any
    auto name = written_name(*text);
    if (!name.empty() || is_all) return name;
    auto const all = read_file(path);
    return all ? written_name(*all) : "";
}

/// The running lab of a name, where it was brought up from a file.
std::optional<lab::Record> record_of(std::string const& name, std::string const& path,
                                     LabOptions const& options, lab::Reading what) {
    if (name.empty() || name.find('/') != std::string::npos) return {};
    auto record = ground_of(options).directory(name).read(what);
    if (!record || !*record || (*record)->file != path) return {};
    return *std::move(record);
}

/// The running lab that was brought up from a file, whatever is in the file now: to read and check it would
/// tell nothing new, takes longer than to start a program in a node, and may fail. Nothing where there are
/// several.
std::optional<lab::Record> record_of_file(std::string const& path, LabOptions const& options,
                                          lab::Reading what) {
    if (auto record = record_of(name_written_in(path), path, options, what)) return record;
    std::optional<lab::Record> found;
    auto const names = lab::list_labs(ground_of(options).labs_folder);
    for (auto const& name : names ? *names : std::vector<std::string>()) {
        auto record = record_of(name, path, options, what);
        if (record && found) return {};
        if (record) found = std::move(record);
    }
    return found;
}

}  // namespace

OrStatus<std::string> find_lab(LabOptions const& options, std::string_view verb) {
    if (!options.lab.empty()) {
        if (auto const named = lab::check_lab_name(options.lab); !named)
            return complain_of_lab(verb, named.error());
        return options.lab;
    }
    if (is_meant_by_file(options)) {
        auto const path = find_file(options, verb);
        if (auto const* const ended = std::get_if<int>(&path)) return *ended;
        if (auto const record =
                record_of_file(std::get<std::string>(path), options, lab::Reading::without_text))
            return record->name;
        auto quiet = options;
        quiet.quiet = true;
        auto const loaded = load_file(std::get<std::string>(path), quiet, verb);
        if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
        return std::get<LoadedLab>(loaded).lab.name;
    }
    auto const running = lab::list_labs(ground_of(options).labs_folder);
    auto const names = running ? *running : std::vector<std::string>();
    if (names.size() == 1) return names[0];
    return complain_of_choice(verb, names.empty() ? "no lab is up" : "several labs are up", names,
                              "`vethwork up` brings one up", status::not_found);
}

OrStatus<lab::Record> find_record(LabOptions const& options, std::string_view verb, lab::Reading what) {
    if (is_meant_by_file(options)) {
        auto const path = find_file(options, verb);
        if (auto const* const ended = std::get_if<int>(&path)) return *ended;
        if (auto record = record_of_file(std::get<std::string>(path), options, what))
            return *std::move(record);
    }
    auto const name = find_lab(options, verb);
    if (auto const* const ended = std::get_if<int>(&name)) return *ended;
    auto record = ground_of(options).directory(std::get<std::string>(name)).read(what);
    if (!record) return complain_of_lab(verb, record.error());
    if (*record) return **std::move(record);
    return complain_of_lab(verb, lookup_error("lab \"" + std::get<std::string>(name) + "\" is not up",
                                              "`vethwork up` brings it up"));
}

OrStatus<LoadedLab> load_anew(LabOptions const& options, std::string_view verb) {
    if (is_about_files(options)) {
        auto const path = find_file(options, verb);
        if (auto const* const ended = std::get_if<int>(&path)) return *ended;
        return load_file(std::get<std::string>(path), options, verb);
    }
    auto const record = find_record(options, verb);
    if (auto const* const ended = std::get_if<int>(&record)) return *ended;
    auto as_before = options;
    if (options.variables.empty()) as_before.variables = std::get<lab::Record>(record).variables;
    return load_file(std::get<lab::Record>(record).file, as_before, verb);
}

OrStatus<LoadedLab> load_meant(LabOptions const& options, std::string_view verb) {
    bool const of_file = is_about_files(options);
    auto const name = of_file ? find_file(options, verb) : find_lab(options, verb);
    if (auto const* const ended = std::get_if<int>(&name)) return *ended;
    auto const& found = std::get<std::string>(name);
    auto plain = options;
    plain.json = false;  // stdout is the answer's; complaints go to stderr
    if (of_file) return load_file(found, plain, verb);
    auto const record = ground_of(options).directory(found).read();
    if (!record) return complain_of_lab(verb, record.error());
    if (!*record) return complain_of_lab(verb, lookup_error("lab \"" + found + "\" is not up"));
    return load_record(**record, options, verb);
}

int complain_of_lab(std::string_view verb, Error const& error) {
    (void)complain(verb, error);
    switch (error.fault) {
        case Fault::usage:
            return status::usage;
        case Fault::lookup:
            return status::not_found;
        case Fault::limit:
            return status::machine;
        case Fault::kernel:
        case Fault::system:
        case Fault::malformed:
            break;
    }
    return status::negative;
}

OrStatus<std::vector<std::string>> select_nodes(topology::Lab const& lab, std::string const& selector,
                                                std::string_view verb) {
    std::set<std::string> wanted;
    for (auto const part : split(selector, ',')) {
        std::size_t const before = wanted.size();
        for (auto const& node : lab.nodes) {
            bool const by_tag =
                part.starts_with("tag:") && std::ranges::find(node.tags, part.substr(4)) != node.tags.end();
            if (part == "all" || by_tag || topology::matches_pattern(node.name, part))
                wanted.insert(node.name);
        }
        if (wanted.size() != before) continue;
        std::vector<std::string_view> names;
        for (auto const& node : lab.nodes) names.push_back(node.name);
        (void)complain(verb, lookup_error(fmt::format("no node of lab \"{}\" is \"{}\"", lab.name, part),
                                          topology::did_you_mean(part, names)));
        return status::not_found;
    }
    std::vector<std::string> chosen;
    for (auto const& node : lab.nodes)
        if (wanted.contains(node.name)) chosen.push_back(node.name);
    return chosen;
}

namespace {

lab::ReadyBy ready_by(topology::ReadyKind kind) {
    switch (kind) {
        case topology::ReadyKind::at_once:
            return lab::ReadyBy::start;
        case topology::ReadyKind::tcp:
            return lab::ReadyBy::tcp;
        case topology::ReadyKind::udp:
            return lab::ReadyBy::udp;
        case topology::ReadyKind::unix_:
            return lab::ReadyBy::unix_path;
        case topology::ReadyKind::file:
            return lab::ReadyBy::file;
        case topology::ReadyKind::log:
            return lab::ReadyBy::log;
        case topology::ReadyKind::http:
            return lab::ReadyBy::http;
        case topology::ReadyKind::exec:
            return lab::ReadyBy::exec;
    }
    return lab::ReadyBy::start;
}

std::string ready_what(topology::Readiness const& ready) {
    using topology::ReadyKind;
    if (ready.kind == ReadyKind::tcp || ready.kind == ReadyKind::udp) return std::to_string(ready.port);
    if (ready.kind != ReadyKind::exec) return ready.text;
    std::vector<std::string> words;
    for (auto const& word : ready.argv) words.push_back(shell_quote(word));
    return join(words, " ");
}

lab::Restart restart_of(topology::Restart restart) {
    switch (restart) {
        case topology::Restart::no:
            return lab::Restart::never;
        case topology::Restart::on_failure:
            return lab::Restart::on_failure;
        case topology::Restart::always:
            return lab::Restart::always;
    }
    return lab::Restart::never;
}

std::chrono::milliseconds milliseconds(topology::Duration duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::nanoseconds(duration.nanoseconds));
}

lab::Service service_of(LoadedLab const& loaded, topology::LabNode const& node,
                        topology::Service const& service) {
    lab::Service one{.node = node.name, .name = service.name};
    one.argv = service.argv.empty() ? std::vector<std::string>{"/bin/sh", "-eu", "-c", service.script}
                                    : service.argv;
    for (auto const& [name, value] : node.env) one.env[name] = value.text;
    for (auto const& [name, value] : service.env) one.env[name] = value.text;
    auto const folder = fs::path(loaded.path).parent_path();
    one.dir = service.dir.empty() ? folder.string() : (folder / service.dir).string();
    one.user = service.user;
    one.ready_by = ready_by(service.ready.kind);
    one.ready_what = ready_what(service.ready);
    one.ready_within = milliseconds(service.ready.within);
    for (auto const& [other, name] : service.after)
        one.after.push_back(loaded.lab.nodes[other].name + "/" + name);
    one.restart = restart_of(service.restart);
    one.stop_within = milliseconds(service.stop);
    return one;
}

lab::NodeGear gear_of(LoadedLab const& loaded, topology::LabNode const& node) {
    lab::NodeGear gear;
    for (auto const& [name, value] : node.env) gear.env[name] = value.text;
    gear.folders = node.private_folders;
    auto const folder = fs::path(loaded.path).parent_path();
    for (auto const& file : node.files)
        gear.files.push_back({.path = file.path,
                              .text = file.text,
                              .source = file.source.empty() ? "" : (folder / file.source).string(),
                              .mode = file.mode});
    std::string resolvers;
    for (auto const& server : node.dns) resolvers += "nameserver " + server.to_string() + "\n";
    if (!resolvers.empty()) gear.files.push_back({.path = "/etc/resolv.conf", .text = resolvers});
    gear.limits = {node.limits.memory, node.limits.cpu_percent, node.limits.processes, node.limits.files};
    return gear;
}

}  // namespace

std::vector<lab::Service> services_of(LoadedLab const& loaded, lab::Footing footing) {
    std::vector<lab::Service> services;
    for (auto const& node : loaded.lab.nodes)
        for (auto const& service : node.services) services.push_back(service_of(loaded, node, service));
    if (auto out = way_out_service(loaded, footing)) services.insert(services.begin(), *std::move(out));
    return services;
}

void tell_of_machine(lab::Wanted const& wanted, std::string_view verb) {
    if (wanted.record.machine)
        fmt::print(stderr, "vethwork {}: {}\n", verb, describe(*wanted.record.machine));
}

void tell_left_out(lab::LeftOut const& left_out, std::string_view verb) {
    if (left_out.empty()) return;
    fmt::print(stderr, "vethwork {}: {}\n  hint: {}\n", verb, left_out.describe(), left_out.hint());
}

lab::Wanted wanted_of(LoadedLab const& loaded, LabOptions const& options) {
    lab::Wanted wanted{.record = {.name = loaded.lab.name,
                                  .file = loaded.path,
                                  .text = loaded.text,
                                  .variables = options.variables,
                                  .real_host = options.real_host},
                       .state = loaded.state,
                       .services = services_of(loaded, ground_of(options).footing)};
    for (auto& netns : wanted.state.namespaces)
        if (netns.outside && netns.path.empty() && netns.name != topology::machine_namespace &&
            !options.real_host && caller() == 0 && !options.rootless)
            netns.outside = false;
    if (topology::leads_through_machine(loaded.lab))
        if (auto share = lab::survey_machine(ground_of(options), loaded.lab.name)) {
            lab::complete_machine(wanted.state, loaded.lab.name, *share);
            wanted.record.machine = *std::move(share);
        }
    wanted.hosts = topology::hosts_text(loaded.lab);
    for (auto const& node : loaded.lab.nodes) {
        auto gear = gear_of(loaded, node);
        if (!gear.env.empty() || !gear.files.empty() || !gear.folders.empty() || gear.limits != lab::Limits{})
            wanted.gear[node.name] = std::move(gear);
    }
    return wanted;
}

}  // namespace vethwork::app
