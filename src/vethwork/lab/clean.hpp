// Knowing when the kernel has taken namespaces down.
#pragma once

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/netlink/connection.hpp>

namespace vethwork::lab {

/// A cable from a namespace of its own into another one; the kernel removes it when it takes that one down,
/// and it takes those that were let go at the same time down together.
class EndMark {
public:
    /// Moves this thread into a new network namespace.
    [[nodiscard]] static Result<EndMark> put_into(Fd const& netns);
    /// Waits until the namespace is gone.
    [[nodiscard]] Result<> wait();

private:
    explicit EndMark(netlink::Connection connection) : connection_(std::move(connection)) {}

    netlink::Connection connection_;
};

}  // namespace vethwork::lab
