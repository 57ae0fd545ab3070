// The older tables, as iptables-legacy makes and counts them.
#include <gmock/gmock.h>

#include <vethwork/observe/legacy_rules.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

using test::shell;

std::vector<std::string> texts(Family family) {
    std::vector<std::string> list;
    for (auto const& rule : legacy_rules(family))
        list.push_back(rule.table + " " + rule.chain + " " + std::to_string(rule.number) +
                       (rule.ends ? " ends" : "") + (rule.packets != 0 ? " met" : ""));
    return list;
}

TEST(LegacyRules, AreNoneWithoutTables) {
    EXPECT_TRUE(legacy_rules(Family::ipv4).empty());
    EXPECT_TRUE(legacy_rules(Family::ipv6).empty());
}

TEST(LegacyRules, AreNumberedAsIptablesNumbersThem) {
    if (!test::has_program("iptables-legacy") || !test::has_program("ping"))
        GTEST_SKIP() << "iptables-legacy or ping is not installed";
    auto const made = shell(
        "set -e; ip link set lo up; i='iptables-legacy -t raw'; $i -N own; $i -A own -s 10.0.0.0/8 -j DROP; "
        "$i -A "
        "own -p icmp -j DROP; $i -A OUTPUT -d 127.0.0.1 -j own; $i -P PREROUTING DROP");
    if (made.status != 0) GTEST_SKIP() << "not possible here: " << made.err;
    (void)shell("ping -c 1 -W 0.1 127.0.0.1");
    EXPECT_THAT(texts(Family::ipv4),
                testing::ElementsAre("raw PREROUTING 0 ends", "raw OUTPUT 1 met", "raw OUTPUT 0",
                                     "raw own 1 ends", "raw own 2 ends met", "raw own 0"));
    EXPECT_THAT(texts(Family::ipv6), testing::IsEmpty());
}

TEST(LegacyRules, AreReadOfIpv6) {
    if (!test::has_program("ip6tables-legacy")) GTEST_SKIP() << "ip6tables-legacy is not installed";
    auto const made = shell("ip6tables-legacy -A FORWARD -s fd00::/8 -j DROP");
    if (made.status != 0) GTEST_SKIP() << "not possible here: " << made.err;
    EXPECT_THAT(texts(Family::ipv6), testing::ElementsAre("filter INPUT 0", "filter FORWARD 1 ends",
                                                          "filter FORWARD 0", "filter OUTPUT 0"));
}

}  // namespace
}  // namespace vethwork::observe
