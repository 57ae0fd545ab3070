// Changes of names of namespaces: these go to the file system, not through netlink.
#pragma once

#include <vethwork/base/result.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::apply {

[[nodiscard]] Result<> carry_out(plan::AddNamespace const& operation);
[[nodiscard]] Result<> carry_out(plan::DeleteNamespace const& operation);
[[nodiscard]] Result<> carry_out(plan::AttachNamespace const& operation);
/// Through /dev/net/tun, in the namespace of this thread.
[[nodiscard]] Result<> carry_out(plan::AddTunTap const& operation);
[[nodiscard]] Result<> carry_out(plan::DeleteTunTap const& operation);

/// Whether carry_out_any() does it, not a request to the kernel.
[[nodiscard]] bool goes_to_files(plan::Operation const& operation);
[[nodiscard]] Result<> carry_out_any(plan::Operation const& operation);

}  // namespace vethwork::apply
