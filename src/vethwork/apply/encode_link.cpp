#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/link.hpp>

namespace vethwork::apply {

namespace {

Result<> resolve_references(topology::Link& link, Resolver& resolver) {
    if (link.master) TRY(resolver.resolve(*link.master));
    if (link.lower) TRY(resolver.resolve(*link.lower));
    if (link.netns) TRY(resolver.resolve(*link.netns));
    if (auto* const veth = std::get_if<topology::Veth>(&link.kind))
        for (auto& peer : veth->peer) TRY(resolve_references(peer, resolver));
    return {};
}

}  // namespace

Result<netlink::MessageWriter> encode(plan::AddLink const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, operation.describe());
    auto link = operation.link;
    TRY(resolve_references(link, resolver));
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::ChangeLink const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_NEWLINK, 0, operation.describe());
    auto link = operation.changes;
    if (operation.group) {
        link.group = operation.group;
    } else {
        link.index = TRY(resolver.index_of(link.name));
        link.name.clear();
    }
    TRY(resolve_references(link, resolver));
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::DeleteLink const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_DELLINK, 0, operation.describe());
    topology::Link link;
    link.kind = operation.kind;
    link.group = operation.group;
    if (!operation.group) link.index = TRY(resolver.index_of(operation.link.name));
    netlink::write_link(link, message);
    return message;
}

}  // namespace vethwork::apply
