#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/bridge_vlan.hpp>

namespace vethwork::apply {

namespace {

using netlink::MessageWriter;

Result<MessageWriter> write(topology::BridgeVlan vlan, MessageWriter message, Resolver& resolver) {
    TRY(resolver.resolve(vlan.link));
    netlink::write_bridge_vlan(vlan, message);
    return message;
}

}  // namespace

Result<MessageWriter> encode(plan::PutBridgeVlan const& operation, Resolver& resolver) {
    return write(operation.vlan, MessageWriter(RTM_SETLINK, 0, std::string()), resolver);
}

Result<MessageWriter> encode(plan::DeleteBridgeVlan const& operation, Resolver& resolver) {
    return write(operation.vlan, MessageWriter(RTM_DELLINK, 0, std::string()), resolver);
}

}  // namespace vethwork::apply
