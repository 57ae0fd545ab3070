#include <vethwork/observe/qdiscs.hpp>
#include <vethwork/observe/traffic_filters.hpp>

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <net/if.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

using nlohmann::json;
using test::shell;
using topology::Qdisc;

constexpr char const* cable =
    "set -e; ip link add va type veth peer name vb; ip link set va up; ip link set vb up;";

/// The discipline at the root of a link.
Qdisc root_of(netlink::Connection& connection, char const* link) {
    for (auto const& qdisc : qdiscs(connection).value())
        if (qdisc.link.index == ::if_nametoindex(link) && qdisc.parent == topology::qdisc_root) return qdisc;
    ADD_FAILURE() << "no discipline at " << link;
    return {};
}

json witness(std::string const& link) {
    return json::parse(shell("tc -j -s qdisc show dev " + link).out).at(0);
}

class TrafficControl : public testing::Test {
protected:
    void SetUp() override {
        if (!test::has_program("tc")) GTEST_SKIP() << "no tc(8) here";
        auto const made = shell(cable);
        ASSERT_EQ(made.status, 0) << made.err;
    }
    netlink::Connection connection_ = netlink::Connection::open().value();
};

TEST_F(TrafficControl, TellsOfTokenBuckets) {
    ASSERT_EQ(shell("tc qdisc add dev va root handle 5: tbf rate 1mbit burst 1600 limit 3000").status, 0);
    auto const qdisc = root_of(connection_, "va");
    EXPECT_EQ(qdisc.kind, "tbf");
    EXPECT_EQ(qdisc.handle, 0x50000u);
    EXPECT_EQ(qdisc.options, topology::QdiscOptions(topology::TokenBucket{{1'000'000}, {0}, 1600, 3000}));
    auto const told = witness("va");
    EXPECT_EQ(told["options"]["burst"], 1600);
    EXPECT_EQ(told["options"]["rate"], 125000);
}

TEST_F(TrafficControl, TellsOfQueuesAndTheirCounters) {
    ASSERT_EQ(shell("tc qdisc add dev va root pfifo limit 1; tc qdisc add dev vb root bfifo limit 1;"
                    "ip addr add 10.0.0.1/24 dev vb; ip neigh add 10.0.0.2 dev vb lladdr 02:00:00:00:00:02;"
                    "ping -c 2 -i 0.01 -W 1 10.0.0.2 >/dev/null; true")
                  .status,
              0);
    EXPECT_EQ(root_of(connection_, "va").options, topology::QdiscOptions(topology::Fifo{1}));
    auto const qdisc = root_of(connection_, "vb");
    EXPECT_EQ(qdisc.kind, "bfifo");
    auto const told = witness("vb");
    ASSERT_TRUE(qdisc.statistics);
    EXPECT_EQ(qdisc.statistics->dropped, told["drops"]);
    EXPECT_EQ(qdisc.statistics->bytes, told["bytes"]);
    EXPECT_EQ(qdisc.statistics->packets, told["packets"]);
    EXPECT_EQ(qdisc.statistics->over_limits, told["overlimits"]);
    if (!test::has_program("ping")) GTEST_SKIP() << "no ping(8) here to be dropped";
    EXPECT_GE(qdisc.statistics->dropped, 2u);
}

TEST_F(TrafficControl, TellsOfBuiltInDisciplines) {
    EXPECT_EQ(root_of(connection_, "va").kind, "noqueue");
    EXPECT_EQ(root_of(connection_, "va").options, topology::QdiscOptions());
}

TEST_F(TrafficControl, TellsOfNetworkEmulators) {
    auto const made = shell(
        "tc qdisc add dev va root netem delay 20ms 3ms 25% loss 10% duplicate 1% corrupt 2% reorder 5% 50% "
        "rate 8mbit limit 50; tc qdisc add dev vb root netem loss gemodel 1% 10% 70% 0.1% delay 100ms");
    if (made.status != 0) GTEST_SKIP() << "no netem here: " << made.err;
    auto const qdisc = root_of(connection_, "va");
    auto const& netem = std::get<topology::Netem>(qdisc.options);
    EXPECT_EQ(netem.limit, 50u);
    EXPECT_EQ(netem.delay.nanoseconds, 20'000'000);
    EXPECT_EQ(netem.jitter.nanoseconds, 3'000'000);
    EXPECT_EQ(netem.rate.bits_per_second, 8'000'000u);
    auto const told = witness("va")["options"];
    EXPECT_NEAR(netem.loss.value, 0.1, 1e-9);
    EXPECT_NEAR(netem.delay_correlation.value, 0.25, 1e-9);
    EXPECT_NEAR(netem.duplicate.value, 0.01, 1e-9);
    EXPECT_NEAR(netem.corrupt.value, 0.02, 1e-9);
    EXPECT_NEAR(netem.reorder.value, 0.05, 1e-9);
    EXPECT_NEAR(netem.reorder_correlation.value, 0.5, 1e-9);
    EXPECT_EQ(told["gap"], netem.gap);
    auto const bursts = std::get<topology::Netem>(root_of(connection_, "vb").options).burst_loss;
    ASSERT_TRUE(bursts);
    EXPECT_NEAR(bursts->enter.value, 0.01, 1e-9);
    EXPECT_NEAR(bursts->leave.value, 0.1, 1e-9);
    EXPECT_NEAR(bursts->bad.value, 0.7, 1e-9);
    EXPECT_NEAR(bursts->good.value, 0.001, 1e-9);
}

