// vethwork events: what changes in the nodes of a lab, as it changes.
#include <signal.h>

#include <cerrno>

#include <vethwork/observe/events.hpp>
#include <vethwork/report/event_line.hpp>
#include <vethwork/traffic/event_loop.hpp>

#include "clock_text.hpp"
#include "lab/context.hpp"

namespace vethwork::app {

namespace {

/// Listens in all nodes at once, and prints.
class Watch {
public:
    Watch(EventLoop& loop, LabOptions const& options) : loop_(loop), options_(options) {}

    Result<> add(std::string const& node, observe::EventSource source) {
        auto& place = sources_.emplace_back(Place{node, std::move(source)});
        (void)TRY(loop_.watch("events", place.source.fd(), EPOLLIN, [this, &place](Events) { hear(place); }));
        return {};
    }

    /// Where others watch a part of what is printed, they see each line at once.
    void begin() const {
        if (!options_.quiet)
            fmt::print(stderr, "watching {} node{}; Ctrl-C ends.\n", sources_.size(),
                       sources_.size() == 1 ? "" : "s");
        std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
    }

private:
    struct Place {
        std::string node;
        observe::EventSource source;
    };

    void hear(Place& place) {
        auto const heard = place.source.receive([&](observe::Event const& event) {
            auto const time = clock_text(now_ns());
            auto const line = options_.json ? report::event_json(time, place.node, event)
                                            : report::event_line(time, place.node, event);
            // Whoever read it has gone.
            if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) loop_.stop();
        });
        if (heard) return;
        if (heard.error().code == ENOBUFS)
            fmt::print(stderr, "vethwork events: {}: too many at once, some are lost\n", place.node);
        else
            (void)complain("events", heard.error());
    }

    EventLoop& loop_;
    LabOptions const& options_;
    std::deque<Place> sources_;
};

Result<> watch_lab(lab::Running& running, std::vector<std::string> const& nodes, double seconds,
                   LabOptions const& options) {
    auto loop = TRY(EventLoop::create());
    Watch watch(loop, options);
    for (auto const& node : nodes) {
        TRY(running.network->enter(node));
        TRY(watch.add(node, TRY(observe::EventSource::open())));
    }
    TRY(loop.stop_on({SIGINT, SIGTERM}));
    if (seconds > 0)
        loop.after(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds)),
                   [&loop] { loop.stop(); });
    watch.begin();
    return loop.run();
}

}  // namespace

int run_events(Invocation const& invocation) {
    OptionSet app(
        "Tells what changes in the nodes of a lab: links, addresses, routes, neighbours and rules, each in a "
        "line "
        "with time and node, until Ctrl-C.",
        "vethwork events");
    LabOptions options;
    double seconds = 0;
    bind_lab_options(app, options);
    bind_subject(app, options);
    app.add_option("--for", seconds, "end after this many seconds").positive();
    if (auto const ended = parse_words(app, invocation, "events")) return *ended;
    take_subject(options);
    auto const name = find_lab(options, "events");
    if (auto const* const ended = std::get_if<int>(&name)) return *ended;
    auto running = lab::open(ground_of(options), std::get<std::string>(name));
    if (!running) return complain_of_lab("events", running.error());
    std::vector<std::string> nodes;
    running->network->for_each(
        [&nodes](std::string const& node, netlink::Connection&, int) { nodes.push_back(node); });
    auto const watched = watch_lab(*running, nodes, seconds, options);
    return watched ? status::ok : complain_of_lab("events", watched.error());
}

}  // namespace vethwork::app
