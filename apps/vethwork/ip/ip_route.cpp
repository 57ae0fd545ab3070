// ip route. Source: ip-route(8).
#include <vethwork/plan/route_filter_words.hpp>
#include <vethwork/plan/route_operation.hpp>

#include "ip/objects.hpp"
#include "ip/route_commands.hpp"

namespace vethwork::app {

namespace {

Result<int> put(Session& session, plan::WordReader& words, plan::RoutePutMode mode) {
    auto context = routing_context(session);
    TRY(session.perform(TRY(plan::parse_route_put(words, mode, context))));
    return 0;
}

Result<int> remove(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    TRY(session.perform(TRY(plan::parse_route_delete(words, context))));
    return 0;
}

Result<int> show(Session& session, plan::WordReader& words) {
    auto const filter = TRY(take_route_filter(session, words));
    auto list = TRY(session.another_connection());
    auto const details = routing_details(session);
    auto writer = session.writer();
    writer.begin_list();
    auto const listed = observe::for_each_route(list, query_of(filter), [&](topology::Route const& route) {
        if (filter.accepts(route)) report::write_route(writer, route, filter, details);
        session.pass_on(writer);
    });
    if (!listed) tell_broken_list(session);
    if (!listed) return end_dump(session, listed.error(), "Dump terminated", 2);
    writer.end_list();
    session.print(writer.take());
    return 0;
}

Result<observe::PacketQuery> packet_of(Session& session, plan::RouteQuestion& question) {
    TRY(resolve(session, question.incoming));
    TRY(resolve(session, question.outgoing));
    return observe::PacketQuery{.family = question.family,
                                .destination = question.destination,
                                .source = question.source,
                                .incoming = question.incoming ? question.incoming->index : 0,
                                .outgoing = question.outgoing ? question.outgoing->index : 0,
                                .tos = question.tos,
                                .mark = question.mark,
                                .uid = question.uid,
                                .ip_protocol = question.ip_protocol,
                                .source_port = question.source_port,
                                .destination_port = question.destination_port,
                                .notify = question.notify,
                                .fib_match = question.fib_match};
}

Result<int> get(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto question = plan::parse_route_question(words, context);
    tell_warnings(context);
    if (!question) return std::move(question).error();
    auto const packet = TRY(packet_of(session, *question));
    auto* const connection = TRY(session.connection());
    auto const route = TRY(observe::route_of(*connection, packet));
    topology::RouteFilter const everything{.table = 0};
    auto writer = session.writer();
    report::write_routes(writer, {&route, 1}, everything, routing_details(session));
    session.print(writer.take());
    if (!question->connected || question->has_source) return 0;
    if (!route.preferred_source && !route.source) return plan::refused("Failed to connect the route");
    auto const again = TRY(observe::route_of(*connection, packet));
    report::IpWriter text(report::Look::text, session.options().coloured);
    report::write_route(text, again, everything, routing_details(session));
    session.print(text.take());
    return 0;
}

struct PutVerb {
    std::string_view name;
    plan::RoutePutMode mode;
};

/// In the order in which abbreviations are tried.
constexpr PutVerb put_verbs[] = {
    {"add", plan::RoutePutMode::add},         {"change", plan::RoutePutMode::change},
    {"replace", plan::RoutePutMode::replace}, {"prepend", plan::RoutePutMode::prepend},
    {"append", plan::RoutePutMode::append},   {"test", plan::RoutePutMode::test},
};

}  // namespace

Result<topology::RouteFilter> take_route_filter(Session& session, plan::WordReader& words) {
    auto context = routing_context(session);
    auto filter = TRY(plan::parse_route_filter(words, context));
    TRY(resolve(session, filter.incoming));
    TRY(resolve(session, filter.link));
    return filter;
}

observe::RouteQuery query_of(topology::RouteFilter const& filter) {
    return {.family = filter.family,
            .table = filter.table,
            .link_index = filter.link ? filter.link->index : 0,
            .protocol = filter.protocol.value_or(0),
            .cached = filter.cached};
}

Result<int> run_ip_route(Session& session, plan::WordReader& words) {
    if (words.done()) return show(session, words);
    for (auto const& verb : put_verbs)
        if (words.take_prefix(verb.name)) return put(session, words, verb.mode);
    if (words.take_exact("chg")) return put(session, words, plan::RoutePutMode::change);
    if (words.take_prefix("delete")) return remove(session, words);
    if (words.take_prefix("list") || words.take_prefix("show") || words.take_prefix("lst"))
        return show(session, words);
    if (words.take_prefix("get")) return get(session, words);
    if (words.take_prefix("flush")) return flush_routes(session, words);
    if (words.take_prefix("save")) return save_routes(session, words);
    if (words.take_prefix("restore")) return restore_routes(session);
    if (words.take_prefix("showdump")) return show_saved_routes(session);
    if (words.take_prefix("help")) return plan::route_usage();
    return usage_error(fmt::format("Command \"{}\" is unknown, try \"ip route help\".", words.peek()));
}

}  // namespace vethwork::app
