// `vethwork trace` in a network of our own: the way that is shown is the way the packet took.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_network.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Trace : public testing::Test {
protected:
    void SetUp() override { make_small_network({"ip", "nft", "sysctl"}); }
};

json answer_to(std::string const& question, int status) {
    auto const outcome = shell(program + " trace --json " + question);
    EXPECT_EQ(outcome.status, status) << outcome.err;
    return json::parse(outcome.out, nullptr, false);
}

/// "r in lan", for those that were seen
std::vector<std::string> places(json const& points) {
    std::vector<std::string> all;
    for (auto const& point : points)
        if (point["seen"].get<bool>())
            all.push_back(point["ns"].get<std::string>() + " " + point["way"].get<std::string>() + " " +
                          point["dev"].get<std::string>());
    return all;
}

void expect_times_rise(json const& answer) {
    double last = 0;
    for (auto const* const way : {"there", "back"})
        for (auto const& point : answer[way]) {
            EXPECT_GE(point["us"].get<double>(), last) << answer;
            last = point["us"].get<double>();
        }
    EXPECT_GE(answer["round_trip_us"].get<double>(), last);
}

TEST_F(Trace, ShowsEachDeviceThereAndBack) {
    auto const answer = answer_to("a z", 0);
    EXPECT_EQ(answer["outcome"], "answered");
    EXPECT_THAT(places(answer["there"]),
                ElementsAre("a out eth0", "r in lan", "r out wan", "s in p1", "s out p2", "z in eth0"));
    EXPECT_THAT(places(answer["back"]),
                ElementsAre("z out eth0", "s in p2", "s out p1", "r in wan", "r out lan", "a in eth0"));
    EXPECT_EQ(answer["there"][1]["address"], "10.1.0.1");
    EXPECT_FALSE(answer["there"][3].contains("address"));
    expect_times_rise(answer);
    EXPECT_EQ(places(answer_to("a fd02::9", 0)["there"]), places(answer["there"]));
}

TEST_F(Trace, AnImpairedLinkTakesItsTime) {
    if (shell("tc -n r qdisc add dev wan root netem delay 20ms").status != 0) GTEST_SKIP() << "no netem here";
    auto const answer = answer_to("a z", 0);
    auto const& there = answer["there"];
    EXPECT_GT(there[2]["us"].get<double>() - there[1]["us"].get<double>(), 20000) << answer;
    expect_times_rise(answer);
}

TEST_F(Trace, ARefusalComesBackToo) {
    auto const answer = answer_to("a 10.2.0.9 tcp:81", 1);
    EXPECT_EQ(answer["outcome"], "refused");
    EXPECT_EQ(answer["error"], "Connection refused");
    EXPECT_EQ(places(answer["back"]).back(), "a in eth0");
    expect_times_rise(answer);
}

TEST_F(Trace, ALostProbeIsFollowedToWhereItWasSeenLast) {
    ASSERT_EQ(shell("ip netns exec r nft 'table inet f { chain c { type filter hook forward priority 0; "
                    "policy drop; }; }'")
                  .status,
              0);
    auto const answer = answer_to("a z", 1);
    EXPECT_EQ(answer["outcome"], "lost");
    EXPECT_THAT(places(answer["there"]), ElementsAre("a out eth0", "r in lan"));
    EXPECT_EQ(answer["there"].size(), 6u);
    EXPECT_EQ(answer["last_seen"]["dev"], "lan");
    auto const text = shell(program + " trace a z");
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, HasSubstr("a → z 10.2.0.9 icmp   LOST behind r in lan\n"));
    EXPECT_THAT(text.out, HasSubstr("out wan 10.2.0.1   not seen\n"));
    EXPECT_THAT(text.out, HasSubstr("\nhint      vethwork why a z\n"));
}

TEST_F(Trace, AQuestionThatNobodyAnswersIsNamed) {
    auto const answer = answer_to("a 10.2.0.77", 1);
    EXPECT_EQ(answer["unanswered_question"]["ns"], "r");
    EXPECT_EQ(answer["unanswered_question"]["dev"], "wan");
    EXPECT_EQ(answer["unanswered_question"]["target"], "10.2.0.77");
}

TEST_F(Trace, WhatIsNotEvenSentIsSaid) {
    ASSERT_EQ(shell("ip -n a route del default").status, 0);
    auto const text = shell(program + " trace a 10.2.0.9");
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.out, HasSubstr("NOT SENT: Network is unreachable\n"));
    EXPECT_EQ(shell(program + " trace a nobody").status, 3);
}

}  // namespace
}  // namespace vethwork::test
