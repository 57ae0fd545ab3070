// vethwork up: brings a lab up, or makes one that is up as its file says.
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include <nlohmann/json.hpp>

#include <vethwork/lab/limits.hpp>
#include <vethwork/lab/space.hpp>

#include "interruptible.hpp"
#include "lab/context.hpp"
#include "lab/ruleset_check.hpp"
#include "lab/up.hpp"
#include "lab/way_out.hpp"

namespace vethwork::app {

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// What a user is told while a lab comes up.
class Talk {
public:
    Talk(LoadedLab const& loaded, LabOptions const& options, lab::Ground const& ground)
        : loaded_(loaded), options_(options), ground_(ground) {}

    [[nodiscard]] lab::News news() {
        return {.planned = [this](plan::Plan const& plan) { planned(plan); },
                .progress = [this](std::size_t done, plan::Phase) { progress(done); },
                .network_done = [this] { network_done(); },
                .service = [this](lab::ServiceStatus const& status) { service(status); },
                .interrupted = [] { return Interruptible::signal() != 0; },
                .going_back = [this] { going_back(); }};
    }

    void begin() const {
        if (silent()) return;
        auto const count = [](std::size_t number, std::string_view what) {
            return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
        };
        fmt::print(stderr, "{}  {}  {} · {} · {}\n", loaded_.lab.name,
                   loaded_.path.substr(loaded_.path.rfind('/') + 1),
                   ground_.footing == lab::Footing::rootless ? "rootless" : "root",
                   count(loaded_.lab.nodes.size(), "node"), count(loaded_.lab.links.size(), "link"));
    }

    void end(lab::UpReport const& report) const {
        if (options_.json) return print_json(report);
        if (options_.quiet) return;
        tell_left_out(report.left_out, "up");
        if (report.was_up && report.steps == 0 && !served_) {
            fmt::print(stderr, "nothing {}to do: {} is as its file says.\n",
                       report.left_out.empty() ? "" : "else ", loaded_.lab.name);
            return;
        }
        fmt::print(stderr, "{} in {:.2f} s.", report.was_up ? "changed" : "up",
                   milliseconds_since(begin_) / 1000);
        suggest(loaded_.lab.nodes);
        fmt::print(stderr, "\n");
    }

private:
    static void suggest(std::vector<topology::LabNode> const& nodes) {
        if (nodes.empty()) return;
        fmt::print(stderr, "   Try:  vethwork shell {}", nodes.front().name);
        if (nodes.size() > 1)
            fmt::print(stderr, " · vethwork why {} {}", nodes.front().name, nodes.back().name);
        fmt::print(stderr, " · vethwork exec all -- ip -br addr");
    }

    static constexpr std::size_t many_nodes = 64;

    [[nodiscard]] bool silent() const { return options_.quiet || options_.json; }

    void planned(plan::Plan const& plan) {
        total_ = plan.steps.size();
        if (!silent() && options_.verbose)
            for (auto const& step : plan.steps)
                fmt::print(stderr, "  {}: {} ({})\n", step.netns, plan::describe(step.operation),
                           step.reason);
    }

    void progress(std::size_t done) {
        bool const is_terminal = ::isatty(STDERR_FILENO) == 1;
        bool const by_itself = is_terminal && !silent() && loaded_.state.namespaces.size() > many_nodes;
        if ((!by_itself && !options_.progress) || total_ == 0) return;
        // A terminal has one line that changes; elsewhere each tenth has a line of its own.
        auto const percent = is_terminal ? done * 100 / total_ : done * 10 / total_ * 10;
        if (percent == percent_) return;
        percent_ = percent;
        fmt::print(stderr, "{}  {:3} %  {} of {} steps{}", is_terminal ? "\r" : "", percent, done, total_,
                   is_terminal ? "" : "\n");
    }

    void network_done() {
        if (silent()) return;
        if (percent_ != none && ::isatty(STDERR_FILENO) == 1) fmt::print(stderr, "\r");
        fmt::print(stderr, "  ✓ network     {} steps in {} namespaces{:>30.0f} ms\n", total_,
                   loaded_.state.namespaces.size(), milliseconds_since(begin_));
    }