TEST_F(TrafficControl, TellsOfFiltersAndWhatTheyDo) {
    auto const made = shell(
        "set -e; tc qdisc add dev vb clsact;"
        "tc filter add dev vb egress protocol ip pref 5 u32 match ip dst 10.0.0.0/8 action mirred egress "
        "redirect dev va;"
        "tc filter add dev vb ingress protocol ipv6 pref 6 chain 3 u32 match u32 0 0 action mirred ingress "
        "mirror dev va");
    ASSERT_EQ(made.status, 0) << made.err;
    auto all = traffic_filters(connection_, qdiscs(connection_).value()).value();
    std::erase_if(all, [](TrafficFilter const& filter) { return filter.actions.empty(); });
    ASSERT_EQ(all.size(), 2u);
    auto const& ingress = all[0];
    EXPECT_EQ(ingress.link, ::if_nametoindex("vb"));
    EXPECT_EQ(ingress.parent, filters_ingress);
    EXPECT_EQ(ingress.protocol, ETH_P_IPV6);
    EXPECT_EQ(ingress.priority, 6);
    EXPECT_EQ(ingress.chain, 3u);
    EXPECT_EQ(ingress.kind, "u32");
    ASSERT_EQ(ingress.actions.size(), 1u);
    EXPECT_EQ(ingress.actions[0].mirror,
              (FilterMirror{FilterMirror::Way::mirror, FilterMirror::Side::ingress, ::if_nametoindex("va")}));
    EXPECT_EQ(ingress.actions[0].verdict, TC_ACT_PIPE);
    auto const& egress = all[1];
    EXPECT_EQ(egress.parent, filters_egress);
    EXPECT_EQ(egress.protocol, ETH_P_IP);
    EXPECT_EQ(egress.priority, 5);
    EXPECT_EQ(egress.chain, 0u);
    EXPECT_EQ(egress.actions[0].kind, "mirred");
    EXPECT_EQ(egress.actions[0].mirror, (FilterMirror{FilterMirror::Way::redirect, FilterMirror::Side::egress,
                                                      ::if_nametoindex("va")}));
    EXPECT_EQ(egress.actions[0].verdict, TC_ACT_STOLEN);
    EXPECT_TRUE(egress.actions[0].statistics.has_value());
}

TEST_F(TrafficControl, TellsWhichFiltersDrop) {
    auto const made = shell(
        "set -e; tc qdisc add dev vb handle ffff: ingress;"
        "tc filter add dev vb parent ffff: protocol all pref 1 u32 match u32 0 0 action drop");
    if (made.status != 0) GTEST_SKIP() << "no such action here: " << made.err;
    auto const all = traffic_filters(connection_, ::if_nametoindex("vb"), filters_ingress).value();
    ASSERT_FALSE(all.empty());
    ASSERT_EQ(all.back().actions.size(), 1u);
    EXPECT_EQ(all.back().protocol, ETH_P_ALL);
    EXPECT_EQ(all.back().actions[0].kind, "gact");
    EXPECT_TRUE(all.back().actions[0].drops());
    EXPECT_EQ(traffic_filters(connection_, qdiscs(connection_).value()).value(), all);
}

TEST_F(TrafficControl, TellsWhatAPoliceLetsPass) {
    auto const made = shell(
        "set -e; tc qdisc add dev vb clsact;"
        "tc filter add dev vb ingress pref 1 matchall action police rate 1mbit burst 10000 "
        "mtu 2000 conform-exceed drop/pipe action drop");
    if (made.status != 0) GTEST_SKIP() << "no such filter or action here: " << made.err;
    auto const all = traffic_filters(connection_, qdiscs(connection_).value()).value();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].kind, "matchall");
    ASSERT_EQ(all[0].actions.size(), 2u);
    auto const& police = all[0].actions[0];
    EXPECT_EQ(police.kind, "police");
    EXPECT_EQ(police.police, (FilterPolice{{1'000'000}, 10000, 2000}));
    EXPECT_TRUE(police.drops());
    EXPECT_TRUE(all[0].actions[1].drops());
}

TEST_F(TrafficControl, FindsFiltersInClassesToo) {
    auto const made = shell(
        "set -e; tc qdisc add dev va root handle 1: prio;"
        "tc filter add dev va parent 1: protocol ip pref 9 u32 match ip dport 80 0xffff action drop");
    if (made.status != 0) GTEST_SKIP() << "no such discipline or action here: " << made.err;
    auto const all = traffic_filters(connection_, qdiscs(connection_).value()).value();
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(all.back().parent, 0x10000u);
    EXPECT_TRUE(all.back().actions.at(0).drops());
}

}  // namespace
}  // namespace vethwork::observe
