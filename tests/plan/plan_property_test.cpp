// What holds of every plan, asked of thousands of random pairs of networks: it is carried out without a
// refusal, what it makes is what was wanted, nothing is left to do then, and wherever it is interrupted the
// next plan ends well and a teardown leaves nothing.
#include <map>
#include <optional>
#include <random>

#include <gtest/gtest.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/written_interfaces.hpp>
#include <vethwork/plan/written_routes.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/read_lab.hpp>

#include "plan/kernel_model.hpp"

namespace vethwork::plan {
namespace {

using topology::NetworkState;

/// Numbers that are the same everywhere, other than those of the distributions of <random>.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    std::size_t below(std::size_t count) { return engine_() % count; }
    bool one_in(std::size_t count) { return below(count) == 0; }
    std::string of(std::vector<std::string> const& words) { return words[below(words.size())]; }

private:
    std::mt19937 engine_;
};

/// The text of a lab of two to five nodes out of five. Names and numbers come out of so few that two labs
/// have much in common.
class RandomLab {
public:
    explicit RandomLab(std::uint32_t seed) : dice_(seed) {}

    std::string text() {
        std::string text =
            "vethwork: 1\nname: random\naddressing: " +
            dice_.of({"{ v6: off }", "{ v4: 10.0.0.0/16 }", "{ v4: 10.8.0.0/16, v6: fd08::/48 }"}) +
            "\nnodes:\n";
        for (std::string const name : {"a", "b", "c", "r", "s"})
            if (nodes_.size() < 2 || !dice_.one_in(2)) {
                nodes_.push_back(name);
                text += "  " + name + ": { " + node(name) + " }\n";
            }
        text += "links:\n";
        for (std::size_t i = 0; i < 1 + dice_.below(3); ++i) text += "  - { " + link(i) + " }\n";
        return text;
    }

private:
    std::string node(std::string const& name) {
        std::vector<std::string> items;
        if (name == "r" || dice_.one_in(5)) items.push_back("role: router");
        if (name == "s") items = {"role: switch, switch: { vlan-aware: yes }"};
        if (dice_.one_in(4)) items.push_back("lo: 10.255.0." + std::to_string(1 + dice_.below(2)) + "/32");
        if (dice_.one_in(5)) items.push_back("sysctls: { net.ipv4.conf.all.log_martians: 1 }");
        if (dice_.one_in(4))
            items.push_back("nft: \"table inet t" + std::to_string(dice_.below(2)) + " {}\\n\"");
        if (dice_.one_in(4))
            items.push_back("rules: [from 10.1.0.0/16 lookup 10" + std::to_string(dice_.below(2)) + "]");
        if (dice_.one_in(3)) items.push_back(devices());
        return join(items, ", ");
    }

    /// A device or two, one on the other, and a route over it.
    std::string devices() {
        auto const number = std::to_string(10 + dice_.below(2));
        auto const base =
            "d0: { kind: dummy, ip: " + dice_.of({"172.16.0.1/24", "[172.16.0.2/24, fd99::2/64]", "none"}) +
            " }";
        std::string const routes =
            dice_.of({"", ", routes: [192.0.2.0/24 dev d0, 198.51.100.0/24 dev d0 metric 7]",
                      ", routes: [blackhole 192.0.2.0/24]"});
        auto const more =
            dice_.of({"", ", v0: { kind: vlan, link: d0, id: " + number + ", ip: 172.17.0.1/24 }",
                      ", m0: { kind: macvlan, link: d0, mode: bridge }", ", o0: { kind: bond, ports: [d0] }",
                      ", f0: { kind: vrf, table: " + number + ", ports: [d0] }",
                      ", x0: { kind: vxlan, id: " + number + ", remote: 172.16.0.9, link: d0, port: 4789 }",
                      ", b0: { kind: bridge, ports: [d0], ip: 172.18.0.1/24 }"});
        return "interfaces: { " + base + more + " }" + routes;
    }

    std::string link(std::size_t number) {
        bool const lan = dice_.one_in(3) && nodes_.size() > 2;
        std::vector<std::string> ends;
        std::size_t const first = dice_.below(nodes_.size());
        bool const switched = nodes_.back() == "s" && first + (lan ? 3 : 2) >= nodes_.size();
        written_ = !switched && dice_.one_in(4);
        subnet_ = 20 + number;
        for (std::size_t i = 0; i < (lan ? 3 : 2); ++i)
            ends.push_back(end(nodes_[(first + i) % nodes_.size()], number));
        std::string text =
            (lan ? "lan: [" : "link: [") + join(ends, ", ") + "], name: l" + std::to_string(number);
        if (dice_.one_in(6)) text += ", up: no";
        if (dice_.one_in(5)) text += ", mtu: 1400";
        if (dice_.one_in(5))
            text +=
                ", impair: { delay: " + dice_.of({"5ms", "20ms, jitter: 1ms, distribution: normal"}) + " }";
        return text;
    }

    /// Written addresses of what a switch joins are out of one subnet.
    std::string end(std::string const& node, std::size_t number) {
        std::string text = "{ node: " + node;
        if (dice_.one_in(3)) text += ", if: up" + std::to_string(number);
        if (dice_.one_in(9)) text += ", up: no";
        if (node == "s")
            return text + dice_.of({"", ", vlan: 10", ", trunk: [10, 20]", ", vlan: 20, trunk: [10]"}) + " }";
        if (written_) {
            ++hosts_;
            text += fmt::format(", ip: [10.{0}.9.{1}/24, 10.{0}.9.{2}/24]", subnet_, hosts_,
                                100 + hosts_ + dice_.below(2) * 50);
        }
        return text + " }";
    }

