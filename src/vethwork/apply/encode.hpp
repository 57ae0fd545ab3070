// Operations as kernel requests. One overload an operation, in encode_<object>.cpp.
#pragma once

#include <vethwork/apply/resolver.hpp>
#include <vethwork/netlink/message.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::apply {

[[nodiscard]] Result<netlink::MessageWriter> encode(plan::AddLink const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::ChangeLink const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::AddLinkNames const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteLinkNames const& operation,
                                                    Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteLink const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutAddress const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteAddress const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutNeighbour const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteNeighbour const& operation,
                                                    Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::SetNamespaceId const& operation,
                                                    Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutRoute const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteRoute const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutRule const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteRule const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutNexthop const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteNexthop const& operation, Resolver& resolver);

[[nodiscard]] Result<netlink::MessageWriter> encode(plan::PutBridgeVlan const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteBridgeVlan const& operation,
                                                    Resolver& resolver);

[[nodiscard]] Result<netlink::MessageWriter> encode(plan::AddQdisc const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::ChangeQdisc const& operation, Resolver& resolver);
[[nodiscard]] Result<netlink::MessageWriter> encode(plan::DeleteQdisc const& operation, Resolver& resolver);

/// Any operation that is one request to the kernel; the error says where one is not (sysctls, namespaces).
[[nodiscard]] Result<netlink::MessageWriter> encode_any(plan::Operation const& operation, Resolver& resolver);

/// Says in an error what was attempted, which requests do not: most never need it.
[[nodiscard]] Error attempted(Error error, plan::Operation const& operation);

}  // namespace vethwork::apply
