#include <vethwork/diagnose/routine_drop.hpp>

#include <gtest/gtest.h>

namespace vethwork::diagnose {
namespace {

TEST(RoutineDrop, IsKnownByReasonAndFunctionTogether) {
    EXPECT_TRUE(is_routine_drop("NO_SOCKET", "ping_rcv"));
    EXPECT_FALSE(is_routine_drop("NO_SOCKET", "__udp4_lib_rcv"));
    EXPECT_TRUE(is_routine_drop("NOT_SPECIFIED", "tcp_rcv_state_process"));
    EXPECT_FALSE(is_routine_drop("NOT_SPECIFIED", "ip_error"));
    EXPECT_FALSE(is_routine_drop("NETFILTER_DROP", "tcp_rcv_state_process"));
}

TEST(RoutineDrop, WithoutAFunctionIsOneOnlyWhereTheReasonSuffices) {
    EXPECT_TRUE(is_routine_drop("QUEUE_PURGE", ""));
    EXPECT_FALSE(is_routine_drop("NOT_SPECIFIED", ""));
}

}  // namespace
}  // namespace vethwork::diagnose