    Dice dice_;
    std::vector<std::string> nodes_;
    std::size_t hosts_ = 0, subnet_ = 0;
    bool written_ = false;  ///< the addresses of this link
};

/// A lab that can be read, and the network that it becomes from nothing.
struct Sample {
    std::string text;
    NetworkState wanted;
    KernelModel made;
    std::vector<std::string> lines;  ///< of what is made
};

constexpr std::size_t labs = 120;

std::optional<NetworkState> read(std::string const& text) {
    auto const reading = topology::read_lab("random.yaml", text);
    if (!reading.lab) return {};
    auto state = topology::wanted_state(*reading.lab);
    topology::Names names;
    for (auto const& more :
         {complete_interfaces(*reading.lab, state, names), add_written_routes(*reading.lab, state, names)})
        for (auto const& complaint : more) {
            ADD_FAILURE() << complaint.to_text();
            return {};
        }
    return state;
}

std::vector<Sample> const& samples() {
    static auto const all = [] {
        std::vector<Sample> list;
        std::size_t refused = 0;
        for (std::uint32_t seed = 1; list.size() < labs; ++seed) {
            auto text = RandomLab(seed).text();
            auto wanted = read(text);
            if (!wanted && ++refused < 1000) continue;
            if (!wanted) break;
            KernelModel made;
            EXPECT_EQ(made.perform(make_plan(*wanted, {})), "") << text;
            auto lines = made.lines();
            list.push_back({std::move(text), *std::move(wanted), std::move(made), std::move(lines)});
        }
        return list;
    }();
    return all;
}

std::string text_of(Plan const& plan) {
    std::string text;
    for (auto const& step : plan.steps)
        text += step.netns + ": " + join(words_of(step.operation), " ") + "\n";
    return text;
}

/// Both labs and the way between, for a failure.
std::string story(Sample const& from, Sample const& to, Plan const& plan) {
    return "from\n" + from.text + "to\n" + to.text + "by\n" + text_of(plan);
}

constexpr std::size_t most_told = 3;

/// Calls `check` with pairs until some have failed.
template <class Check>
void for_each_pair(std::size_t pairs, Check const& check) {
    ASSERT_EQ(samples().size(), labs);
    Dice dice(static_cast<std::uint32_t>(pairs));
    std::size_t failed = 0;
    for (std::size_t i = 0; i < pairs && failed < most_told; ++i) {
        auto const& from = samples()[dice.below(samples().size())];
        auto const& to = samples()[dice.below(samples().size())];
        failed += check(from, to, dice) ? 0 : 1;
    }
}

TEST(PlanProperty, OfTheSameHasNoSteps) {
    for (auto const& sample : samples()) {
        EXPECT_EQ(text_of(make_plan(sample.wanted, sample.made.state())), "") << sample.text;
        EXPECT_EQ(text_of(make_plan(sample.wanted, sample.wanted)), "") << sample.text;
    }
}

TEST(PlanProperty, LeadsFromAnyNetworkToAnyOther) {
    for_each_pair(2000, [](Sample const& from, Sample const& to, Dice& dice) {
        auto network = from.made;
        auto const plan = make_plan(to.wanted, network.state());
        auto const refusal = network.perform(plan);
        EXPECT_EQ(refusal, "") << story(from, to, plan);
        auto const lines = network.lines();
        EXPECT_EQ(lines, to.lines) << story(from, to, plan);
        // Asking once more costs as much again, and what has the same lines needs no steps either.
        auto const rest = dice.one_in(20) ? text_of(make_plan(to.wanted, network.state())) : "";
        EXPECT_EQ(rest, "") << story(from, to, plan);
        return refusal.empty() && rest.empty() && lines == to.lines;
    });
}

TEST(PlanProperty, InterruptedAnywhereIsMendedByTheNext) {
    for_each_pair(150, [](Sample const& from, Sample const& to, Dice& dice) {
        auto network = from.made;
        auto const plan = make_plan(to.wanted, network.state());
        auto const done = dice.below(plan.steps.size() + 1);
        (void)network.perform(plan, done);
        auto const next = make_plan(to.wanted, network.state());
        auto const refusal = network.perform(next);
        EXPECT_EQ(refusal, "") << done << " of " << story(from, to, plan) << "then\n" << text_of(next);
        bool const same = network.lines() == to.lines;
        EXPECT_TRUE(same) << done << " of " << story(from, to, plan) << "then\n" << text_of(next);
        return refusal.empty() && same;
    });
}

TEST(PlanProperty, InterruptedAnywhereAndTornDownLeavesNothing) {
    for_each_pair(60, [](Sample const& from, Sample const& to, Dice& dice) {
        auto network = from.made;
        auto const plan = make_plan(to.wanted, network.state());
        (void)network.perform(plan, dice.below(plan.steps.size() + 1));
        auto const down = make_plan({}, network.state());
        auto const refusal = network.perform(down);
        EXPECT_EQ(refusal, "") << story(from, to, plan) << "then\n" << text_of(down);
        EXPECT_TRUE(network.state().namespaces.empty()) << story(from, to, plan);
        return refusal.empty() && network.state().namespaces.empty();
    });
}

TEST(PlanProperty, IsAskedOfNetworksThatHaveEverything) {
    std::map<std::string, std::size_t> seen;
    for (auto const& sample : samples())
        for (auto const& step : make_plan(sample.wanted, {}).steps) {
            auto const words = words_of(step.operation);
            ++seen[words.empty() ? "" : words[0]];
        }
    for (auto const* const object : {"netns", "link", "address", "route", "rule", "vlan", "qdisc"})
        EXPECT_GT(seen[object], 20u) << object;
}

}  // namespace
}  // namespace vethwork::plan