    void service(lab::ServiceStatus const& status) {
        served_ = true;
        if (silent() || status.state == lab::ServiceState::starting ||
            status.state == lab::ServiceState::stopping)
            return;
        fmt::print(stderr, "  {} service     {} {}{}{}\n",
                   status.state == lab::ServiceState::failed ? "✗" : "✓", status.service,
                   lab::name_of(status.state), status.text.empty() ? "" : ": ", status.text);
    }

    void going_back() const {
        if (!silent()) fmt::print(stderr, "  ↺ {} is made as it was\n", loaded_.lab.name);
    }

    void print_json(lab::UpReport const& report) const {
        nlohmann::ordered_json services = nlohmann::ordered_json::array();
        for (auto const& one : report.services)
            services.push_back(
                {{"service", one.service}, {"state", lab::name_of(one.state)}, {"pid", one.pid}});
        fmt::print("{}\n", nlohmann::ordered_json{{"lab", loaded_.lab.name},
                                                  {"was_up", report.was_up},
                                                  {"steps", report.steps},
                                                  {"nodes", loaded_.lab.nodes.size()},
                                                  {"services", services},
                                                  {"left_out", report.left_out.all()},
                                                  {"elapsed_ms", milliseconds_since(begin_)}}
                               .dump(1));
    }

    LoadedLab const& loaded_;
    LabOptions const& options_;
    lab::Ground const& ground_;
    Clock::time_point begin_ = Clock::now();
    std::size_t total_ = 0;
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::size_t percent_ = none;
    bool served_ = false;  ///< services have been stopped or started
};

/// The line of the file that holds the cause, where one is known.
std::string cause_line(LoadedLab const& loaded, std::string const& key) {
    auto const found = loaded.state.origins.find(key);
    if (found == loaded.state.origins.end() || found->second.line == 0) return {};
    auto const& origin = found->second;
    return fmt::format("{}:{}:{}: {}", origin.file, origin.line, origin.column,
                       trim(line_of(loaded, origin)));
}

int failure_status(lab::UpFailure const& failure) {
    if (!failure.rolled_back) return status::left_over;
    bool const machine = failure.error.fault == Fault::limit || failure.error.code == EPERM ||
                         failure.error.code == EOPNOTSUPP;
    return machine ? status::machine : status::rolled_back;
}

int print_failure_json(LoadedLab const& loaded, lab::UpFailure const& failure) {
    auto left = nlohmann::ordered_json::array();
    for (auto const& one : failure.left) left.push_back(one.describe());
    fmt::print("{}\n", nlohmann::ordered_json{{"lab", loaded.lab.name},
                                              {"error", failure.error.describe()},
                                              {"hint", failure.error.hint},
                                              {"object", failure.key},
                                              {"rolled_back", failure.rolled_back},
                                              {"left", left}}
                           .dump(1));
    return failure_status(failure);
}

/// The lines of a ruleset that nft did not take; nothing where something else failed.
std::vector<topology::Complaint> wrong_lines(LoadedLab const& loaded, std::string const& key) {
    for (auto const& netns : loaded.state.namespaces)
        if (topology::key_of_ruleset(netns.name) == key) return check_rulesets(loaded, netns.name).complaints;
    return {};
}

void tell_cause(LoadedLab const& loaded, lab::UpFailure const& failure, LabOptions const& options) {
    if (auto const wrong = wrong_lines(loaded, failure.key); !wrong.empty()) {
        fmt::print(stderr, "vethwork up: nft does not take the rules of a node\n");
        return show_complaints(wrong, options);
    }
    fmt::print(stderr, "vethwork up: {}\n", failure.error.describe());
    if (auto const line = cause_line(loaded, failure.key); !line.empty())
        fmt::print(stderr, "  because {}\n", line);
}

int tell_failure(LoadedLab const& loaded, lab::UpFailure const& failure, LabOptions const& options) {
    if (options.json) return print_failure_json(loaded, failure);
    tell_cause(loaded, failure, options);
    if (failure.rolled_back) {
        if (failure.begun)
            fmt::print(stderr, "  {}\n",
                       failure.was_up ? "what was changed was taken back; the lab is as it was."
                                      : "everything was taken back; nothing is left.");
        if (failure.error.code == EOPNOTSUPP)
            fmt::print(stderr, "  this kernel lacks it; `vethwork doctor` tells what it has.\n");
        return failure_status(failure);
    }
    for (auto const& left : failure.left) fmt::print(stderr, "  left: {}\n", left.describe());
    auto const text =
        failure.was_up ? "the lab stays up, and is not as its file says; `vethwork status -l {}` tells more"
                       : "something is left; `vethwork down -l {}` removes it";
    fmt::print(stderr, "  {}.\n", fmt::format(fmt::runtime(text), loaded.lab.name));
    return failure_status(failure);
}

/// Segments with more members than the kernel keeps neighbours.
void warn_of_neighbours(LoadedLab const& loaded, LabOptions const& options) {
    auto const most = lab::neighbour_limit();
    for (auto const& segment : loaded.lab.segments)
        if (segment.members.size() > most && !options.quiet)
            fmt::print(
                stderr,
                "vethwork up: segment {} has {} members, and this machine keeps {} neighbours; as root: "
                "sysctl net.ipv4.neigh.default.gc_thresh3={}\n",
                segment.name, segment.members.size(), most, 2 * segment.members.size());
}

/// What a lab that is up was brought up as, whatever its file says now.
lab::Recall recall(LabOptions options) {
    return [options = std::move(options)](lab::Record const& record) mutable -> std::optional<lab::Wanted> {
        auto const loaded = load_record_silently(record);
        if (!loaded) return {};
        options.variables = record.variables;
        options.real_host = record.real_host;
        return wanted_of(*loaded, options);
    };
}

}  // namespace

