#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::apply {

namespace {

Result<> resolve_namespace(topology::NamespaceRef& netns, Resolver& resolver) {
    auto resolved = resolver.resolve(netns);
    if (!resolved && resolved.error().fault == Fault::lookup)
        return plan::wrong_argument("Invalid \"netns\" value\n", netns.name);
    return resolved;
}

Result<> resolve_references(topology::Link& link, Resolver& resolver) {
    for (auto* const netns : topology::namespace_references(link)) TRY(resolve_namespace(*netns, resolver));
    for (auto const& one : topology::link_references(link)) TRY(resolver.resolve(*one.link, one.role));
    if (link.lower_netns) {
        auto const id = resolver.namespace_id(*link.lower_netns);
        if (!id) return plan::wrong_argument("Invalid \"link-netns\" value\n", link.lower_netns->name);
        link.lower_nsid = *id;
    }
    return {};
}

/// The kernel would take a short address and read behind it.
Result<> check_address_size(topology::Link const& changes, Resolver& resolver) {
    if (!changes.address) return {};
    auto const present = resolver.link(changes.index);
    if (!present || !present->address || present->address->size == changes.address->size) return {};
    return plan::refused(fmt::format("Invalid address length {} - must be {} bytes", changes.address->size,
                                     present->address->size));
}

/// For a kind whose settings are replaced as a whole: what a change leaves out stays as it is.
Result<> fill_from_present(topology::Link& changes, Resolver& resolver) {
    auto const* const row = netlink::find_link_kind(netlink::kind_name(changes.kind));
    if (!row || !row->fill || changes.kind == row->make()) return {};
    auto const present = resolver.link(changes.index);
    if (!present || present->kind.index() != changes.kind.index())
        return plan::refused("Failed to get existing tunnel info.");
    row->fill(changes.kind, present->kind);
    return {};
}

}  // namespace

Result<netlink::MessageWriter> encode(plan::AddLink const& operation, Resolver& resolver) {
    std::uint16_t const flags = operation.replace ? NLM_F_CREATE | NLM_F_REPLACE : NLM_F_CREATE | NLM_F_EXCL;
    netlink::MessageWriter message(RTM_NEWLINK, flags, std::string());
    auto link = operation.link;
    TRY(resolve_references(link, resolver));
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::ChangeLink const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_NEWLINK, 0, std::string());
    auto link = operation.changes;
    TRY(resolve_references(link, resolver));
    if (operation.group) {
        link.group = operation.group;
    } else {
        link.index = TRY(resolver.index_of(link.name));
        TRY(check_address_size(link, resolver));
        TRY(fill_from_present(link, resolver));
    }
    link.name = link.new_name.value_or("");
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::AddLinkNames const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_NEWLINKPROP, NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND, std::string());
    topology::Link link;
    link.index = TRY(resolver.index_of(operation.link.name));
    link.alternative_names = operation.names;
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::DeleteLinkNames const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_DELLINKPROP, 0, std::string());
    topology::Link link;
    link.index = TRY(resolver.index_of(operation.link.name));
    link.alternative_names = operation.names;
    netlink::write_link(link, message);
    return message;
}

Result<netlink::MessageWriter> encode(plan::DeleteLink const& operation, Resolver& resolver) {
    netlink::MessageWriter message(RTM_DELLINK, 0, std::string());
    topology::Link link;
    link.kind = operation.kind;
    link.group = operation.group;
    if (!operation.group) link.index = TRY(resolver.index_of(operation.link.name));
    netlink::write_link(link, message);
    return message;
}

}  // namespace vethwork::apply
