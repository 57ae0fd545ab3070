#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/apply/put_flags.hpp>
#include <vethwork/netlink/interface_address.hpp>

namespace vethwork::apply {

namespace {

using netlink::MessageWriter;

Result<MessageWriter> write(topology::InterfaceAddress address, MessageWriter message,
                            netlink::PeerMatch match, Resolver& resolver) {
    TRY(resolver.resolve(address.link));
    TRY(plan::check(address));
    netlink::write_address(address, message, match);
    return message;
}

}  // namespace

Result<MessageWriter> encode(plan::PutAddress const& operation, Resolver& resolver) {
    return write(operation.address, MessageWriter(RTM_NEWADDR, put_flags(operation.mode), std::string()),
                 netlink::PeerMatch::exact, resolver);
}

Result<MessageWriter> encode(plan::DeleteAddress const& operation, Resolver& resolver) {
    return write(operation.address, MessageWriter(RTM_DELADDR, 0, std::string()),
                 operation.any_length ? netlink::PeerMatch::any : netlink::PeerMatch::exact, resolver);
}

}  // namespace vethwork::apply
