#include <vethwork/plan/qdisc_operation.hpp>

#include <gtest/gtest.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/operation.hpp>

namespace vethwork::plan {
namespace {

using topology::DelayDistribution;
using topology::Netem;
using topology::Qdisc;

Qdisc netem_at(std::string const& link, Netem const& netem) {
    return {.link = {link}, .kind = "netem", .parent = topology::qdisc_root, .options = netem};
}

std::string words(Operation const& operation) { return join(words_of(operation), " "); }

TEST(AddQdisc, HasTheWordsOfTc) {
    Netem netem{.delay = {20'000'000}};
    EXPECT_EQ(words(AddQdisc{netem_at("eth0", netem)}), "qdisc add dev eth0 root netem delay 20ms");
    netem.jitter = {1'500'000};
    netem.limit = 50;
    netem.loss = {0.1};
    netem.duplicate = {0.005};
    netem.reorder = {0.25};
    netem.gap = 1;
    netem.corrupt = {0.02};
    netem.rate = {20'000'000};
    EXPECT_EQ(words(AddQdisc{netem_at("eth0", netem)}),
              "qdisc add dev eth0 root netem limit 50 delay 20ms 1500us loss 10% duplicate 0.5% "
              "reorder 25% corrupt 2% rate 20mbit");
}

TEST(AddQdisc, SaysByItsHandleHowADelayVaries) {
    Netem netem{.delay = {3'000'000'000}, .jitter = {1}, .distribution = DelayDistribution::normal};
    EXPECT_EQ(words(AddQdisc{netem_at("eth0", netem)}),
              "qdisc add dev eth0 root handle d151: netem delay 3s 0.001us distribution normal");
}

TEST(AddQdisc, TellsLossInBurstsAsAModel) {
    Netem netem;
    netem.burst_loss = topology::GilbertElliott{{0.01}, {0.25}, {1}, {0}};
    EXPECT_EQ(words(AddQdisc{netem_at("eth0", netem)}),
              "qdisc add dev eth0 root netem loss gemodel 1% 25% 100% 0%");
}

TEST(AddQdisc, IsTakenBackByDeletingAndThatByAdding) {
    AddQdisc const add{netem_at("eth0", Netem{.delay = {20'000'000}})};
    auto const taken_back = inverse_of(add);
    ASSERT_TRUE(taken_back);
    EXPECT_EQ(words(*taken_back), "qdisc delete dev eth0 root");
    EXPECT_EQ(inverse_of(*taken_back), Operation(add));
    EXPECT_FALSE(inverse_of(DeleteQdisc{{.link = {"eth0"}, .kind = "tbf"}})) << "its settings are not known";
    EXPECT_EQ(describe(add), "impair what leaves by \"eth0\": delay 20ms");
}

TEST(ChangeQdisc, NamesAsZeroWhatIsNoMore) {
    Netem before{.delay = {20'000'000}, .jitter = {1'000'000}};
    before.delay_correlation = {0.25};
    before.corrupt = {0.01};
    before.rate = {8'000};
    Netem const after{.delay = {30'000'000}};
    ChangeQdisc const change{netem_at("eth0", after), netem_at("eth0", before)};
    EXPECT_EQ(words(change), "qdisc change dev eth0 root netem delay 30ms 0ms 0% corrupt 0% rate 0bit");
    EXPECT_EQ(inverse_of(change), Operation(ChangeQdisc{netem_at("eth0", before), netem_at("eth0", after)}));
}

}  // namespace
}  // namespace vethwork::plan
