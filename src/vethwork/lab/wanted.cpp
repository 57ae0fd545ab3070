#include <vethwork/lab/wanted.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include <vethwork/apply/offload.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/lab/keeper.hpp>
#include <vethwork/lab/outside.hpp>
#include <vethwork/lab/service_json.hpp>
#include <vethwork/lab/space.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

namespace fs = std::filesystem;

Result<> write_below(Directory const& directory, std::string const& file, std::string_view text) {
    std::error_code code;
    fs::create_directories(fs::path(directory.path_of(file)).parent_path(), code);
    if (code) return system_error(code.value(), "make a folder for \"" + directory.path_of(file) + "\"");
    return write_file(directory.path_of(file), text);
}

}  // namespace

Result<NewKeeper> start_keeper(Directory const& directory, Footing footing, Reach reach) {
    Fd const listener = TRY(listen_for_commands(directory.path_of("keeper.sock")));
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("make a pipe");
    Fd const theirs(ends[0]);
    Fd ours(ends[1]);
    std::vector<int> open{listener.get(), theirs.get()};
    std::function<void()> outside;
    OutsideLine line;
    if (reach == Reach::outside && footing == Footing::rootless) {
        line = TRY(make_outside_line());
        open.insert(open.end(), {line.keeper.get(), line.hand.get()});
        outside = [&line] {
            line.keeper.reset();
            serve_outside(line.hand.get());
        };
    }
    auto const life = [&] {
        line.hand.reset();
        return keep(listener.get(), theirs.get(), outside ? std::optional(line.keeper.get()) : std::nullopt);
    };
    auto const process =
        TRY(footing == Footing::rootless ? start_space(life, open, outside) : start_daemon(life, open));
    return NewKeeper(process, std::move(ours));
}

namespace {

using Binds = std::vector<std::pair<std::string, std::string>>;

/// Where in the lab's folder a place within one of a node's own folders is.
std::optional<std::string> own_place(std::string const& node, NodeGear const& gear, std::string const& path) {
    for (std::size_t i = 0; i < gear.folders.size(); ++i)
        if (path.starts_with(gear.folders[i] + "/"))
            return "private/" + node + "/" + std::to_string(i) + path.substr(gear.folders[i].size());
    return {};
}

Result<> write_with_mode(Directory const& directory, std::string const& place, NodeFile const& file) {
    auto const text = file.source.empty() ? file.text : TRY(read_file(file.source));
    TRY(write_below(directory, place, text));
    auto const path = directory.path_of(place);
    if (::chmod(path.c_str(), file.mode) != 0) return system_error("set the mode of \"" + path + "\"");
    return {};
}

/// The folders and files of one node, in the lab's folder; where each is to be seen.
Result<Binds> write_files(Directory const& directory, std::string const& node, NodeGear const& gear) {
    Binds binds;
    for (auto const& folder : gear.folders) {
        auto const path = directory.path_of("private/" + node + "/" + std::to_string(binds.size()));
        std::error_code code;
        fs::create_directories(path, code);
        if (code) return system_error(code.value(), "make the folder \"" + path + "\"");
        binds.emplace_back(path, folder);
    }
    for (auto const& file : gear.files) {
        if (auto const place = own_place(node, gear, file.path)) {
            TRY(write_with_mode(directory, *place, file));
            continue;
        }
        std::string from = file.source;
        if (from.empty()) {
            auto const name = "files/" + node + "/" + std::to_string(binds.size());
            TRY(write_with_mode(directory, name, file));
            from = directory.path_of(name);
        }
        binds.emplace_back(std::move(from), file.path);
    }
    return binds;
}

/// The names of all nodes. A bare machine that has no /etc/hosts has no place for them.
void bind_names(Directory const& directory, Binds& binds) {
    constexpr char const* place = "/etc/hosts";
    std::error_code code;
    if (fs::exists(place, code)) binds.emplace_back(directory.path_of("etc/hosts"), place);
}

std::string gear_file(std::string const& node) { return "gear/" + node + ".json"; }

void finish(Service& service, Wanted const& wanted, Directory const& directory, Binds const& binds) {
    service.log = directory.path_of("log/" + service.full_name());
    auto const* const netns = wanted.state.find(service.node);
    if (netns && !netns->path.empty()) service.netns = netns->path;
    if (netns && !netns->outside) service.netns = netns::path_of(prefix_of(wanted.record) + service.node);
    if (service.outside) return;
    if (auto const gear = wanted.gear.find(service.node); gear != wanted.gear.end()) {
        service.groups = gear->second.groups;
        service.open_files = gear->second.limits.files.value_or(0);
    }
    bind_names(directory, service.binds);
    service.binds.insert(service.binds.end(), binds.begin(), binds.end());
}

}  // namespace

