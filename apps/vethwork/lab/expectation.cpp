#include "lab/expectation.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <nlohmann/json.hpp>

#include <vethwork/base/text.hpp>
#include <vethwork/lab/http_probe.hpp>

#include "interruptible.hpp"
#include "lab/faults.hpp"
#include "lab/helper.hpp"
#include "lab/throughput.hpp"

namespace vethwork::app {

namespace {

using topology::Lab;
using topology::LabTest;
using topology::TestKind;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

std::string shown(double number) { return fmt::format("{:.3g}", number); }

/// Carries one test out once.
class Trial {
public:
    Trial(LabTest const& test, LoadedLab const& loaded, LabOptions const& options)
        : test_(test),
          loaded_(loaded),
          lab_(loaded.lab),
          options_(options),
          helper_(loaded.lab.name, options),
          program_(helper_.program()) {}

    TestOutcome run_once() {
        switch (test_.kind) {
            case TestKind::ping:
                return of_each_target([this](auto from, auto const& to) { return ping(from, to); });
            case TestKind::tcp:
                return of_each_target([this](auto from, auto const& to) { return tcp(from, to); });
            case TestKind::udp:
                return of_each_target([this](auto from, auto const& to) { return udp(from, to); });
            case TestKind::path:
                return of_each_target([this](auto from, auto const& to) { return path(from, to); });
            case TestKind::drop:
                return of_each_target([this](auto from, auto const& to) { return drop(from, to); });
            case TestKind::reach:
                return reach();
            case TestKind::http:
                return of_each_node([this](auto node) { return http(node); });
            case TestKind::exec:
                return of_each_node([this](auto node) { return exec(node); });
            case TestKind::throughput:
                return of_each_target([this](auto from, auto const& to) { return throughput(from, to); });
        }
        return {};
    }

private:
    static TestOutcome fails(std::string text) { return {TestResult::fails, std::move(text)}; }
    static TestOutcome holds(std::string text = {}) { return {TestResult::holds, std::move(text)}; }

    [[nodiscard]] std::string const& name(std::size_t node) const { return lab_.nodes[node].name; }

    [[nodiscard]] Ran in_node(std::size_t node, std::vector<std::string> const& argv,
                              std::string const& input = {}) const {
        return helper_.in_node(name(node), argv, input);
    }

    /// As asked for; else the one that there are addresses of, IPv4 first.
    [[nodiscard]] std::vector<IpAddress> addresses_of(std::size_t node) const {
        std::vector<IpAddress> found;
        for (auto const family : {Family::ipv4, Family::ipv6}) {
            if (test_.families && !has(*test_.families, family)) continue;
            if (!test_.families && !found.empty()) break;
            if (auto const address = lab_.address(node, family)) found.push_back(*address);
        }
        return found;
    }

    template <class Do>
    TestOutcome of_each_node(Do const& carry) const {
        TestOutcome last;
        for (auto const node : test_.from) {
            last = carry(node);
            if (last.result != TestResult::holds) return {last.result, name(node) + ": " + last.text};
        }
        return last;
    }

    /// The first that does not hold is told of.
    template <class Do>
    TestOutcome of_each_target(Do const& carry) {
        TestOutcome last;
        std::size_t asked = 0;
        auto const ask = [&](std::size_t from, IpAddress const& to, std::string const& who) {
            last = carry(from, to);
            ++asked;
            if (last.result != TestResult::holds)
                last.text = fmt::format("{} to {}: {}", name(from), who, last.text);
            return last.result == TestResult::holds;
        };
        for (auto const from : test_.from) {
            if (auto const* const address = std::get_if<IpAddress>(&test_.to)) {
                if (!ask(from, *address, address->to_string())) return last;
                continue;
            }
            for (auto const node : std::get<std::vector<std::size_t>>(test_.to)) {
                if (node == from) continue;
                auto const addresses = addresses_of(node);
                if (addresses.empty()) return fails(name(node) + " has no such address");
                receiver_ = node;
                for (auto const& address : addresses)
                    if (!ask(from, address, fmt::format("{} ({})", name(node), address.to_string())))
                        return last;
            }
        }
        if (asked == 0) return fails("there is nobody to ask but who asks");
        if (asked > 1) last.text = fmt::format("{} times; the last: {}", asked, last.text);
        return last;
    }

