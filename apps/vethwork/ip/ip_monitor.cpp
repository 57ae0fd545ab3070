// ip monitor: changes as the kernel tells them. Source: ip-monitor(8), rtnetlink(7).
#include <linux/rtnetlink.h>
#include <sys/time.h>

#include <cstring>
#include <ctime>

#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netlink/nexthop.hpp>
#include <vethwork/netlink/route.hpp>
#include <vethwork/netlink/rule.hpp>
#include <vethwork/observe/links.hpp>
#include <vethwork/report/ip_netns.hpp>
#include <vethwork/report/ip_route.hpp>

#include "ip/objects.hpp"
#include "ip/routing.hpp"

namespace vethwork::app {

namespace {

constexpr std::string_view usage =
    "Usage: ip monitor [ all | OBJECTS ] [ FILE ] [ label ] [ all-nsid ]\n"
    "                  [ dev DEVICE ]\n"
    "OBJECTS :=  link | nexthop | nsid | route | rule\n"
    "FILE := file FILENAME";

/// What the words ask for.
struct Wish {
    std::vector<std::string_view> kinds;  ///< empty: all
    std::string file;
    std::uint32_t link = 0;  ///< 0: any
    bool label = false, all_namespaces = false;
};

/// The text of one message; empty where the wish leaves it out.
using Render = Result<std::string> (*)(Session&, Wish const&, netlink::Message const&);

Result<std::string> link_text(Session& session, Wish const& wish, netlink::Message const& message) {
    auto const link = TRY(netlink::read_link(message));
    if (wish.link != 0 && link.index != wish.link) return std::string();
    session.names().learn(link);
    report::IpWriter writer(report::Look::text, session.options().coloured);
    writer.set_one_line(session.options().one_line);
    report::write_links(writer, std::span(&link, 1), session.details());
    return writer.take();
}

Result<std::string> route_text(Session& session, Wish const& wish, netlink::Message const& message) {
    auto const route = TRY(netlink::read_route(message));
    if ((route.flags & RTM_F_CLONED) != 0) return std::string();
    if (wish.link != 0 && (!route.link || route.link->index != wish.link)) return std::string();
    report::IpWriter writer(report::Look::text, session.options().coloured);
    writer.set_one_line(session.options().one_line);
    topology::RouteFilter filter;
    filter.table = 0;
    report::write_routes(writer, std::span(&route, 1), filter, routing_details(session));
    return writer.take();
}

Result<std::string> rule_text(Session& session, Wish const&, netlink::Message const& message) {
    auto const rule = TRY(netlink::read_rule(message));
    report::IpWriter writer(report::Look::text, session.options().coloured);
    report::write_rules(writer, std::span(&rule, 1), routing_details(session));
    return writer.take();
}

Result<std::string> nexthop_text(Session& session, Wish const&, netlink::Message const& message) {
    auto const nexthop = TRY(netlink::read_nexthop(message));
    report::IpWriter writer(report::Look::text, session.options().coloured);
    report::write_nexthops(writer, std::span(&nexthop, 1), routing_details(session));
    return writer.take();
}

Result<std::string> nsid_text(Session& session, Wish const&, netlink::Message const& message) {
    auto id = TRY(netlink::read_namespace_id(message));
    bool const made = message.header.nlmsg_type == RTM_NEWNSID;
    if (made) session.namespace_names().forget();
    if (id.nsid) id.name = session.namespace_names().name(*id.nsid);
    report::IpWriter writer(report::Look::text);
    report::write_namespace_id(writer, id, report::Change::present);
    return writer.take();
}

/// A kind of event: its word, its label, the groups that tell it, and how it looks.
struct EventKind {
    std::string_view word, label;
    std::uint16_t made, gone;  ///< message types
    std::uint32_t ipv4_group, ipv6_group;
    Render render;
};

constexpr std::array kinds{
    EventKind{"link", "[LINK]", RTM_NEWLINK, RTM_DELLINK, RTNLGRP_LINK, RTNLGRP_LINK, link_text},
    EventKind{"route", "[ROUTE]", RTM_NEWROUTE, RTM_DELROUTE, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
              route_text},
    EventKind{"rule", "[RULE]", RTM_NEWRULE, RTM_DELRULE, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, rule_text},
    EventKind{"nsid", "[NSID]", RTM_NEWNSID, RTM_DELNSID, RTNLGRP_NSID, RTNLGRP_NSID, nsid_text},
    EventKind{"nexthop", "[NEXTHOP]", RTM_NEWNEXTHOP, RTM_DELNEXTHOP, RTNLGRP_NEXTHOP, RTNLGRP_NEXTHOP,
              nexthop_text},
};

bool is_wanted(Wish const& wish, EventKind const& kind) {
    return wish.kinds.empty() || std::ranges::find(wish.kinds, kind.word) != wish.kinds.end();
}

Result<bool> take_kind(plan::WordReader& words, Wish& wish) {
    for (auto const& kind : kinds)
        if (words.take_prefix(kind.word)) return wish.kinds.push_back(kind.word), true;
    return false;
}

Result<Wish> parse_wish(Session& session, plan::WordReader& words) {
    Wish wish;
    while (!words.done()) {
        if (words.take_prefix("file")) {
            wish.file = TRY(words.value());
        } else if (words.take_prefix("label") || words.take_exact("all")) {
            wish.label = true;
        } else if (words.take_prefix("all-nsid")) {
            wish.all_namespaces = true;
        } else if (words.take_prefix("help")) {
            return usage_error(std::string(usage));
        } else if (words.take_exact("dev")) {
            auto const name = TRY(words.value());
            auto const index = link_index(session, name);
            if (!index) return plan::wrong_argument("Device does not exist\n", name);
            wish.link = *index;
        } else if (!TRY(take_kind(words, wish))) {
            return usage_error(
                fmt::format("Argument \"{}\" is unknown, try \"ip monitor help\".", words.peek()));
        }
    }
    return wish;
}

std::string time_text(IpOptions const& options) {
    timeval now{};
    ::gettimeofday(&now, nullptr);
    tm broken_down{};
    ::localtime_r(&now.tv_sec, &broken_down);
    char text[64];
    if (options.short_timestamp) {
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &broken_down);
        return fmt::format("[{}.{:06}] ", text, now.tv_usec);
    }
    std::strftime(text, sizeof text, "%a %b %e %H:%M:%S %Y", &broken_down);
    return fmt::format("Timestamp: {} {} usec\n", text, now.tv_usec);
}

std::string headers(Session& session, Wish const& wish, EventKind const& kind, int nsid) {
    std::string text;
    if (session.options().timestamp) text += time_text(session.options());
    if (wish.all_namespaces) text += nsid < 0 ? "[nsid current]" : fmt::format("[nsid {}]", nsid);
    if (wish.label) text += kind.label;
    return text;
}

void tell(Session& session, Wish const& wish, netlink::Message const& message, int nsid) {
    for (auto const& kind : kinds) {
        bool const gone = message.header.nlmsg_type == kind.gone;
        if (!gone && message.header.nlmsg_type != kind.made) continue;
        auto const text = kind.render(session, wish, message);
        if (!text) session.complain(text.error());
        if (text && !text->empty())
            session.print(headers(session, wish, kind, nsid) + (gone ? "Deleted " : "") + *text);
    }
}

Result<> join_groups(Session& session, Wish const& wish, netlink::Connection& events) {
    auto const family = session.options().family;
    for (auto const& kind : kinds) {
        if (!is_wanted(wish, kind)) continue;
        if (family != Family::ipv6) TRY(events.join(kind.ipv4_group));
        if (family != Family::ipv4 && kind.ipv6_group != kind.ipv4_group) TRY(events.join(kind.ipv6_group));
        if (family == Family::ipv6 && kind.ipv6_group == kind.ipv4_group) TRY(events.join(kind.ipv4_group));
    }
    if (wish.all_namespaces) TRY(events.listen_all_namespaces());
    return {};
}

Result<int> tell_file(Session& session, Wish const& wish) {
    auto const bytes = read_file(wish.file);
    if (!bytes) return usage_error(fmt::format("Cannot fopen: {}", std::strerror(bytes.error().code)));
    netlink::MessageReader reader(as_bytes(*bytes));
    while (auto const message = reader.next()) tell(session, wish, *message, -1);
    return 0;
}

}  // namespace

Result<int> run_ip_monitor(Session& session, plan::WordReader& words) {
    auto const wish = TRY(parse_wish(session, words));
    (void)TRY(session.connection());
    if (!wish.file.empty()) return tell_file(session, wish);
    auto events = TRY(netlink::Connection::open());
    TRY(join_groups(session, wish, events));
    TRY(session.names().learn_all());
    for (;;) {
        TRY(events.receive_events(
            [&](netlink::Message const& message, int nsid) { tell(session, wish, message, nsid); }));
        session.flush();
    }
}

}  // namespace vethwork::app
