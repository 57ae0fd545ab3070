#include <vethwork/observe/sysctls.hpp>

#include <fcntl.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

TEST(Sysctls, OfAnotherNamespaceAreReadFromHere) {
    ASSERT_TRUE(netns::create("other").ok());
    auto const made = test::shell(
        "ip -n other link add v.1 type veth peer name w && echo 0 >/proc/sys/net/ipv4/ip_forward &&"
        "ip netns exec other sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward;"
        "echo 2 >/proc/sys/net/ipv4/conf/v.1/rp_filter'");
    ASSERT_EQ(made.status, 0) << made.err;
    std::vector<std::string> const links{"v.1"};
    auto const names = sysctls_of_packets(links);
    auto const there = sysctls(netns::open_named("other").value(), names).value();
    EXPECT_EQ(there.at("net/ipv4/ip_forward"), "1");
    EXPECT_EQ(there.at("net/ipv4/conf/v.1/rp_filter"), "2");
    EXPECT_TRUE(there.contains("net/ipv4/conf/all/arp_ignore"));
    auto const here = sysctls(names);
    EXPECT_EQ(here.at("net/ipv4/ip_forward"), "0");
    EXPECT_FALSE(here.contains("net/ipv4/conf/v.1/rp_filter"));
}

TEST(Sysctls, OfWhatIsNoNamespaceAreAnError) {
    auto const file = open_file("/dev/null", O_RDONLY).value();
    EXPECT_FALSE(sysctls(file, {}).ok());
}

}  // namespace
}  // namespace vethwork::observe
