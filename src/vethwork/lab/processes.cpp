#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/lab.hpp>
#include <vethwork/lab/space.hpp>
#include <vethwork/netns/name.hpp>

namespace vethwork::lab {

namespace {

/// Device and inode of what a path leads to: the identity of a namespace.
std::optional<std::pair<dev_t, ino_t>> identity(std::string const& path) {
    struct stat facts;
    if (::stat(path.c_str(), &facts) != 0) return {};
    return std::pair(facts.st_dev, facts.st_ino);
}

std::string command_of(std::string const& folder) {
    auto const words = read_file(folder + "/cmdline");
    std::string text = words ? *words : std::string();
    while (text.ends_with('\0')) text.pop_back();
    std::ranges::replace(text, '\0', ' ');
    if (!text.empty()) return text;
    auto const name = read_file(folder + "/comm");
    return name ? std::string(trim(*name)) : std::string();
}

std::vector<std::int32_t> all_processes() {
    std::vector<std::int32_t> pids;
    std::unique_ptr<DIR, int (*)(DIR*)> const folder(::opendir("/proc"), ::closedir);
    while (auto const* const entry = folder ? ::readdir(folder.get()) : nullptr)
        if (auto const pid = parse_number<std::int32_t>(entry->d_name, 10)) pids.push_back(*pid);
    return pids;
}

/// The space's own: it ends with the keeper.
bool is_hand_outside(std::string const& folder) {
    auto const name = read_file(folder + "/comm");
    return name && trim(*name) == hand_name;
}

}  // namespace

std::vector<EndedProcess> processes_of(Record const& record) {
    std::map<std::pair<dev_t, ino_t>, std::string> nodes;
    std::string const root = record.footing == Footing::rootless && record.keeper
                                 ? "/proc/" + std::to_string(record.keeper->pid) + "/root"
                                 : std::string();
    for (auto const& name : record.namespaces)
        if (auto const id = identity(root + netns::path_of(name)))
            nodes[*id] = name.substr(name.rfind('.') + 1);
    std::optional<std::pair<dev_t, ino_t>> space;
    if (record.footing == Footing::rootless && record.keeper)
        space = identity("/proc/" + std::to_string(record.keeper->pid) + "/ns/user");
    std::vector<EndedProcess> found;
    for (auto const pid : all_processes()) {
        if (pid == ::getpid() || (record.keeper && pid == record.keeper->pid)) continue;
        std::string const folder = "/proc/" + std::to_string(pid);
        auto const netns = identity(folder + "/ns/net");
        auto const node = netns ? nodes.find(*netns) : nodes.end();
        bool const in_space = space && identity(folder + "/ns/user") == space;
        if (node == nodes.end() && !(in_space && !is_hand_outside(folder))) continue;
        found.push_back({pid, command_of(folder), node == nodes.end() ? "" : node->second});
    }
    return found;
}

}  // namespace vethwork::lab
