// A hand outside: a process of a rootless lab's space that has stayed in the network namespace where the lab
// was brought up. It starts there what leads out of the lab; the keeper itself cannot go back.
#pragma once

#include <utility>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/lab/service.hpp>

namespace vethwork::lab {

/// Both ends of the line between the keeper and the hand.
struct OutsideLine {
    Fd keeper, hand;
};
[[nodiscard]] Result<OutsideLine> make_outside_line();

/// The hand's life: starts what is asked for as children of the keeper, until the line is closed.
void serve_outside(int line);

/// Asks the hand for a service; the process is a child of this one, which must be the one that started the
/// hand.
[[nodiscard]] Result<std::int32_t> start_outside(int line, Service const& service);

}  // namespace vethwork::lab
