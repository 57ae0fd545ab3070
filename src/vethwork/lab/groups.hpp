// Control groups: what the processes of a node may use together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::lab {

/// What the processes of a node may use.
struct Limits {
    std::optional<std::uint64_t> memory;       ///< bytes
    std::optional<std::uint32_t> cpu_percent;  ///< of one processor
    std::optional<std::uint32_t> processes;
    std::optional<std::uint32_t> files;  ///< open ones, of one process

    bool operator==(Limits const&) const = default;
};

/// One file of a control group.
struct GroupSetting {
    std::string folder, file, value;
    bool must = true;  ///< without it the limit would not hold

    bool operator==(GroupSetting const&) const = default;
};

/// The control groups of a node: version 1 has one a controller, version 2 one for all.
struct Groups {
    std::vector<GroupSetting> settings;
    std::vector<std::string> lacking;  ///< limits that no control group of this process can set: "memory"

    [[nodiscard]] std::vector<std::string> folders() const;
};

/// Where control groups are mounted, and in which ones this process is: /proc/self/mountinfo and
/// /proc/self/cgroup. See cgroups(7).
struct GroupTree {
    struct Parent {
        std::string folder;
        bool unified = false;  ///< of version 2
    };
    std::map<std::string, Parent> parents;  ///< by controller, where groups can be made

    [[nodiscard]] static GroupTree of_this_process();
};

/// What is to be made for a node's limits; `name` is that of each group's folder.
[[nodiscard]] Groups plan_groups(GroupTree const& tree, std::string const& name, Limits const& limits);
[[nodiscard]] Result<> make_groups(Groups const& groups);
/// Removes empty groups; those that are not yet empty are waited for a little.
[[nodiscard]] Result<> remove_groups(std::vector<std::string> const& folders);
/// Moves this process into them.
[[nodiscard]] Result<> enter_groups(std::vector<std::string> const& folders);

}  // namespace vethwork::lab
