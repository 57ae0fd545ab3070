#include <vethwork/netlink/qdisc.hpp>

#include <linux/rtnetlink.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/netem.hpp>
#include <vethwork/topology/netem.hpp>

namespace vethwork::netlink {
namespace {

using topology::DelayDistribution;
using topology::Netem;
using topology::Qdisc;

topology::Share share(std::uint32_t parts) { return {parts / double{UINT32_MAX}}; }

void expect_same_on_the_wire(Netem const& netem) {
    Qdisc const qdisc{.link = {"", 7},
                      .kind = "netem",
                      .handle = topology::handle_of(netem.distribution),
                      .parent = topology::qdisc_root,
                      .options = netem};
    MessageWriter message(RTM_NEWQDISC, 0, "test");
    write_qdisc(qdisc, message);
    auto const read = read_qdisc(*MessageReader(message.bytes()).next());
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(*read, qdisc);
}

TEST(Netem, IsReadAsItIsWritten) {
    expect_same_on_the_wire({});
    Netem full{.limit = 50, .delay = {20'000'001}, .jitter = {999}};
    full.distribution = DelayDistribution::paretonormal;
    full.delay_correlation = share(1);
    full.loss = share(2);
    full.loss_correlation = share(3);
    full.duplicate = share(4);
    full.duplicate_correlation = share(5);
    full.corrupt = share(6);
    full.corrupt_correlation = share(7);
    full.reorder = share(UINT32_MAX);
    full.reorder_correlation = share(UINT32_MAX - 1);
    full.gap = 3;
    full.rate = {20'000'000};
    full.marks = true;
    expect_same_on_the_wire(full);
    Netem bursts;
    bursts.burst_loss = topology::GilbertElliott{share(1), share(2), share(3), share(4)};
    bursts.rate = {100'000'000'000};   // more bytes a second than 32 bits hold
    bursts.delay = {600'000'000'000};  // more ticks than that
    expect_same_on_the_wire(bursts);
}

TEST(Netem, IsRefusedWhereItIsCutShort) {
    Netem netem;
    std::uint8_t const few[] = {1, 2, 3};
    EXPECT_TRUE(read_netem(few, netem));
}

/// The numbers of a table as tc(8) has them.
std::vector<int> table_of_tc(std::string const& name) {
    for (std::string const folder : {"/usr/lib/x86_64-linux-gnu/tc/", "/usr/lib/tc/", "/usr/share/tc/"}) {
        auto const text = read_file(folder + name + ".dist");
        if (!text) continue;
        std::vector<int> numbers;
        for (auto const line : split(*text, '\n'))
            if (!line.starts_with('#'))
                for (auto const word : split_words(line))
                    numbers.push_back(std::atoi(std::string(word).c_str()));
        return numbers;
    }
    return {};
}

class Deviations : public testing::TestWithParam<DelayDistribution> {};

TEST_P(Deviations, AreThoseOfTc) {
    auto const theirs = table_of_tc(std::string(topology::name_of(GetParam())));
    if (theirs.empty()) GTEST_SKIP() << "tc's tables are not here";
    auto const ours = deviations(GetParam());
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], theirs[i], 1) << i;
}

INSTANTIATE_TEST_SUITE_P(Of, Deviations,
                         testing::Values(DelayDistribution::normal, DelayDistribution::pareto,
                                         DelayDistribution::paretonormal),
                         [](auto const& one) { return std::string(topology::name_of(one.param)); });

TEST(Deviations, OfANormalDistributionAreEvenAboutTheMean) {
    auto const table = deviations(DelayDistribution::normal);
    double sum = 0, squares = 0;
    for (double const one : table) {
        sum += one;
        squares += one * one;
    }
    auto const count = static_cast<double>(table.size());
    EXPECT_NEAR(sum / count, 0, 10);
    EXPECT_NEAR(squares / count / (8192.0 * 8192), 1, 0.01) << "one jitter is the standard deviation";
}

}  // namespace
}  // namespace vethwork::netlink