Result<> write_node_files(Directory const& directory, Wanted& wanted) {
    TRY(write_below(directory, "etc/hosts", wanted.hosts));
    for (auto const& netns : wanted.state.namespaces) {
        auto const ruleset = "nft/" + netns.name;
        if (!netns.ruleset.empty())
            TRY(write_below(directory, ruleset, netns.ruleset));
        else
            ::unlink(directory.path_of(ruleset).c_str());
    }
    std::map<std::string, Binds> binds;
    for (auto const& [node, gear] : wanted.gear) {
        binds[node] = TRY(write_files(directory, node, gear));
        Json const json{{"env", gear.env},
                        {"binds", binds[node]},
                        {"groups", gear.groups},
                        {"open_files", gear.limits.files.value_or(0)}};
        TRY(write_below(directory, gear_file(node), json.dump()));
    }
    for (auto& service : wanted.services) {
        finish(service, wanted, directory, binds[service.node]);
        std::error_code code;
        fs::create_directories(fs::path(service.log).parent_path(), code);
    }
    return {};
}

Result<Launch> launch_in(Ground const& ground, Record const& record, std::string const& node) {
    auto const directory = ground.directory(record.name);
    Launch launch;
    auto const pin = prefix_of(record) + node;
    if (std::ranges::find(record.namespaces, pin) != record.namespaces.end())
        launch.netns = netns::path_of(pin), launch.view = directory.path();
    else if (auto const path = record.paths.find(node); path != record.paths.end())
        launch.netns = path->second;
    else if (std::ranges::find(record.outside, node) == record.outside.end())
        return lookup_error("lab \"" + record.name + "\" has no node \"" + node + "\"");
    bind_names(directory, launch.binds);
    launch.env = {{"VETHWORK_LAB", record.name}, {"VETHWORK_NODE", node}};
    auto const gear = read_file(directory.path_of(gear_file(node)));
    if (!gear) return launch;
    auto const json = Json::parse(*gear, nullptr, false);
    if (json.is_discarded()) return malformed_error("read \"" + directory.path_of(gear_file(node)) + "\"");
    for (auto const& [name, value] : json["env"].items()) launch.env[name] = value;
    for (auto const& bind : json["binds"]) launch.binds.emplace_back(bind[0], bind[1]);
    launch.groups = json.value("groups", launch.groups);
    launch.open_files = json.value("open_files", launch.open_files);
    return launch;
}

namespace {

std::string listed_file(std::string const& node) { return "nft-listed/" + node; }

/// Nothing where it is not the lab's alone, or where there is no libnftables to list it.
std::optional<std::string> rules_of(apply::Network& network, topology::NamespaceState const& netns) {
    if (netns.outside || netns.ruleset.empty() || !network.enter(netns.name)) return {};
    auto rules = apply::list_rules();
    return rules ? std::optional(*std::move(rules)) : std::nullopt;
}

bool has_changed_since(apply::Network& network, Directory const& directory,
                       topology::NamespaceState const& netns) {
    auto const listed = read_file(directory.path_of(listed_file(netns.name)));
    if (!listed) return false;
    auto const rules = rules_of(network, netns);
    return rules && *rules != *listed;
}

}  // namespace

Result<> remember_rulesets(apply::Network& network, Directory const& directory,
                           topology::NetworkState const& wanted) {
    for (auto const& netns : wanted.namespaces) {
        auto const rules = rules_of(network, netns);
        if (rules)
            TRY(write_below(directory, listed_file(netns.name), *rules));
        else
            ::unlink(directory.path_of(listed_file(netns.name)).c_str());
    }
    return {};
}

Result<> read_settings(apply::Network& network, Directory const& directory,
                       topology::NamespaceState const& wanted, topology::NamespaceState& actual) {
    if (!wanted.sysctls.empty() || !wanted.offloads.empty()) TRY(network.enter(wanted.name));
    for (auto const& [link, on] : wanted.offloads)
        if (auto const there = apply::get_offload(link)) actual.offloads[link] = *there;
    for (auto const& [name, value] : wanted.sysctls)
        if (auto const there = apply::get_sysctl(name)) actual.sysctls[name] = *there;
    if (auto const text = read_file(directory.path_of("nft/" + wanted.name))) actual.ruleset = *text;
    if (!actual.ruleset.empty() && has_changed_since(network, directory, wanted))
        actual.ruleset += "# somebody has changed it since\n";
    return {};
}

}  // namespace vethwork::lab
