#include <vethwork/observe/xfrm.hpp>

#include <linux/xfrm.h>
#include <netinet/in.h>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

TEST(Xfrm, TellsOfPolicies) {
    auto const made = test::shell(
        "set -e; ip xfrm policy add src 10.0.0.0/8 dst 10.1.0.0/16 proto tcp dport 80 dir fwd action block "
        "priority 7 mark 5 mask 0xff;"
        "ip xfrm policy add src fd00::/8 dst fd01::1/128 dir out priority 9 "
        "tmpl src fd00::1 dst fd01::1 proto esp mode tunnel");
    if (made.status != 0) GTEST_SKIP() << "no IPsec here: " << made.err;
    auto connection = netlink::Connection::open(NETLINK_XFRM).value();
    auto const policies = xfrm_policies(connection).value();
    ASSERT_EQ(policies.size(), 2u);
    auto const& block = policies[policies[0].verdict == XfrmVerdict::block ? 0 : 1];
    auto const& allow = policies[policies[0].verdict == XfrmVerdict::block ? 1 : 0];
    EXPECT_EQ(block.verdict, XfrmVerdict::block);
    EXPECT_EQ(block.direction, XfrmDirection::forward);
    EXPECT_EQ(block.priority, 7u);
    EXPECT_NE(block.index, 0u);
    EXPECT_EQ(block.mark, (XfrmMark{5, 0xff}));
    EXPECT_EQ(block.selector.source.to_string(), "10.0.0.0/8");
    EXPECT_EQ(block.selector.destination.to_string(), "10.1.0.0/16");
    EXPECT_EQ(block.selector.protocol, IPPROTO_TCP);
    EXPECT_EQ(block.selector.destination_port, 80);
    EXPECT_FALSE(block.transforms);
    EXPECT_EQ(allow.verdict, XfrmVerdict::allow);
    EXPECT_EQ(allow.direction, XfrmDirection::out);
    EXPECT_TRUE(allow.transforms);
    EXPECT_EQ(allow.mark, std::nullopt);
    EXPECT_EQ(allow.selector.destination.address.to_string(), "fd01::1");
}

TEST(Xfrm, TellsOfStates) {
    auto const made = test::shell(
        "ip xfrm state add src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x1234 reqid 3 "
        "mode tunnel enc 'ecb(cipher_null)' '' auth 'hmac(sha1)' 0x0102030405060708090a0b0c0d0e0f1011121314");
    if (made.status != 0) GTEST_SKIP() << "no such IPsec state here: " << made.err;
    auto connection = netlink::Connection::open(NETLINK_XFRM).value();
    auto const states = xfrm_states(connection).value();
    ASSERT_EQ(states.size(), 1u);
    EXPECT_EQ(states[0].source.to_string(), "10.0.0.1");
    EXPECT_EQ(states[0].destination.to_string(), "10.0.0.2");
    EXPECT_EQ(states[0].spi, 0x1234u);
    EXPECT_EQ(states[0].request_id, 3u);
    EXPECT_EQ(states[0].mode, XFRM_MODE_TUNNEL);
    EXPECT_EQ(states[0].protocol, IPPROTO_ESP);
}

}  // namespace
}  // namespace vethwork::observe
