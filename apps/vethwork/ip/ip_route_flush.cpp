// ip route flush: deletes what fits until nothing is left.
#include <chrono>
#include <cstdio>
#include <cstring>

#include <vethwork/base/fd.hpp>
#include <vethwork/plan/route_operation.hpp>

#include "ip/route_commands.hpp"

namespace vethwork::app {

namespace {

constexpr char const* cache_switch = "/proc/sys/net/ipv4/route/flush";
constexpr std::chrono::seconds longest{30};

/// The kernel makes its IPv6 cache entries of routes; those of IPv4 go with one write.
Result<> flush_cache(Session& session) {
    if (auto const written = write_file(cache_switch, "-1"); !written)
        return fmt::print(stderr, "Cannot open \"{}\": {}\n", cache_switch,
                          std::strerror(written.error().code)),
               Result<>{};
    if (session.options().statistics > 0) session.print("*** IPv4 routing cache is flushed.\n");
    return {};
}

/// A route that stands for "no way" at the end of every IPv6 table is the kernel's own.
bool is_kernels_own(topology::Route const& route) {
    return route.family == Family::ipv6 && !route.destination &&
           route.type == topology::RouteType::unreachable && route.priority == 0xffffffff;
}

std::vector<topology::Route> to_delete(std::vector<topology::Route> routes,
                                       topology::RouteFilter const& filter) {
    std::erase_if(routes,
                  [&filter](auto const& route) { return !filter.accepts(route) || is_kernels_own(route); });
    return routes;
}

Result<> delete_all(Session& session, std::vector<topology::Route> const& routes) {
    std::vector<plan::Operation> operations;
    for (auto const& route : routes) operations.emplace_back(plan::delete_route(route));
    apply::LinuxKernel kernel(*TRY(session.connection()));
    for (auto& outcome : kernel.perform_all(operations))
        if (!outcome) return std::move(outcome);
    return {};
}

void tell(Session& session, std::vector<topology::Route> const& routes, topology::RouteFilter const& filter) {
    report::IpWriter writer(report::Look::text, session.options().coloured);
    for (auto const& route : routes) report::write_route(writer, route, filter, routing_details(session));
    session.print(writer.take());
}

void tell_end(Session& session, int round, bool cache_only) {
    if (session.options().statistics == 0) return;
    if (round == 0 && !cache_only)
        session.print("Nothing to flush.\n");
    else
        session.print(
            fmt::format("*** Flush is complete after {} round{} ***\n", round, round > 1 ? "s" : ""));
}

int cannot_send(Error const& error) {
    std::fflush(stdout);
    fmt::print(stderr, "Failed to send flush request: {}\n", std::strerror(error.code));
    return 2;
}

Result<int> flush_in_rounds(Session& session, topology::RouteFilter const& filter) {
    auto* const connection = TRY(session.connection());
    auto const start = std::chrono::steady_clock::now();
    int const statistics = session.options().statistics;
    for (int round = 0;; ++round) {
        auto routes = observe::routes(*connection, query_of(filter));
        if (!routes) return end_dump(session, routes.error(), "Flush terminated", 2);
        auto const doomed = to_delete(std::move(*routes), filter);
        if (statistics > 1) tell(session, doomed, filter);
        if (doomed.empty()) {
            tell_end(session, round, filter.cached && filter.family != Family::ipv6);
            return 0;
        }
        if (auto const done = delete_all(session, doomed); !done) return cannot_send(done.error());
        auto const spent = std::chrono::steady_clock::now() - start;
        if (spent > longest) {
            session.print(fmt::format("\n*** Flush not completed after {} seconds, {} entries remain ***\n",
                                      std::chrono::duration_cast<std::chrono::seconds>(spent).count(),
                                      doomed.size()));
            return 1;
        }
        if (statistics > 0)
            session.print(fmt::format("\n*** Round {}, deleting {} entries ***\n", round + 1, doomed.size()));
    }
}

}  // namespace

Result<int> flush_routes(Session& session, plan::WordReader& words) {
    if (words.done()) return plan::refused("\"ip route flush\" requires arguments.");
    auto const filter = TRY(take_route_filter(session, words));
    if (filter.cached && filter.family != Family::ipv6) {
        TRY(flush_cache(session));
        if (filter.family == Family::ipv4) return 0;
    }
    return flush_in_rounds(session, filter);
}

}  // namespace vethwork::app