    TestOutcome ping(std::size_t from, IpAddress const& to) const {
        auto const count = test_.count.value_or(1);
        std::vector<std::string> argv{program_, "ping", "--json", "-c", std::to_string(count),
                                      "-i",     "0.05", "-W",     "1",  to.to_string()};
        if (test_.size) argv.insert(argv.end() - 1, {"-s", std::to_string(*test_.size)});
        auto const ran = in_node(from, argv);
        auto const json = Json::parse(ran.out, nullptr, false);
        bool const not_sent = ran.out.starts_with("ping: connect: ");  // for want of a route, say
        if (not_sent && test_.expect == "no-reply") return holds(std::string(trim(ran.out)));
        if (!json.is_object()) return fails(std::string(trim(ran.out)));
        auto const loss = json.value("loss_percent", 100.0);
        if (test_.expect == "no-reply") return loss >= 100 ? holds("no reply") : fails("it was answered");
        auto const lost = fmt::format("{} % lost", shown(loss));
        auto const allowed = test_.loss.value_or(topology::Range<topology::Share>{{}, topology::Share{0}});
        if (!allowed.contains(topology::Share{loss / 100})) return fails(lost);
        if (!json.contains("rtt_ms")) return test_.rtt ? fails(lost) : holds(lost);
        double const rtt = json["rtt_ms"].value("avg", 0.0);
        auto const took = fmt::format("{}, {} ms", lost, shown(rtt));
        bool const in_time = !test_.rtt || test_.rtt->contains({static_cast<std::int64_t>(rtt * 1e6)});
        return in_time ? holds(took) : fails(took + ", which is not the time that was to be taken");
    }

    [[nodiscard]] std::string peer(IpAddress const& to) const {
        auto const port = test_.port.value_or(0);
        return to.family == Family::ipv6 ? fmt::format("[{}]:{}", to.to_string(), port)
                                         : fmt::format("{}:{}", to.to_string(), port);
    }

    /// What `send` found: "open" stands for any answer.
    [[nodiscard]] TestOutcome judge_exchange(Ran const& ran, std::string_view good) const {
        bool const refused = ran.out.find("refused") != std::string::npos;
        std::string_view const found = ran.status == 0 ? good : refused ? "refused" : "timeout";
        auto const wanted = test_.expect.empty() ? good : std::string_view(test_.expect);
        if (found != wanted) return fails(std::string(found));
        if (found == good && !test_.receive.empty() && ran.out.find(test_.receive) == std::string::npos)
            return fails("the answer was: " + std::string(trim(ran.out)));
        return holds(std::string(found));
    }

    TestOutcome tcp(std::size_t from, IpAddress const& to) const {
        return judge_exchange(
            in_node(from, {program_, "send", "tcp", "-w", "1", "-q", "0.5", peer(to)}, test_.send), "open");
    }
    TestOutcome udp(std::size_t from, IpAddress const& to) const {
        auto const text = test_.send.empty() ? std::string("vethwork\n") : test_.send;
        return judge_exchange(in_node(from, {program_, "send", "udp", "-q", "1", peer(to)}, text), "answer");
    }

    /// A node's name in an answer, which as root has the lab's before it.
    [[nodiscard]] std::string plain(std::string const& netns) const {
        return netns.starts_with(lab_.name + ".") ? netns.substr(lab_.name.size() + 1) : netns;
    }

    TestOutcome path(std::size_t from, IpAddress const& to) const {
        auto const ran = helper_.verb({"trace", name(from), to.to_string(), "-j"});
        auto const json = Json::parse(ran.out, nullptr, false);
        if (!json.is_object()) return fails(std::string(trim(ran.out)));
        std::vector<std::string> way, wanted;
        for (auto const& point : json["there"]) {
            auto const node = plain(point.value("ns", ""));
            bool const is_router = std::ranges::any_of(lab_.nodes, [&](auto const& one) {
                return one.name == node && one.role == topology::NodeRole::router;
            });
            if (point.value("seen", false) && is_router && node != name(from) &&
                (way.empty() || way.back() != node))
                way.push_back(node);
        }
        if (auto const* const nodes = std::get_if<std::vector<std::size_t>>(&test_.to))
            if (!way.empty() &&
                std::ranges::any_of(*nodes, [&](auto one) { return name(one) == way.back(); }))
                way.pop_back();
        for (auto const node : test_.via) wanted.push_back(name(node));
        auto const text = "by " + (way.empty() ? "no router" : join(way, ", "));
        return way == wanted && ran.status == 0 ? holds(text) : fails(text);
    }

