// What a machine lacks that a lab can live without.
#pragma once

#include <string>
#include <vector>

#include <vethwork/base/result.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::lab {

struct LeftOut {
    std::vector<std::string> impairments;  ///< "a:eth0 delay 20ms"
    std::vector<std::string> limits;       ///< "a: memory, pids"

    [[nodiscard]] bool empty() const { return impairments.empty() && limits.empty(); }
    /// "a:eth0 delay 20ms", "limits of a: memory, pids"
    [[nodiscard]] std::vector<std::string> all() const;
    /// One sentence: what, and that the kernel has no netem, or that no control group is to be had. Of many
    /// the first few.
    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::string hint() const;
};

/// Every netem of a network: "a:eth0 delay 20ms".
[[nodiscard]] std::vector<std::string> impairments_of(topology::NetworkState const& state);

/// Takes impairments out of `wanted` where the kernel, asked in a fresh namespace, has no netem. This thread
/// is in that namespace afterwards if there was anything to ask.
[[nodiscard]] Result<LeftOut> leave_out(topology::NetworkState& wanted);

}  // namespace vethwork::lab
