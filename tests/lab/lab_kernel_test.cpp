#include <vethwork/lab/lab.hpp>

#include <linux/if.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::lab {
namespace {

using topology::Link;
using topology::NetworkState;

Link cable_end(std::string const& name, std::string const& peer, std::string const& peer_netns) {
    Link other;
    other.name = peer;
    other.netns = topology::NamespaceRef{.name = peer_netns};
    Link link;
    link.name = name;
    link.kind = topology::Veth{{other}};
    link.flags = link.flags_mask = IFF_UP;
    return link;
}

topology::InterfaceAddress address(std::string const& link, char const* text) {
    auto const prefix = IpPrefix::parse(text).value();
    return {
        .link = {link}, .family = prefix.family(), .local = prefix.address, .prefix_length = prefix.length};
}

/// `count` hosts h1, h2, … at one switch; 10.0.0.N/16 each.
NetworkState star(int count) {
    NetworkState state;
    topology::NamespaceState switch_node{.name = "sw"};
    Link bridge;
    bridge.name = "br0";
    bridge.kind = topology::Bridge{};
    bridge.flags = bridge.flags_mask = IFF_UP;
    switch_node.links.push_back(bridge);
    for (int i = 1; i <= count; ++i) {
        auto const host = "h" + std::to_string(i), port = "p" + std::to_string(i);
        state.namespaces.push_back(
            {.name = host,
             .links = {cable_end("eth0", port, "sw")},
             .addresses = {address("eth0", ("10.0.0." + std::to_string(i) + "/16").c_str())},
             .sysctls = {{"net.ipv4.ip_forward", "1"}}});
        auto end = cable_end(port, "eth0", host);
        end.master = topology::LinkRef{"br0"};
        switch_node.links.push_back(end);
    }
    state.namespaces.push_back(switch_node);
    return state;
}

/// Runs `body` in a child, for what moves its process for good; gives whether all expectations held.
bool apart(std::function<void()> const& body) {
    pid_t const child = ::fork();
    if (child == 0) {
        body();
        ::_exit(testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0;
}

class LabTest : public testing::TestWithParam<Footing> {
protected:
    LabTest() {
        char pattern[] = "/tmp/vethwork-test-XXXXXX";
        folder_ = ::mkdtemp(pattern);
        ground_ = {.labs_folder = folder_ + "/labs", .footing = GetParam()};
    }
    ~LabTest() override {
        apart([this] { (void)down(ground_, "t"); });
        std::filesystem::remove_all(folder_);
    }
    UpResult<UpReport> bring_up(NetworkState state) const {
        return up(ground_,
                  {.record = {.name = "t", .file = "/t.yaml", .text = ""}, .state = std::move(state)}, {});
    }
    bool stands(NetworkState const& state, std::size_t steps_at_least, std::size_t steps_at_most) const {
        return apart([&] {
            auto const result = bring_up(state);
            if (auto const* const failed = std::get_if<UpFailure>(&result)) {
                ADD_FAILURE() << failed->error.describe();
                return;
            }
            EXPECT_GE(std::get<UpReport>(result).steps, steps_at_least);
            EXPECT_LE(std::get<UpReport>(result).steps, steps_at_most);
        });
    }
    std::string pin(std::string const& node) const {
        return GetParam() == Footing::root ? "t." + node : node;
    }

    std::string folder_;
    Ground ground_;
};

TEST_P(LabTest, ComesUpPingsChangesAndGoesWithoutATrace) {
    EXPECT_TRUE(stands(star(3), 10, 100));
    EXPECT_TRUE(stands(star(3), 0, 0)) << "nothing to do the second time";
    EXPECT_TRUE(stands(star(4), 1, 10)) << "one host more";
    EXPECT_TRUE(apart([this] {
        auto const running = open(ground_, "t").value();
        if (!test::has_program("ping") || !test::has_program("ip")) return;
        auto const ping = test::run({"ip", "netns", "exec", pin("h1"), "ping", "-c1", "-W2", "10.0.0.4"});
        EXPECT_EQ(ping.status, 0) << ping.out << ping.err;
    }));
    EXPECT_TRUE(apart([this] {
        EXPECT_TRUE(stands(star(3), 1, 10)) << "and one less";
        EXPECT_TRUE(
            apart([this] { EXPECT_TRUE(open(ground_, "t").ok()) << "its record names what is there"; }));
        EXPECT_TRUE(stands(star(4), 1, 10));
        auto const report = down(ground_, "t").value();
        EXPECT_TRUE(report.was_up);
        EXPECT_EQ(report.namespaces, 5u);
        EXPECT_TRUE(report.left.empty());
    }));
    EXPECT_FALSE(std::filesystem::exists(ground_.labs_folder));
    EXPECT_TRUE(std::filesystem::is_empty("/run/netns"));
    EXPECT_FALSE(down(ground_, "t").value().was_up);
}

/// h1 and h2 with their places at the switch exchanged.
NetworkState rewired_star() {
    auto state = star(2);
    auto& ports = state.namespaces[2].links;
    auto const port = [](std::string const& name, std::string const& host) {
        auto link = cable_end(name, "eth0", host);
        link.master = topology::LinkRef{"br0"};
        return link;
    };
    state.namespaces[0].links = {cable_end("eth0", "p2", "sw")};
    state.namespaces[1].links = {cable_end("eth0", "p1", "sw")};
    ports = {ports[0], port("p1", "h2"), port("p2", "h1")};
    return state;
}

TEST_P(LabTest, PutsOnNewCablesWhatWasOnTheOldOnes) {
    EXPECT_TRUE(stands(star(2), 1, 100));
    EXPECT_TRUE(stands(rewired_star(), 4, 20));
    EXPECT_TRUE(stands(rewired_star(), 0, 0)) << "in one go";
}

TEST_P(LabTest, LeavesNothingWhereAStepFails) {
    EXPECT_TRUE(apart([this] {
        auto state = star(2);
        state.namespaces[1].sysctls["net.ipv4.no_such_thing"] = "1";
        auto const result = bring_up(state);
        auto const* const failed = std::get_if<UpFailure>(&result);
        ASSERT_TRUE(failed);
        EXPECT_EQ(failed->key, "h2/sysctl/net.ipv4.no_such_thing");
        EXPECT_TRUE(failed->rolled_back);
    }));
    EXPECT_FALSE(std::filesystem::exists(ground_.labs_folder));
    EXPECT_TRUE(std::filesystem::is_empty("/run/netns"));
}

TEST_P(LabTest, AFailedChangeLeavesWhatWasThere) {
    EXPECT_TRUE(stands(star(2), 1, 100));
    EXPECT_TRUE(apart([this] {
        auto state = star(3);
        state.namespaces[0].sysctls["net.ipv4.no_such_thing"] = "1";
        auto const result = bring_up(state);
        ASSERT_TRUE(std::holds_alternative<UpFailure>(result));
    }));
    EXPECT_TRUE(stands(star(2), 0, 0));
}

INSTANTIATE_TEST_SUITE_P(Footings, LabTest, testing::Values(Footing::root, Footing::rootless),
                         [](auto const& test) { return test.param == Footing::root ? "Root" : "Rootless"; });

}  // namespace
}  // namespace vethwork::lab
