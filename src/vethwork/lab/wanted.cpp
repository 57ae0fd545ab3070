#include <vethwork/lab/wanted.hpp>

#include <filesystem>

#include <vethwork/apply/settings.hpp>
#include <vethwork/lab/keeper.hpp>
#include <vethwork/lab/space.hpp>

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

Result<ProcessId> start_keeper(Directory const& directory, Footing footing) {
    Fd const listener = TRY(listen_for_commands(directory.path_of("keeper.sock")));
    int const open[] = {listener.get()};
    auto const life = [number = listener.get()] { return keep(number); };
    return footing == Footing::rootless ? start_space(life, open) : start_daemon(life, open);
}

Result<> write_node_files(Directory const& directory, Wanted& wanted) {
    for (auto const& [node, text] : wanted.hosts) TRY(write_below(directory, "etc/" + node + "/hosts", text));
    for (auto const& netns : wanted.state.namespaces)
        if (!netns.ruleset.empty()) TRY(write_below(directory, "nft/" + netns.name, netns.ruleset));
    std::string const prefix = wanted.record.footing == Footing::root ? wanted.record.name + "." : "";
    for (auto& service : wanted.services) {
        service.log = directory.path_of("log/" + service.full_name());
        std::error_code code;
        fs::create_directories(fs::path(service.log).parent_path(), code);
        auto const* const netns = wanted.state.find(service.node);
        if (netns && !netns->outside) service.netns = "/run/netns/" + prefix + service.node;
        if (wanted.hosts.contains(service.node))
            service.binds.emplace_back(directory.path_of("etc/" + service.node + "/hosts"), "/etc/hosts");
    }
    return {};
}

Result<> read_settings(apply::Network& network, Directory const& directory,
                       topology::NamespaceState const& wanted, topology::NamespaceState& actual) {
    if (!wanted.sysctls.empty()) TRY(network.enter(wanted.name));
    for (auto const& [name, value] : wanted.sysctls)
        if (auto const there = apply::get_sysctl(name)) actual.sysctls[name] = *there;
    if (auto const text = read_file(directory.path_of("nft/" + wanted.name))) actual.ruleset = *text;
    return {};
}

}  // namespace vethwork::lab
