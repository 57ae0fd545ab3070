#include <vethwork/topology/netem.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vethwork::topology {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

Duration ms(std::int64_t count) { return {count * 1'000'000}; }

TEST(NetemOf, TakesWhatTheFileSays) {
    Impairment impairment;
    impairment.delay = ms(20);
    impairment.jitter = ms(2);
    impairment.distribution = DelayDistribution::pareto;
    impairment.loss = Share{0.5};
    impairment.reorder = Share{1};
    impairment.rate = BitRate{20'000'000};
    impairment.queue = QueueLimit{50, {}};
    Netem netem{.limit = 50, .delay = ms(20), .jitter = ms(2), .distribution = DelayDistribution::pareto};
    netem.loss = {2147483648.0 / UINT32_MAX};
    netem.reorder = {1};
    netem.gap = 1;
    netem.rate = {20'000'000};
    EXPECT_EQ(netem_of(impairment), netem);
    EXPECT_THAT(beyond_netem(impairment), IsEmpty());
}

TEST(NetemOf, IsNothingWhereNothingIsAsked) {
    EXPECT_FALSE(netem_of({}));
    Impairment zero;
    zero.delay = ms(0);
    zero.loss = Share{0};
    zero.rate = BitRate{};
    EXPECT_FALSE(netem_of(zero));
    Impairment queue;
    queue.queue = QueueLimit{5, {}};
    EXPECT_EQ(netem_of(queue), Netem{.limit = 5});
}

TEST(NetemOf, RoundsToWhatTheKernelKeeps) {
    Impairment impairment;
    impairment.rate = BitRate{1001};
    EXPECT_EQ(netem_of(impairment)->rate, BitRate{1000});
    impairment.rate = BitRate{3};
    EXPECT_EQ(netem_of(impairment)->rate, BitRate{8}) << "not none";
}

TEST(NetemOf, GoesWithoutWhatAnEmulatorCannot) {
    Impairment impairment;
    impairment.trace = "cable.trace";
    impairment.seed = 7;
    impairment.queue = QueueLimit{{}, 64'000};
    impairment.reorder = Share{0.1};
    impairment.distribution = DelayDistribution::normal;
    EXPECT_FALSE(netem_of(impairment));
    EXPECT_THAT(beyond_netem(impairment),
                ElementsAre(StartsWith("a trace: "), StartsWith("a seed: "), StartsWith("a queue in bytes: "),
                            StartsWith("reorder: "), StartsWith("a distribution: ")));
}

TEST(ImpairmentOf, SaysTheSameAgain) {
    Impairment impairment;
    impairment.delay = ms(3);
    impairment.jitter = ms(1);
    impairment.distribution = DelayDistribution::normal;
    impairment.burst_loss = GilbertElliott{{0.01}, {0.25}, {1}, {0}};
    impairment.duplicate = Share{0.02};
    impairment.corrupt = Share{0.03};
    impairment.queue = QueueLimit{7, {}};
    auto const netem = netem_of(impairment).value();
    EXPECT_EQ(netem_of(impairment_of(netem)), netem);
    EXPECT_TRUE(can_be_written(netem));
    auto correlated = netem;
    correlated.loss_correlation = {0.5};
    EXPECT_FALSE(can_be_written(correlated));
}

TEST(KeptText, IsTheShortestThatTheKernelKeepsAsTheSame) {
    EXPECT_EQ(kept_text(netem_of({.loss = Share{0.1}})->loss), "10%");
    EXPECT_EQ(kept_text({0.005}), "0.5%");
    EXPECT_EQ(kept_text({1}), "100%");
    EXPECT_EQ(kept_text({0}), "0%");
    EXPECT_EQ(kept_text({3006477106.0 / UINT32_MAX}), "70%");  // as tc has it
    for (double const parts : {1.0, 2.0, 12345678.0, UINT32_MAX - 1.0}) {
        Share const share{parts / UINT32_MAX};
        auto const text = kept_text(share);
        EXPECT_EQ(netem_of({.loss = parse_percent(text)})->loss, share) << text;
    }
}

TEST(Handles, TellHowADelayVaries) {
    EXPECT_EQ(handle_of(DelayDistribution::uniform), 0u);
    EXPECT_EQ(handle_of(DelayDistribution::normal), 0xd151'0000u);
    for (auto const one :
         {DelayDistribution::normal, DelayDistribution::pareto, DelayDistribution::paretonormal})
        EXPECT_EQ(distribution_of(handle_of(one)), one);
    EXPECT_EQ(distribution_of(0x8001'0000), DelayDistribution::uniform) << "one that the kernel chose";
}

}  // namespace
}  // namespace vethwork::topology
