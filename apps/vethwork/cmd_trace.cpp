// vethwork trace FROM TO: the way that a real probe takes, and the time at each device.
#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/trace.hpp>
#include <vethwork/report/trace_text.hpp>

#include "cli.hpp"
#include "why_scope.hpp"

namespace vethwork::app {

namespace {

constexpr int reached = 0, not_reached = 1, undecided = 3;

struct Wish {
    WhyScope scope;
    WhyQuestion question;
    bool json = false;
};

Result<int> follow(Wish& wish) {
    diagnose::Sites sites;
    TRY(open_scope(sites, wish.scope, wish.question.from));
    auto const flow = TRY(flow_of(wish.question, sites, wish.scope));
    auto const trace = TRY(diagnose::trace(sites, flow, {}));
    report::TraceStyle const style{wish.scope.prefix, why_command(wish.question, wish.scope)};
    fmt::print("{}", wish.json ? report::trace_json(trace) + "\n" : report::trace_text(trace, style));
    return trace.answer == diagnose::Answer::good ? reached : not_reached;
}

}  // namespace

int run_trace(Invocation const& invocation) {
    OptionSet app(
        "Sends a real probe and shows its way there and back: each device at which it was seen, with the "
        "time "
        "since it was sent, by the kernel's clock.",
        "vethwork trace");
    Wish wish;
    bind_question(app, wish.question);
    bind_scope_options(app, wish.scope);
    app.add_flag("-j,--json", wish.json, "one JSON object");
    app.footer("Exit status: 0 answered; 1 lost, refused or not sent; 3 bad usage.");
    if (auto const ended = parse_words(app, invocation, "trace")) return *ended == 0 ? 0 : undecided;
    auto const status = follow(wish);
    if (status) return *status;
    complain("trace", status.error());
    return undecided;
}

}  // namespace vethwork::app
