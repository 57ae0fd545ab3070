#include "why_watch.hpp"

#include <poll.h>
#include <signal.h>

#include <cerrno>

#include <vethwork/diagnose/change.hpp>
#include <vethwork/observe/events.hpp>
#include <vethwork/report/change_text.hpp>
#include <vethwork/traffic/event_loop.hpp>

#include "clock_text.hpp"

namespace vethwork::app {

namespace {

using namespace std::chrono_literals;
using diagnose::Change;
using diagnose::Diagnosis;

/// What comes with one change is gathered for so long before the question is asked again.
constexpr Duration quiet_time = 100ms;
/// Rules of nft, settings and servers change without an event.
constexpr Duration look_again = 1s;

/// Of one namespace: what it tells, and its links as they were when it told last.
struct Ear {
    std::string netns;
    observe::EventSource source;
    std::map<std::uint32_t, topology::Link> links;
};

class WhyWatch {
public:
    WhyWatch(EventLoop& loop, diagnose::Sites& sites, diagnose::Flow const& flow, WatchStyle const& style)
        : loop_(loop), sites_(sites), flow_(flow), style_(style), seen_(sites.again()) {}

    Result<> begin() {
        for (auto const& site : sites_.all()) {
            TRY(site->enter());
            auto& ear = ears_.emplace_back(Ear{site->name(), TRY(observe::EventSource::open()), {}});
            for (auto const& link : site->links()) ear.links[link.index] = link;
            (void)TRY(loop_.watch("changes", ear.source.fd(), EPOLLIN, [this, &ear](Events) { hear(ear); }));
        }
        last_ = TRY(diagnose::why(seen_, flow_, {}));
        style_.quote_file(seen_, last_);
        if (!print(style_.json ? report::why_json(last_) + "\n" : report::why_text(last_, style_.text)))
            loop_.stop();
        timer_ = loop_.after(look_again, [this] { ask(); });
        return {};
    }

    [[nodiscard]] diagnose::Verdict verdict() const { return last_.verdict; }

private:
    void hear(Ear& ear) {
        auto const heard = ear.source.receive([this, &ear](observe::Event const& event) {
            auto const* const link = std::get_if<topology::Link>(&event.what);
            auto const before = link ? ear.links.find(link->index) : ear.links.end();
            auto change =
                report::change_of(ear.netns, before == ear.links.end() ? nullptr : &before->second, event);
            if (link && event.gone)
                ear.links.erase(link->index);
            else if (link)
                ear.links[link->index] = *link;
            if (change) changes_.push_back(std::move(*change));
        });
        if (!heard && heard.error().code != ENOBUFS) return loop_.stop();
        if (changes_.empty() || gathering_) return;
        gathering_ = true;
        ask_in(quiet_time);
    }

    /// What happened while the answer was looked for may be what made it.
    void hear_the_rest(std::vector<Change>& heard) {
        gathering_ = true;  // they need no question of their own
        for (auto& ear : ears_) {
            pollfd there{.fd = ear.source.fd(), .events = POLLIN, .revents = 0};
            while (::poll(&there, 1, 0) > 0 && (there.revents & POLLIN) != 0) hear(ear);
        }
        heard.insert(heard.end(), changes_.begin(), changes_.end());
        changes_.clear();
        gathering_ = false;
    }

    void ask_in(Duration delay) {
        loop_.cancel(timer_);
        timer_ = loop_.after(delay, [this] { ask(); });
    }

    static bool says_the_same(Diagnosis const& one, Diagnosis const& other) {
        auto const blamed = [](Diagnosis const& d) {
            return d.cause ? d.cause->netns + " " + d.cause->cause : std::string();
        };
        return one.verdict == other.verdict && blamed(one) == blamed(other);
    }

    void ask() {
        gathering_ = false;
        auto heard = std::exchange(changes_, {});
        auto look = sites_.again();
        auto answer = diagnose::why(look, flow_, {});
        if (answer && !says_the_same(*answer, last_)) {
            hear_the_rest(heard);
            auto const silent = diagnose::silent_changes(seen_, look);
            heard.insert(heard.end(), silent.begin(), silent.end());
            style_.quote_file(look, *answer);
            // Chance alone may lose a packet: what nothing has brought about must be so twice.
            if (!heard.empty())
                tell(std::move(*answer), heard);
            else if (is_confirmed(*answer))
                tell(std::move(*answer), earlier_);
        } else {
            remember(heard);
        }
        if (answer) seen_ = std::move(look);
        ask_in(look_again);
    }

    /// Some changes take effect late: when what is known of a neighbour is forgotten.
    void remember(std::vector<Change> const& changes) {
        constexpr std::size_t most = 32;
        earlier_.insert(earlier_.end(), changes.begin(), changes.end());
        if (earlier_.size() > most)
            earlier_.erase(earlier_.begin(), earlier_.end() - static_cast<std::ptrdiff_t>(most));
    }

    bool is_confirmed(Diagnosis const& answer) {
        auto look = sites_.again();
        auto const second = diagnose::why(look, flow_, {});
        return second && says_the_same(answer, *second);
    }

    void tell(Diagnosis answer, std::vector<Change> const& changes) {
        report::VerdictChange told{.time = clock_text(now_ns()).substr(0, 8), .before = last_.verdict};
        last_ = std::move(answer);
        if (auto const* const change =
                diagnose::turning_point(changes, last_.cause ? last_.cause->netns : std::string_view()))
            told.change = *change;
        earlier_.clear();
        if (!print(style_.json ? report::verdict_change_json(told, last_)
                               : report::verdict_change_line(told, last_, style_.text.prefix)))
            loop_.stop();
    }

    static bool print(std::string const& text) {
        return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    }

    EventLoop& loop_;
    diagnose::Sites& sites_;
    diagnose::Flow flow_;
    WatchStyle style_;
    std::deque<Ear> ears_;
    diagnose::Sites seen_;  ///< as they were read for the last answer
    Diagnosis last_;
    std::vector<Change> changes_;  ///< since the last answer
    std::vector<Change> earlier_;  ///< that have made no difference yet
    bool gathering_ = false;
    TimerId timer_;
};

}  // namespace

Result<diagnose::Verdict> watch_why(diagnose::Sites& sites, diagnose::Flow const& flow,
                                    WatchStyle const& style) {
    auto loop = TRY(EventLoop::create());
    TRY(loop.stop_on({SIGINT, SIGTERM}));
    WhyWatch watch(loop, sites, flow, style);
    TRY(watch.begin());
    TRY(loop.run());
    return watch.verdict();
}

}  // namespace vethwork::app
