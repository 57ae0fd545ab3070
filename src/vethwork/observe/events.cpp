#include <vethwork/observe/events.hpp>

#include <linux/rtnetlink.h>

#include <vethwork/netlink/interface_address.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/neighbour.hpp>
#include <vethwork/netlink/route.hpp>
#include <vethwork/netlink/rule.hpp>
#include <vethwork/observe/links.hpp>

namespace vethwork::observe {

namespace {

constexpr std::uint32_t groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                                    RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_NEIGH,
                                    RTNLGRP_IPV4_RULE,  RTNLGRP_IPV6_RULE};

}  // namespace

Result<EventSource> EventSource::open() {
    auto asking = TRY(netlink::Connection::open());
    EventSource source(TRY(netlink::Connection::open()));
    for (auto const group : groups) TRY(source.connection_.join(group));
    for (auto const& link : TRY(links(asking, {.statistics = false})).links) source.learn(link);
    return source;
}

void EventSource::name(topology::LinkRef& link) const {
    auto const found = names_.find(link.index);
    link.name = found == names_.end() ? "if" + std::to_string(link.index) : found->second;
}

Result<std::optional<Event>> EventSource::read(netlink::Message const& message) {
    Event event;
    switch (message.header.nlmsg_type) {
        case RTM_DELLINK:
        case RTM_NEWLINK: {
            auto link = TRY(netlink::read_link(message));
            learn(link);
            if (link.master) name(*link.master);
            event = {message.header.nlmsg_type == RTM_DELLINK, std::move(link)};
            break;
        }
        case RTM_NEWADDR:
        case RTM_DELADDR: {
            auto address = TRY(netlink::read_address(message));
            name(address.link);
            event = {message.header.nlmsg_type == RTM_DELADDR, std::move(address)};
            break;
        }
        case RTM_NEWROUTE:
        case RTM_DELROUTE: {
            auto route = TRY(netlink::read_route(message));
            if (route.link) name(*route.link);
            for (auto& hop : route.hops)
                if (hop.link) name(*hop.link);
            event = {message.header.nlmsg_type == RTM_DELROUTE, std::move(route)};
            break;
        }
        case RTM_NEWNEIGH:
        case RTM_DELNEIGH: {
            auto neighbour = TRY(netlink::read_neighbour(message));
            name(neighbour.link);
            event = {message.header.nlmsg_type == RTM_DELNEIGH, std::move(neighbour)};
            break;
        }
        case RTM_NEWRULE:
        case RTM_DELRULE:
            event = {message.header.nlmsg_type == RTM_DELRULE, TRY(netlink::read_rule(message))};
            break;
        default:
            return std::optional<Event>();
    }
    return std::optional(std::move(event));
}

Result<> EventSource::receive(std::function<void(Event const&)> const& each) {
    Result<> outcome;
    TRY(connection_.receive_events([&](netlink::Message const& message, int) {
        auto event = read(message);
        if (!event)
            outcome = std::move(event).error();
        else if (*event)
            each(**event);
    }));
    return outcome;
}

}  // namespace vethwork::observe
