// The real kernel, over rtnetlink.
#pragma once

#include <vethwork/apply/kernel.hpp>
#include <vethwork/apply/resolver.hpp>
#include <vethwork/netlink/connection.hpp>

namespace vethwork::apply {

class LinuxKernel final : public Kernel {
public:
    /// Works in the network namespace of `connection`, which must outlive this.
    explicit LinuxKernel(netlink::Connection& connection) : connection_(&connection), resolver_(connection) {}

    Result<> perform(plan::Operation const& operation) override;
    std::vector<Result<>> perform_all(std::span<plan::Operation const> operations) override;

    [[nodiscard]] Resolver& resolver() { return resolver_; }

private:
    netlink::Connection* connection_;
    Resolver resolver_;
};

}  // namespace vethwork::apply
