// Sysctls that a lab's file named once. A changed file that does not name one any more wants it as it is in a
// lab that is brought up anew; what that is the kernel is asked in a namespace made for the question.
#pragma once

#include <map>
#include <set>
#include <string>

#include <vethwork/lab/directory.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::lab {

/// Names of sysctls by node, of nodes that are namespaces of the lab's own.
using SettingNames = std::map<std::string, std::set<std::string>>;

[[nodiscard]] SettingNames settings_of(topology::NetworkState const& state);
/// What the lab's folder says was set; a lab that has no such file has set nothing.
[[nodiscard]] Result<SettingNames> read_setting_names(Directory const& directory);
/// Writes it down.
[[nodiscard]] Result<> write_setting_names(Directory const& directory, SettingNames const& names);
/// All that is in either.
[[nodiscard]] SettingNames both(SettingNames names, SettingNames const& others);

/// Adds to `wanted` what was set once and is not named any more, with the value that a new lab has. This
/// thread is in another network namespace afterwards if there is any.
[[nodiscard]] Result<> want_unnamed_as_new(SettingNames const& once, topology::NetworkState& wanted);

}  // namespace vethwork::lab
