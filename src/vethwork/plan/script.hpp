// A plan as a shell script for ip, bridge, tc, ethtool, sysctl and nft: what an admin would type, with the
// file's lines as comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/plan/lab_plan.hpp>

namespace vethwork::plan {

/// How the script names namespaces and where it takes sysctl and nft from.
struct ScriptStyle {
    std::string prefix;              ///< before each namespace's name ("LAB.")
    std::string file;                ///< the topology file's name, and its lines: comments show them
    std::vector<std::string> lines;  ///< may be empty
};

/// A line of a file as it is quoted: without the blanks around it, and not too long.
[[nodiscard]] std::string quoted_line(std::string_view line);

/// One command of a step, without its comment: `ip -n vnet link set dev lo up`.
[[nodiscard]] std::string command_of(Step const& step, topology::NetworkState const& wanted,
                                     ScriptStyle const& style);

/// The whole script, executable by sh, ended by a newline.
[[nodiscard]] std::string script_of(Plan const& plan, topology::NetworkState const& wanted,
                                    ScriptStyle const& style);

}  // namespace vethwork::plan
