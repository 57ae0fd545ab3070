#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/qdisc.hpp>
#include <vethwork/topology/netem.hpp>

namespace vethwork::apply {

namespace {

using netlink::MessageWriter;

Result<MessageWriter> write(topology::Qdisc qdisc, MessageWriter message, Resolver& resolver) {
    TRY(resolver.resolve(qdisc.link));
    netlink::write_qdisc(qdisc, message);
    return message;
}

}  // namespace

Result<MessageWriter> encode(plan::AddQdisc const& operation, Resolver& resolver) {
    auto qdisc = operation.qdisc;
    if (auto const* const netem = std::get_if<topology::Netem>(&qdisc.options))
        qdisc.handle = topology::handle_of(netem->distribution);
    return write(std::move(qdisc),
                 MessageWriter(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, operation.describe()), resolver);
}

Result<MessageWriter> encode(plan::ChangeQdisc const& operation, Resolver& resolver) {
    return write(operation.qdisc, MessageWriter(RTM_NEWQDISC, 0, operation.describe()), resolver);
}

/// By its place alone.
Result<MessageWriter> encode(plan::DeleteQdisc const& operation, Resolver& resolver) {
    topology::Qdisc const place{
        .link = operation.qdisc.link, .kind = operation.qdisc.kind, .parent = operation.qdisc.parent};
    return write(place, MessageWriter(RTM_DELQDISC, 0, operation.describe()), resolver);
}

}  // namespace vethwork::apply
