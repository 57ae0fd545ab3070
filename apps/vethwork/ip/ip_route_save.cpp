// ip route save, restore, showdump: routes as the kernel's own messages in a file.
#include <linux/rtnetlink.h>

#include <vethwork/netlink/route.hpp>

#include "ip/route_commands.hpp"

namespace vethwork::app {

namespace {

/// Which round of a restoration a route belongs to: addresses of this host, networks at links, all others.
/// Nothing where it belongs to none.
std::optional<int> round_of(topology::Route const& route) {
    if (route.via && route.via->family == route.family) return 2;
    bool const own_address = !route.preferred_source ||
                             (route.destination && route.destination->address == *route.preferred_source);
    return own_address ? 0 : 1;
}

}  // namespace

Result<int> save_routes(Session& session, plan::WordReader& words) {
    TRY(begin_message_file(session, route_file));
    auto const filter = TRY(take_route_filter(session, words));
    std::string saved;
    auto const done = observe::route_messages(*TRY(session.connection()), query_of(filter),
                                              [&](netlink::Message const& message) -> Result<> {
                                                  if (!netlink::is_ip_route(message)) return {};
                                                  if (filter.accepts(TRY(netlink::read_route(message))))
                                                      append_message(saved, message);
                                                  return {};
                                              });
    session.print(saved);
    if (!done) return end_dump(session, done.error(), "Dump terminated", 2);
    return 0;
}

Result<int> restore_routes(Session& session) {
    auto const file = TRY(read_message_file(route_file));
    for (int round = 0; round < 3; ++round) {
        netlink::MessageReader reader(as_bytes(file));
        while (auto const message = reader.next()) {
            auto const route = TRY(netlink::read_route(*message));
            if (round_of(route) == round) TRY(restore_message(session, *message));
        }
    }
    return 0;
}

Result<int> show_saved_routes(Session& session) {
    auto const file = TRY(read_message_file(route_file));
    TRY(session.connection());
    report::IpWriter writer(report::Look::text, session.options().coloured);
    writer.set_one_line(session.options().one_line);
    auto const details = routing_details(session);
    netlink::MessageReader reader(as_bytes(file));
    while (auto const message = reader.next())
        report::write_route(writer, TRY(netlink::read_route(*message)), {.table = 0}, details);
    session.print(writer.take());
    return 0;
}

}  // namespace vethwork::app