int bring_up(LoadedLab const& loaded, LabOptions const& options) {
    auto const ground = ground_of(options);
    if (ground.footing == lab::Footing::rootless)
        if (auto const why = lab::why_no_user_namespaces())
            return (void)complain("up", *why), status::machine;
    if (auto const why = why_no_way_out(loaded, ground.footing)) return complain_of_lab("up", *why);
    Talk talk(loaded, options, ground);
    talk.begin();
    warn_of_neighbours(loaded, options);
    auto wanted = wanted_of(loaded, options);
    if (!options.quiet) tell_of_machine(wanted, "up");
    Interruptible const until_end;
    auto const result = lab::up(ground, std::move(wanted), talk.news(), recall(options));
    if (auto const* const failure = std::get_if<lab::UpFailure>(&result))
        return tell_failure(loaded, *failure, options);
    talk.end(std::get<lab::UpReport>(result));
    return status::ok;
}

int run_up(Invocation const& invocation) {
    OptionSet app("Brings a lab up; where it is up, changes only what differs from its file.", "vethwork up");
    LabOptions options;
    bool dry = false;
    bind_lab_options(app, options);
    bind_file(app, options);
    app.add_flag("--dry-run", dry, "print a script of ip, tc, sysctl and nft commands that does the same");
    app.add_flag("--progress", options.progress, "tell how far it is, also of a small lab and into a file");
    app.add_flag("--real-host", options.real_host,
                 "let `netns: host` mean this machine's own namespace (root)");
    if (auto const ended = parse_words(app, invocation, "up")) return *ended;
    auto const path = find_file(options, "up");
    if (auto const* const ended = std::get_if<int>(&path)) return *ended;
    auto const loaded = load_file(std::get<std::string>(path), options, "up");
    if (auto const* const ended = std::get_if<int>(&loaded)) return *ended;
    if (dry) return print_script(std::get<LoadedLab>(loaded), options);
    return bring_up(std::get<LoadedLab>(loaded), options);
}

}  // namespace vethwork::app
