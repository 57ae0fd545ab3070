// vethwork why FROM TO: from "the ping fails" to the one command that repairs it.
#include <algorithm>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/why.hpp>
#include <vethwork/report/why_text.hpp>

#include "cli.hpp"
#include "why_scope.hpp"
#include "why_watch.hpp"

namespace vethwork::app {

namespace {

constexpr int undecided = 3;

struct Wish {
    WhyScope scope;
    WhyQuestion question;
    bool json = false, verbose = false, watch = false;
};

void bind_options(OptionSet& app, Wish& wish) {
    bind_question(app, wish.question);
    bind_scope_options(app, wish.scope);
    app.add_flag("-j,--json", wish.json, "one JSON object");
    app.add_flag("--watch", wish.watch,
                 "go on until Ctrl-C: a line whenever the answer changes, and what changed it");
    app.add_flag("-v,--verbose", wish.verbose, "every hop, and what was listened to");
    app.footer("Exit status: 0 reachable; 1 unreachable; 2 degraded; 3 undecided, or bad usage.");
}

int exit_status(diagnose::Verdict verdict) { return static_cast<int>(verdict); }

Result<int> ask(Wish& wish) {
    diagnose::Sites sites;
    TRY(open_scope(sites, wish.scope, wish.question.from));
    auto const flow = TRY(flow_of(wish.question, sites, wish.scope));
    report::WhyStyle const style{wish.verbose ? report::Detail::full : report::Detail::brief,
                                 wish.scope.prefix};
    if (wish.watch) return exit_status(TRY(watch_why(sites, flow, {style, wish.json})));
    auto const diagnosis = TRY(diagnose::why(sites, flow, {}));
    fmt::print("{}", wish.json ? report::why_json(diagnosis) + "\n" : report::why_text(diagnosis, style));
    return exit_status(diagnosis.verdict);
}

}  // namespace

int run_why(Invocation const& invocation) {
    OptionSet app("Says why an exchange fails, and what repairs it.", "vethwork why");
    Wish wish;
    bind_options(app, wish);
    if (auto const ended = parse_words(app, invocation, "why")) return *ended == 0 ? 0 : undecided;
    auto const status = ask(wish);
    if (status) return *status;
    complain("why", status.error());
    return undecided;
}

}  // namespace vethwork::app
