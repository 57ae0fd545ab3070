#include <vethwork/lab/groups.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

namespace vethwork::lab {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::string_view controllers[] = {"memory", "cpu", "pids"};
constexpr std::uint32_t cpu_period = 100'000;  // microseconds, the kernel's own choice

/// Empty where it cannot be read.
std::string text_of(std::string const& file) {
    auto text = read_file(file);
    return text ? *std::move(text) : std::string();
}

bool has_word(std::string_view text, std::string_view word, char separator) {
    return std::ranges::any_of(split(text, separator), [word](auto one) { return trim(one) == word; });
}

/// One mounted tree of groups.
struct Mount {
    std::string root, folder, options;
    bool unified = false;
};

std::vector<Mount> mounts() {
    std::vector<Mount> list;
    auto const text = text_of("/proc/self/mountinfo");
    for (auto const line : split(text, '\n')) {
        auto const words = split_words(line);
        auto const dash = std::ranges::find(words, "-");
        if (words.size() < 5 || words.end() - dash < 4 || !dash[1].starts_with("cgroup")) continue;
        list.push_back(
            {std::string(words[3]), std::string(words[4]), std::string(dash[3]), dash[1] == "cgroup2"});
    }
    return list;
}

/// The group of this process in the tree of a controller, or in that of version 2 (which has no name).
std::string own_group(std::string_view controller) {
    auto const text = text_of("/proc/self/cgroup");
    for (auto const line : split(text, '\n')) {
        auto const first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        auto const names = line.substr(first + 1, second - first - 1);
        if (controller.empty() ? names.empty() : has_word(names, controller, ','))
            return std::string(line.substr(second + 1));
    }
    return {};
}

bool gives(std::string const& folder, std::string_view controller, std::string_view file) {
    auto const text = text_of(folder + "/" + std::string(file));
    return has_word(trim(text), controller, ' ');
}

/// Of version 2: the nearest group that hands the controller on, and where we may make others. The root may
/// be told to, since it alone can have processes of its own as well.
std::string unified_parent(Mount const& mount, std::string_view controller) {
    auto const own = own_group({});
    if (mount.root != "/" || own.empty()) return {};
    for (fs::path path = mount.folder + (own == "/" ? "" : own);; path = path.parent_path()) {
        bool const is_root = path == mount.folder;
        bool const writable = ::access(path.c_str(), W_OK) == 0;
        if (writable && gives(path, controller, "cgroup.subtree_control")) return path;
        if (is_root && writable && gives(path, controller, "cgroup.controllers")) return path;
        if (is_root || path.string().size() <= mount.folder.size()) return {};
    }
}

GroupSetting setting(GroupTree::Parent const& parent, std::string const& name, std::string file,
                     std::string value) {
    return {parent.folder + "/" + name, std::move(file), std::move(value)};
}

Result<> put(GroupSetting const& one) {
    auto written = write_file(one.folder + "/" + one.file, one.value);
    if (written || !one.must) return {};
    return system_error(written.error().code,
                        "set " + one.file + " of the control group \"" + one.folder + "\"");
}

}  // namespace

GroupTree GroupTree::of_this_process() {
    GroupTree tree;
    auto const all = mounts();
    for (auto const controller : controllers)
        for (auto const& mount : all) {
            if (!mount.unified && !has_word(mount.options, controller, ',')) continue;
            auto const own = own_group(controller);
            auto const folder = mount.unified       ? unified_parent(mount, controller)
                                : mount.root == "/" ? mount.folder + (own == "/" ? "" : own)
                                                    : std::string();
            if (!folder.empty() && ::access(folder.c_str(), W_OK) == 0)
                tree.parents.try_emplace(std::string(controller), Parent{folder, mount.unified});
        }
    return tree;
}

std::vector<std::string> Groups::folders() const {
    std::vector<std::string> list;
    for (auto const& one : settings)
        if (std::ranges::find(list, one.folder) == list.end()) list.push_back(one.folder);
    return list;
}

Groups plan_groups(GroupTree const& tree, std::string const& name, Limits const& limits) {
    Groups groups;
    auto const add = [&](std::string const& controller, std::string_view key, auto const& fill) {
        auto const parent = tree.parents.find(controller);
        if (parent == tree.parents.end()) return groups.lacking.emplace_back(key), void();
        fill(parent->second);
    };
    auto const set = [&](GroupTree::Parent const& parent, std::string file, std::string value) {
        groups.settings.push_back(setting(parent, name, std::move(file), std::move(value)));
    };
    if (limits.memory)
        add("memory", "memory", [&](GroupTree::Parent const& parent) {
            set(parent, parent.unified ? "memory.max" : "memory.limit_in_bytes",
                std::to_string(*limits.memory));
            if (!parent.unified) return;
            set(parent, "memory.swap.max", "0");
            groups.settings.back().must = false;  // a kernel without swap has no such file
        });
    if (limits.cpu_percent)
        add("cpu", "cpu", [&](GroupTree::Parent const& parent) {
            auto const quota = std::uint64_t{*limits.cpu_percent} * cpu_period / 100;
            if (parent.unified) return set(parent, "cpu.max", fmt::format("{} {}", quota, cpu_period));
            set(parent, "cpu.cfs_period_us", std::to_string(cpu_period));
            set(parent, "cpu.cfs_quota_us", std::to_string(quota));
        });
    if (limits.processes)
        add("pids", "pids", [&](GroupTree::Parent const& parent) {
            set(parent, "pids.max", std::to_string(*limits.processes));
        });
    return groups;
}

Result<> make_groups(Groups const& groups) {
    for (auto const& folder : groups.folders())
        if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
            return system_error("make the control group \"" + folder + "\"");
    for (auto const& one : groups.settings) {
        // What the parent does not hand on yet has no files here.
        auto const controller = one.file.substr(0, one.file.find('.'));
        if (!fs::exists(one.folder + "/" + one.file))
            (void)write_file(fs::path(one.folder).parent_path().string() + "/cgroup.subtree_control",
                             "+" + controller);
        TRY(put(one));
    }
    return {};
}

Result<> remove_groups(std::vector<std::string> const& folders) {
    auto const end = std::chrono::steady_clock::now() + 2s;
    for (auto const& folder : folders)
        while (::rmdir(folder.c_str()) != 0 && errno != ENOENT) {
            if (errno != EBUSY || std::chrono::steady_clock::now() > end)
                return system_error("remove the control group \"" + folder + "\"");
            std::this_thread::sleep_for(1ms);  // who was killed is in it until he has ended
        }
    return {};
}

Result<> enter_groups(std::vector<std::string> const& folders) {
    for (auto const& folder : folders) {
        Fd const file = TRY(open_file(folder + "/cgroup.procs", O_WRONLY));
        if (auto written = write_all(file.get(), "0"); !written)
            return system_error(written.error().code, "enter the control group \"" + folder + "\"");
    }
    return {};
}

}  // namespace vethwork::lab
