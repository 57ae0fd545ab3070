// vethwork why FROM TO: from "the ping fails" to the one command that repairs it.
#include <algorithm>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/why.hpp>
#include <vethwork/report/why_text.hpp>

#include "cli.hpp"
#include "why_scope.hpp"

namespace vethwork::app {

namespace {

constexpr int undecided = 3;

struct Wish {
    WhyScope scope;
    std::string from, to, protocol = "icmp";
    std::uint16_t tcp = 0, udp = 0;
    bool json = false, verbose = false;
};

void bind_options(CLI::App& app, Wish& wish) {
    app.add_option("FROM", wish.from, "the node or namespace that cannot reach it")->required();
    app.add_option("TO", wish.to, "a node, a namespace or an address")->required();
    app.add_option("PROTOCOL", wish.protocol, "icmp, tcp:PORT or udp:PORT");
    app.add_option("--tcp", wish.tcp, "the same as tcp:PORT");
    app.add_option("--udp", wish.udp, "the same as udp:PORT");
    bind_scope_options(app, wish.scope);
    app.add_flag("-j,--json", wish.json, "one JSON object");
    app.add_flag("-v,--verbose", wish.verbose, "every hop, and what was listened to");
    app.footer("Exit status: 0 reachable; 1 unreachable; 2 degraded; 3 undecided, or bad usage.");
}

Result<diagnose::Flow> flow_of(Wish const& wish, diagnose::Sites& sites) {
    auto protocol = diagnose::parse_protocol(wish.protocol);
    if (wish.tcp != 0) protocol = {diagnose::Protocol::tcp, wish.tcp};
    if (wish.udp != 0) protocol = {diagnose::Protocol::udp, wish.udp};
    if (!protocol)
        return usage_error(fmt::format("\"{}\" is no protocol", wish.protocol), "icmp, tcp:PORT or udp:PORT");
    auto* const from = TRY(find_site(sites, wish.from, wish.scope));
    auto const destination = TRY(find_destination(sites, wish.to, wish.scope));
    return diagnose::Flow{.from = from->name(),
                          .destination = destination,
                          .source = {},
                          .protocol = protocol->protocol,
                          .port = protocol->port};
}

int exit_status(diagnose::Verdict verdict) { return static_cast<int>(verdict); }

Result<int> ask(Wish& wish) {
    diagnose::Sites sites;
    TRY(open_scope(sites, wish.scope));
    auto const flow = TRY(flow_of(wish, sites));
    auto const diagnosis = TRY(diagnose::why(sites, flow, {}));
    report::WhyStyle const style{wish.verbose ? report::Detail::full : report::Detail::brief,
                                 wish.scope.prefix};
    fmt::print("{}", wish.json ? report::why_json(diagnosis) + "\n" : report::why_text(diagnosis, style));
    return exit_status(diagnosis.verdict);
}

}  // namespace

int run_why(Invocation const& invocation) {
    CLI::App app("Says why an exchange fails, and what repairs it.", "vethwork why");
    Wish wish;
    bind_options(app, wish);
    if (auto const ended = parse_words(app, invocation, "why")) return *ended == 0 ? 0 : undecided;
    auto const status = ask(wish);
    if (status) return *status;
    complain("why", status.error());
    return undecided;
}

}  // namespace vethwork::app
