#include <linux/rtnetlink.h>

#include <vethwork/apply/encode.hpp>
#include <vethwork/netlink/nexthop.hpp>
#include <vethwork/netlink/route.hpp>
#include <vethwork/netlink/rule.hpp>

namespace vethwork::apply {

namespace {

using netlink::MessageWriter;

std::uint16_t flags_of(plan::RoutePutMode mode) {
    switch (mode) {
        case plan::RoutePutMode::add:
            return NLM_F_CREATE | NLM_F_EXCL;
        case plan::RoutePutMode::append:
            return NLM_F_CREATE | NLM_F_APPEND;
        case plan::RoutePutMode::prepend:
            return NLM_F_CREATE;
        case plan::RoutePutMode::change:
            return NLM_F_REPLACE;
        case plan::RoutePutMode::replace:
            return NLM_F_CREATE | NLM_F_REPLACE;
        case plan::RoutePutMode::test:
            return NLM_F_EXCL;
    }
    return 0;
}

/// iproute2 says twice what is wrong with a hop, and gives the status of bad words.
Result<> resolve_hop(topology::LinkRef& link, Resolver& resolver) {
    auto resolved = resolver.resolve(link);
    if (resolved) return {};
    return usage_error(resolved.error().attempt + "\nError: cannot parse nexthop");
}

Result<> resolve_references(topology::Route& route, Resolver& resolver) {
    for (auto& hop : route.hops)
        if (hop.link) TRY(resolve_hop(*hop.link, resolver));
    if (route.link) TRY(resolver.resolve(*route.link));
    return {};
}

Result<MessageWriter> encode_route(std::uint16_t type, std::uint16_t flags, topology::Route route,
                                   std::string what, Resolver& resolver) {
    MessageWriter message(type, flags, std::move(what));
    TRY(resolve_references(route, resolver));
    netlink::write_route(route, message);
    return message;
}

Result<MessageWriter> encode_nexthop(std::uint16_t type, std::uint16_t flags, topology::Nexthop nexthop,
                                     std::string what, Resolver& resolver) {
    MessageWriter message(type, flags, std::move(what));
    if (nexthop.link && !resolver.resolve(*nexthop.link))
        return plan::wrong_argument("Device does not exist\n", nexthop.link->name);
    netlink::write_nexthop(nexthop, message);
    return message;
}

}  // namespace

Result<MessageWriter> encode(plan::PutRoute const& operation, Resolver& resolver) {
    return encode_route(RTM_NEWROUTE, flags_of(operation.mode), operation.route, std::string(), resolver);
}

Result<MessageWriter> encode(plan::DeleteRoute const& operation, Resolver& resolver) {
    return encode_route(RTM_DELROUTE, 0, operation.route, std::string(), resolver);
}

Result<MessageWriter> encode(plan::PutRule const& operation, Resolver&) {
    MessageWriter message(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, std::string());
    netlink::write_rule(operation.rule, message);
    return message;
}

Result<MessageWriter> encode(plan::DeleteRule const& operation, Resolver&) {
    MessageWriter message(RTM_DELRULE, 0, std::string());
    netlink::write_rule(operation.rule, message);
    return message;
}

Result<MessageWriter> encode(plan::PutNexthop const& operation, Resolver& resolver) {
    auto const flags =
        operation.mode == plan::NexthopMode::add ? NLM_F_CREATE | NLM_F_EXCL : NLM_F_CREATE | NLM_F_REPLACE;
    return encode_nexthop(RTM_NEWNEXTHOP, static_cast<std::uint16_t>(flags), operation.nexthop, std::string(),
                          resolver);
}

Result<MessageWriter> encode(plan::DeleteNexthop const& operation, Resolver& resolver) {
    return encode_nexthop(RTM_DELNEXTHOP, 0, operation.nexthop, std::string(), resolver);
}

}  // namespace vethwork::apply
