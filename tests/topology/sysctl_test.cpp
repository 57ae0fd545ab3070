#include <gtest/gtest.h>

#include <vethwork/topology/sysctl.hpp>

namespace vethwork::topology {
namespace {

TEST(Sysctl, WritesDotsOfLinksAsSlashes) {
    EXPECT_EQ(interface_sysctl(Family::ipv4, "eth0.7", "rp_filter"), "net.ipv4.conf.eth0/7.rp_filter");
    EXPECT_EQ(interface_sysctl(Family::ipv6, "all", "forwarding"), "net.ipv6.conf.all.forwarding");
    EXPECT_EQ(path_of_sysctl("net.ipv4.conf.eth0/7.rp_filter"), "net/ipv4/conf/eth0.7/rp_filter");
}

TEST(Sysctl, SaysWhoseSettingItIs) {
    EXPECT_EQ(link_of_sysctl("net.ipv4.conf.eth0/7.rp_filter"), "eth0.7");
    EXPECT_EQ(link_of_sysctl("net.ipv6.neigh.eth0.retrans_time_ms"), "eth0");
    for (auto const* const name : {"net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter",
                                   "net.ipv4.conf.lo.rp_filter", "net.ipv4.ip_forward", "net.ipv4.conf."})
        EXPECT_EQ(link_of_sysctl(name), "") << name;
}

TEST(Sysctl, SaysWhatALinkTakesOver) {
    EXPECT_EQ(sysctl_taken_over("net.ipv6.conf.default.mtu", "eth0.7"), "net.ipv6.conf.eth0/7.mtu");
    EXPECT_EQ(sysctl_taken_over("net.ipv6.conf.all.mtu", "eth0"), "");
}

}  // namespace
}  // namespace vethwork::topology
