// nft's own trace of a packet, and that nothing of ours stays.
#include <gtest/gtest.h>

#include <algorithm>

#include <vethwork/observe/rule_trace.hpp>
#include <vethwork/observe/ruleset.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

using test::shell;

class RuleTraceTest : public testing::Test {
protected:
    void SetUp() override {
        for (auto const* const tool : {"ip", "nft", "ping"})
            if (!test::has_program(tool)) GTEST_SKIP() << tool << " is not installed";
        ASSERT_EQ(shell("ip link set lo up").status, 0);
    }

    /// What becomes of one echo request.
    static std::vector<RuleStep> steps_of_a_ping(RuleTrace& trace) {
        (void)shell("ping -c 1 -W 0.2 127.0.0.1");
        return trace.read();
    }
};

TEST_F(RuleTraceTest, NamesTheRuleThatDrops) {
    auto const loaded = shell(
        "nft 'table inet f { set bad { type ipv4_addr . ipv4_addr; elements = { 127.0.0.1 . 127.0.0.1 } }; "
        "chain x { ip saddr . ip daddr @bad drop; }; chain i { type filter hook input priority 0; jump x; }; "
        "}'");
    ASSERT_EQ(loaded.status, 0) << loaded.err;
    auto trace = RuleTrace::open("icmp");
    ASSERT_TRUE(trace) << trace.error().describe();
    auto const steps = steps_of_a_ping(*trace);
    auto const drop = std::ranges::find(steps, true, &RuleStep::drops);
    ASSERT_NE(drop, steps.end()) << steps.size();
    EXPECT_EQ(drop->kind, RuleStep::Kind::rule);
    EXPECT_EQ(drop->family + " " + drop->table + " " + drop->chain, "inet f x");
    auto const rules = ruleset();
    ASSERT_TRUE(rules) << rules.error().describe();
    auto const chain = std::ranges::find(rules->chains, "x", &NftChain::name);
    ASSERT_NE(chain, rules->chains.end());
    EXPECT_EQ(drop->handle, chain->rules.at(0).handle);
    auto const first = std::ranges::find_if(steps, [&](RuleStep const& one) {
        return one.packet == drop->packet && one.table == "f" && !one.headers.empty();
    });
    ASSERT_NE(first, steps.end());
    ASSERT_GE(first->headers.size(), 28u);
    EXPECT_EQ(first->headers[9], 1) << "ICMP";
    EXPECT_EQ(first->headers[20], 8) << "an echo request";
    EXPECT_NE(first->incoming, 0u);
}

TEST_F(RuleTraceTest, NamesAPolicy) {
    auto const loaded =
        shell("nft 'table ip f { chain o { type filter hook output priority 0; policy drop; }; }'");
    ASSERT_EQ(loaded.status, 0) << loaded.err;
    auto trace = RuleTrace::open("{ 1, 58 }");
    ASSERT_TRUE(trace) << trace.error().describe();
    auto const steps = steps_of_a_ping(*trace);
    auto const drop = std::ranges::find(steps, true, &RuleStep::drops);
    ASSERT_NE(drop, steps.end()) << steps.size();
    EXPECT_EQ(drop->kind, RuleStep::Kind::policy);
    EXPECT_EQ(drop->family + " " + drop->table + " " + drop->chain, "ip f o");
}

TEST_F(RuleTraceTest, TracesNothingElseAndLeavesNoTable) {
    {
        auto trace = RuleTrace::open("tcp");
        ASSERT_TRUE(trace) << trace.error().describe();
        EXPECT_NE(shell("nft list tables").out, "");
        EXPECT_TRUE(steps_of_a_ping(*trace).empty());
    }
    EXPECT_EQ(shell("nft list tables").out, "");
}

TEST(RuleStepOf, OtherMessagesIsNothing) { EXPECT_FALSE(read_rule_step({.header = {}, .payload = {}})); }

}  // namespace
}  // namespace vethwork::observe
