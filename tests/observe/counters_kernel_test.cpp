#include <vethwork/observe/counters.hpp>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

TEST(Counters, OfThisNamespaceMoveWithAPing) {
    if (!test::has_program("ping")) GTEST_SKIP() << "no ping here";
    ASSERT_EQ(test::shell("ip link set lo up").status, 0);
    auto const before = counters().value();
    EXPECT_EQ(counter(before, "Icmp.InEchos"), 0) << "not the counters of a fresh namespace";
    auto const ping = test::shell("ping -c 3 -i 0.01 127.0.0.1");
    ASSERT_EQ(ping.status, 0) << ping.err;
    auto const moved = difference(before, counters().value());
    EXPECT_EQ(counter(moved, "Icmp.InEchos"), 3);
    EXPECT_EQ(counter(moved, "Icmp.OutEchoReps"), 3);
    EXPECT_EQ(counter(moved, "Ip.ForwDatagrams"), 0);
    EXPECT_GE(counter(moved, "IpExt.InOctets"), 3 * 84);
}

}  // namespace
}  // namespace vethwork::observe