    TestOutcome drop(std::size_t from, IpAddress const& to) const {
        auto const protocol = test_.protocol.empty() ? std::string("icmp") : test_.protocol;
        auto const asked =
            protocol == "icmp" ? protocol : fmt::format("{}:{}", protocol, test_.port.value_or(0));
        auto const ran = helper_.verb({"why", name(from), to.to_string(), asked, "-j"});
        auto const json = Json::parse(ran.out, nullptr, false);
        if (!json.is_object()) return fails(std::string(trim(ran.out)));
        if (json.value("verdict", "") != "unreachable") return fails("it is " + json.value("verdict", ""));
        auto const at = plain(json.value("namespace", ""));
        auto const what = fmt::format("at {}: {}", at.empty() ? "no known node" : at, json.value("what", ""));
        if (test_.at != topology::no_index && at != name(test_.at)) return fails(what);
        bool any = false, as_wanted = false;
        for (auto const& one : json["evidence"]) {
            if (one.value("kind", "") != "drop") continue;
            any = true;
            as_wanted |= one.dump().find(test_.reason) != std::string::npos;
        }
        if (test_.reason.empty() || as_wanted) return holds(what);
        return any ? fails(what + ", for another reason")
                   : holds(what + " (the kernel was not asked for its reason)");
    }

    /// Whom a node is to reach: both families where it has both and none is asked for.
    [[nodiscard]] std::vector<std::string> to_be_reached_by(std::size_t from) const {
        std::vector<std::string> addresses;
        for (auto const family : {Family::ipv4, Family::ipv6}) {
            bool const asked =
                test_.families ? has(*test_.families, family) : lab_.address(from, family).has_value();
            for (auto const to : test_.from)
                if (auto const address = asked && to != from ? lab_.address(to, family) : std::nullopt)
                    addresses.push_back(address->to_string());
        }
        return addresses;
    }

    /// All ordered pairs. Some nodes ask at once, each one after the other, and tell whom they do not reach.
    TestOutcome reach() const {
        constexpr std::size_t at_once = 16;
        constexpr auto ask = "for to; do \"$PING\" ping -q -c 1 -W 1 $to >/dev/null 2>&1 || echo $to; done";
        std::size_t pairs = 0;
        std::vector<std::string> broken;
        for (std::size_t begin = 0; begin < test_.from.size(); begin += at_once) {
            std::vector<std::pair<std::size_t, Helper::Started>> askers;
            for (auto i = begin; i < std::min(test_.from.size(), begin + at_once); ++i) {
                auto const addresses = to_be_reached_by(test_.from[i]);
                pairs += addresses.size();
                std::vector<std::string> argv{"/usr/bin/env", "PING=" + program_, "/bin/sh", "-c", ask, "sh"};
                argv.insert(argv.end(), addresses.begin(), addresses.end());
                askers.emplace_back(test_.from[i], helper_.start_in_node(name(test_.from[i]), argv));
            }
            for (auto const& [from, started] : askers) {
                auto const ran = Helper::finish(started);
                for (auto const& to : split_words(ran.out))
                    broken.push_back(fmt::format("{} to {}", name(from), to));
                if (ran.status != 0) return fails(name(from) + ": " + std::string(trim(ran.out)));
            }
        }
        if (pairs == 0) return fails("no two of the nodes have addresses");
        if (broken.empty()) return holds(fmt::format("{} pairs", pairs));
        return fails(fmt::format("{} of {} pairs do not, first {}", broken.size(), pairs, broken.front()));
    }

    TestOutcome http(std::size_t from) const {
        auto const target = lab::parse_http_url(test_.url);
        if (!target) return fails(target.error().describe());
        auto peer = target->host;
        if (peer.ends_with(']') || peer.find(':') == std::string::npos) peer += ":80";
        std::vector<std::string> argv{program_, "send", "tcp", "-w", "2", "-q", "2", peer};
        if (test_.families && *test_.families != topology::Families::both)
            argv.insert(argv.end() - 1, has(*test_.families, Family::ipv4) ? "-4" : "-6");
        auto const ran = in_node(from, argv,
                                 fmt::format("GET {} HTTP/1.0\r\nHost: {}\r\nConnection: close\r\n\r\n",
                                             target->path, target->host));
        auto const words = split_words(std::string_view(ran.out).substr(0, ran.out.find('\n')));
        if (words.size() < 2 || !words[0].starts_with("HTTP/"))
            return fails("no page: " + std::string(trim(ran.out.substr(0, ran.out.find('\n')))));
        auto const text = "status " + std::string(words[1]);
        if (words[1] != std::to_string(test_.status.value_or(200))) return fails(text);
        bool const has_body = test_.body.empty() || ran.out.find(test_.body) != std::string::npos;
        return has_body ? holds(text) : fails("the page lacks its text");
    }

