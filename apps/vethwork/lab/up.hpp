// What `up`, `restart` and `run` share.
#pragma once

#include "lab/context.hpp"

namespace vethwork::app {

/// Brings a loaded lab up and says so; gives the exit status. Without root the process is in the lab's space
/// afterwards.
int bring_up(LoadedLab const& loaded, LabOptions const& options);
/// Prints the script of ip, bridge, tc, sysctl and nft commands that does the same; gives the exit status.
int print_script(LoadedLab const& loaded, LabOptions const& options);
/// Ends a lab and says what was ended; gives the exit status.
int take_down(std::string const& name, LabOptions const& options);

/// What is started in a node: any program, or a shell, whose prompt names node and lab and which sees the
/// other nodes' pins in /run/netns (which costs time in large labs).
enum class Starting { program, shell };

/// Runs a command in the nodes of a running lab; gives its exit status. Without root the process is in the
/// lab's space afterwards, and as root with one node it becomes the command.
int run_in_nodes(std::string const& selector, std::vector<std::string> const& argv, LabOptions const& options,
                 Starting what = Starting::program);

}  // namespace vethwork::app
