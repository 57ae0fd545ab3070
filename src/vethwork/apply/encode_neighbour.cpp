#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/apply/put_flags.hpp>
#include <vethwork/netlink/neighbour.hpp>

namespace vethwork::apply {

namespace {

using netlink::MessageWriter;

Result<MessageWriter> write(topology::Neighbour neighbour, MessageWriter message, Resolver& resolver) {
    TRY(resolver.resolve(neighbour.link));
    netlink::write_neighbour(neighbour, message);
    return message;
}

}  // namespace

Result<MessageWriter> encode(plan::PutNeighbour const& operation, Resolver& resolver) {
    return write(operation.neighbour, MessageWriter(RTM_NEWNEIGH, put_flags(operation.mode), std::string()),
                 resolver);
}

Result<MessageWriter> encode(plan::DeleteNeighbour const& operation, Resolver& resolver) {
    return write(operation.neighbour, MessageWriter(RTM_DELNEIGH, 0, std::string()), resolver);
}

}  // namespace vethwork::apply
