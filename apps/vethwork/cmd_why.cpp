// vethwork why FROM TO: from "the ping fails" to the one command that repairs it.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/why.hpp>
#include <vethwork/report/why_text.hpp>

#include "cli.hpp"
#include "why_repair.hpp"
#include "why_scope.hpp"
#include "why_source.hpp"
#include "why_watch.hpp"

namespace vethwork::app {

namespace {

constexpr int undecided = 3;

struct Wish {
    WhyScope scope;
    WhyQuestion question;
    bool json = false, verbose = false, watch = false;
    bool fix = false, yes = false;  ///< carry the repair out; without asking
    bool no_trial = false;          ///< print it untried
};

void bind_options(OptionSet& app, Wish& wish) {
    bind_question(app, wish.question);
    bind_scope_options(app, wish.scope);
    app.add_flag("-j,--json", wish.json, "one JSON object");
    app.add_flag("--watch", wish.watch,
                 "go on until Ctrl-C: a line whenever the answer changes, and what changed it");
    app.add_flag("-v,--verbose", wish.verbose, "every hop, and what was listened to");
    app.add_flag("--no-trial", wish.no_trial, "do not try the repair on a copy of the network first");
    app.add_flag("--fix", wish.fix, "carry out the repair, if you say yes, and probe again");
    app.add_flag("-y,--yes", wish.yes, "with --fix: do not ask");
    app.footer("Exit status: 0 reachable; 1 unreachable; 2 degraded; 3 undecided, or bad usage.");
}

int exit_status(diagnose::Verdict verdict) { return static_cast<int>(verdict); }

/// The question, with the namespaces that it is about.
struct Question {
    diagnose::Sites sites;
    diagnose::Flow flow;
};

Result<> open(Question& question, Wish& wish) {
    TRY(open_scope(question.sites, wish.scope, wish.question.from));
    question.flow = TRY(flow_of(wish.question, question.sites, wish.scope));
    return {};
}

report::WhyStyle style_of(Wish const& wish) {
    return {wish.verbose ? report::Detail::full : report::Detail::brief, wish.scope.prefix};
}

/// Notes what the file of the lab, where there is one, has to do with an answer.
void quote(Wish const& wish, diagnose::Sites& sites, diagnose::Diagnosis& diagnosis) {
    if (wish.scope.record) quote_file(sites, *wish.scope.record, wish.scope.prefix, diagnosis);
}

/// The answer, told.
Result<diagnose::Diagnosis> answer(Wish& wish) {
    Question question;
    TRY(open(question, wish));
    auto diagnosis = TRY(diagnose::why(question.sites, question.flow, {}));
    quote(wish, question.sites, diagnosis);
    if (!wish.no_trial) try_on_copy(question.sites, diagnosis);
    fmt::print("{}",
               wish.json ? report::why_json(diagnosis) + "\n" : report::why_text(diagnosis, style_of(wish)));
    std::fflush(stdout);
    return diagnosis;
}

Result<int> watch(Wish& wish) {
    Question question;
    TRY(open(question, wish));
    WatchStyle const style{
        .text = style_of(wish), .json = wish.json, .quote_file = [&wish](auto& sites, auto& diagnosis) {
            quote(wish, sites, diagnosis);
        }};
    return exit_status(TRY(watch_why(question.sites, question.flow, style)));
}

bool says_yes() {
    fmt::print(stderr, "carry it out? [y/N] ");
    char reply[16] = {};
    return std::fgets(reply, sizeof reply, stdin) && (reply[0] == 'y' || reply[0] == 'Y');
}

/// One answer, and its repair carried out where that is wanted and is not the one of the round before (which
/// `last` has and gets). Exit status `carried_out`: there is something new to ask.
constexpr int carried_out = 100;
Result<int> mend_once(Wish& wish, Fd const& last) {
    auto const diagnosis = TRY(answer(wish));
    int const status = exit_status(diagnosis.verdict);
    bool const is_mendable = diagnosis.verdict != diagnose::Verdict::reachable && diagnosis.cause &&
                             !diagnosis.cause->repair.empty();
    if (!is_mendable) return status;
    auto const fault = diagnosis.cause->cause + "@" + diagnosis.cause->netns;
    ::lseek(last.get(), 0, SEEK_SET);
    if (TRY(read_all(last.get())) == fault || (!wish.yes && !says_yes())) return status;
    TRY(carry_out(diagnosis.cause->repair));
    ::lseek(last.get(), 0, SEEK_SET);
    if (::ftruncate(last.get(), 0) != 0) return system_error("note what was mended");
    TRY(write_all(last.get(), fault));
    return carried_out;
}

/// Mends one fault after the other. Each round is a process of its own: asking moves into the lab's
/// namespaces, out of which there is no way back.
Result<int> mend(Wish& wish) {
    constexpr int most_rounds = 6;
    Fd const last(::memfd_create("vethwork-why", MFD_CLOEXEC));
    if (!last.is_open()) return system_error("make a file in memory");
    int status = carried_out;
    for (int round = 0; round < most_rounds && status == carried_out; ++round)
        status = TRY(in_child([&] {
            auto const outcome = mend_once(wish, last);
            if (outcome) return *outcome;
            complain("why", outcome.error());
            return undecided;
        }));
    return status == carried_out ? undecided : status;
}

Result<int> ask(Wish& wish) {
    if (wish.watch) return watch(wish);
    if (wish.fix) return mend(wish);
    return exit_status(TRY(answer(wish)).verdict);
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