    /// Half more is sent than may arrive at most, so that this is a limit which can be seen.
    TestOutcome throughput(std::size_t from, IpAddress const& to) const {
        auto const receiver = receiver_ ? std::optional(name(*receiver_)) : owner_of(loaded_.state, to);
        if (!receiver) return fails("no node has this address");
        auto const least =
            static_cast<double>(test_.rate->least.value_or(topology::BitRate{}).bits_per_second);
        auto const most = test_.rate->most ? static_cast<double>(test_.rate->most->bits_per_second) : least;
        auto const lasts = test_.lasts.value_or(topology::Duration{3'000'000'000});
        auto const flooded = measure_throughput(loaded_, options_,
                                                {.from = name(from),
                                                 .receiver = *receiver,
                                                 .to = to,
                                                 .bits_per_second = 1.5 * most,
                                                 .lasts = std::chrono::nanoseconds(lasts.nanoseconds)});
        if (!flooded) return fails(flooded.error().describe());
        auto const rate = topology::BitRate{static_cast<std::uint64_t>(flooded->bits_per_second)};
        auto const text = fmt::format("{} of {} datagrams, {}mbit", flooded->arrived, flooded->sent,
                                      shown(flooded->bits_per_second / 1e6));
        return test_.rate->contains(rate) ? holds(text) : fails(text);
    }

    TestOutcome exec(std::size_t node) const {
        auto const ran =
            in_node(node, test_.argv.empty() ? std::vector<std::string>{"/bin/sh", "-eu", "-c", test_.script}
                                             : test_.argv);
        auto const text = fmt::format("status {}", ran.status);
        if (ran.status != static_cast<int>(test_.status.value_or(0)))
            return fails(text + (trim(ran.out).empty() ? "" : ": " + std::string(trim(ran.out))));
        bool const printed = test_.output.empty() || ran.out.find(test_.output) != std::string::npos;
        return printed ? holds(text) : fails("it printed: " + std::string(trim(ran.out)));
    }

    LabTest const& test_;
    LoadedLab const& loaded_;
    Lab const& lab_;
    LabOptions const& options_;
    Helper helper_;
    std::string program_;
    std::optional<std::size_t> receiver_;  ///< who is asked now, where that is a node
};

std::chrono::nanoseconds length_of(std::optional<topology::Duration> const& duration) {
    return std::chrono::nanoseconds(duration ? duration->nanoseconds : 0);
}

}  // namespace

std::string_view name_of(TestResult result) {
    switch (result) {
        case TestResult::holds:
            return "holds";
        case TestResult::fails:
            return "fails";
        case TestResult::left_out:
            return "left out";
    }
    return {};
}

std::string_view kind_of(LabTest const& test) {
    constexpr std::string_view names[] = {"ping", "reach", "path",       "tcp", "udp",
                                          "http", "drop",  "throughput", "exec"};
    return names[static_cast<std::size_t>(test.kind)];
}

std::string title_of(Lab const& lab, LabTest const& test) {
    if (!test.name.empty()) return test.name;
    std::string text(kind_of(test));
    if (!test.from.empty()) text += " from " + lab.nodes[test.from.front()].name;
    if (auto const* const address = std::get_if<IpAddress>(&test.to))
        return text + " to " + address->to_string();
    auto const& nodes = std::get<std::vector<std::size_t>>(test.to);
    return nodes.empty() ? text : text + " to " + lab.nodes[nodes.front()].name;
}

namespace {

TestOutcome try_until(Trial& trial, LabTest const& test) {
    auto const is_over = [](Clock::time_point when) {
        return Clock::now() >= when || Interruptible::signal() != 0;
    };
    auto outcome = trial.run_once();
    auto const deadline = Clock::now() + length_of(test.within);
    while (outcome.result == TestResult::fails && !is_over(deadline)) outcome = trial.run_once();
    auto const end = Clock::now() + length_of(test.hold);
    while (outcome.result == TestResult::holds && !is_over(end)) outcome = trial.run_once();
    return outcome;
}

}  // namespace

TestOutcome carry_out(LabTest const& test, LoadedLab const& loaded, lab::Record const& record,
                      LabOptions const& options) {
    std::signal(SIGPIPE, SIG_IGN);
    Interruptible const until_end;
    Trial trial(test, loaded, options);
    if (test.given.empty()) return try_until(trial, test);
    Faults faults(loaded, record, options);
    auto const why = faults.why_not();
    if (!why) return {TestResult::fails, why.error().describe()};
    if (*why) return {TestResult::left_out, **why};
    auto outcome = [&]() -> TestOutcome {
        for (auto const& fault : test.given)
            if (auto const set = faults.set(fault); !set)
                return {set.error().fault == Fault::limit ? TestResult::left_out : TestResult::fails,
                        set.error().describe()};
        return try_until(trial, test);
    }();
    if (auto const undone = faults.undo(); !undone)
        return {TestResult::fails, "its faults are not undone: " + undone.error().describe()};
    return outcome;
}

}  // namespace vethwork::app
