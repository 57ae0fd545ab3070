#include <vethwork/apply/namespace.hpp>

#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netns/create.hpp>

namespace vethwork::apply {

Result<> carry_out(plan::AddNamespace const& operation) { return netns::create(operation.name); }
Result<> carry_out(plan::DeleteNamespace const& operation) { return netns::remove(operation.name); }
Result<> carry_out(plan::AttachNamespace const& operation) {
    return netns::attach(operation.name, operation.pid);
}

bool goes_to_files(plan::Operation const& operation) {
    return std::visit(
        [](auto const& one) {
            return requires { carry_out(one); };
        },
        operation);
}

Result<> carry_out_any(plan::Operation const& operation) {
    return std::visit(
        [](auto const& one) -> Result<> {
            if constexpr (requires { carry_out(one); })
                return carry_out(one);
            else
                return usage_error(one.describe() + ": that is no change of a file");
        },
        operation);
}

Result<netlink::MessageWriter> encode(plan::SetNamespaceId const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_NEWNSID, 0, operation.describe());
    topology::NamespaceRef netns{.name = operation.name};
    TRY(resolver.resolve(netns));
    netlink::write_namespace_id({.fd = netns.fd, .nsid = operation.nsid.value_or(-1)}, message);
    return message;
}

}  // namespace vethwork::apply
