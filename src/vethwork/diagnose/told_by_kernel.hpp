// What the kernel alone says of a loss that nothing in the configuration explains.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <vethwork/diagnose/both_ways.hpp>
#include <vethwork/observe/drops.hpp>

namespace vethwork::diagnose {

/// The first drop whose reason has a meaning; nothing where none has.
[[nodiscard]] std::optional<Finding> told_by_kernel(std::vector<std::pair<Site*, observe::Drop>> const& drops,
                                                    Walks const& walks, Flow const& flow);
/// The sender was not allowed to send (EPERM).
[[nodiscard]] std::optional<Finding> refused_at_home(Walks const& walks, Flow const& flow);

/// The rule of the older tables that has met a few new probes, and ends packets: told by what it counts. This
/// thread is in another network namespace afterwards.
[[nodiscard]] std::optional<Finding> older_rule_that_drops(std::vector<Site*> const& sites,
                                                           Walks const& walks, Flow const& flow,
                                                           bool on_the_way_back);

/// Where the kernel's reasons are not to be had: the packet was last seen in a namespace with older tables,
/// whose rules are not read.
[[nodiscard]] std::optional<Finding> vanished_before_a_filter(Sites& sites, Walks const& walks,
                                                              Progress const& progress, Flow const& flow);

}  // namespace vethwork::diagnose
