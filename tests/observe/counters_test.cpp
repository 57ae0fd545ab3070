#include <vethwork/observe/counters.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vethwork::observe {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Counters, TakesPairsAndLines) {
    Counters all;
    ASSERT_TRUE(parse_counter_pairs("Ip: Forwarding ForwDatagrams\nIp: 1 7\nTcp: MaxConn\nTcp: -1\n", all));
    ASSERT_TRUE(parse_counter_lines("Ip6InReceives  \t12\nIp6InOctets 18446744073709551615\n", all));
    EXPECT_THAT(all,
                ElementsAre(Pair("Ip.ForwDatagrams", 7), Pair("Ip.Forwarding", 1), Pair("Ip6InOctets", -1),
                            Pair("Ip6InReceives", 12), Pair("Tcp.MaxConn", -1)));
}

TEST(Counters, RefusesWhatDoesNotFit) {
    Counters all;
    for (auto const* const text : {"Ip: A B\nIp: 1\n", "Ip: A\nTcp: 1\n", "Ip: A\nIp: x\n", "Ip: A\n"})
        EXPECT_FALSE(parse_counter_pairs(text, all)) << text;
    EXPECT_FALSE(parse_counter_lines("Ip6InReceives\n", all));
    EXPECT_FALSE(parse_counter_lines("Ip6InReceives 1 2\n", all));
    EXPECT_TRUE(all.empty());
}

TEST(Counters, TellWhatMoved) {
    Counters const before{{"a", 1}, {"b", 5}, {"gone", 2}}, after{{"a", 4}, {"b", 5}, {"fresh", 3}};
    EXPECT_THAT(difference(before, after), ElementsAre(Pair("a", 3), Pair("fresh", 3), Pair("gone", -2)));
    EXPECT_EQ(counter(after, "fresh"), 3);
    EXPECT_EQ(counter(after, "gone"), 0);
}

}  // namespace
}  // namespace vethwork::observe
