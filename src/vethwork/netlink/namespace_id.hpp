// Ids of network namespaces. Source: <linux/net_namespace.h>, NETNSA_…; rtnetlink(7).
#pragma once

#include <cstdint>
#include <optional>

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/namespace.hpp>

namespace vethwork::netlink {

/// What to ask about, or to set; what is absent is not sent.
struct NamespaceIdRequest {
    std::optional<int> fd;           ///< an open namespace
    std::optional<int> nsid;         ///< -1 lets the kernel choose
    std::optional<int> target_nsid;  ///< ask about the ids of that namespace
};

void write_namespace_id(NamespaceIdRequest const& request, MessageWriter& to);
/// An RTM_NEWNSID or RTM_DELNSID message.
[[nodiscard]] Result<topology::NamespaceId> read_namespace_id(Message const& message);

}  // namespace vethwork::netlink
