#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>

#include <gtest/gtest.h>

namespace vethwork {
namespace {

TEST(IpAddress, ReadsAndPrintsBothFamilies) {
    for (char const* text : {"10.0.1.0", "255.255.255.255", "::", "fe80::1", "2001:db8::10:0"})
        EXPECT_EQ(IpAddress::parse(text).value().to_string(), text);
}

TEST(IpAddress, RefusesWhatIsNotOne) {
    for (char const* text : {"", "10.0.1", "10.0.1.256", "10.0.1.0/24", "fe80::1%lo", "x", ":", "1.2.3.4 "})
        EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, KnowsItsKinds) {
    EXPECT_TRUE(IpAddress::parse("224.0.0.1")->is_multicast());
    EXPECT_TRUE(IpAddress::parse("ff02::1")->is_multicast());
    EXPECT_TRUE(IpAddress::parse("127.3.2.1")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
    EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
    EXPECT_TRUE(IpAddress::parse("fe80::1")->is_link_local());
    EXPECT_EQ(IpAddress::ipv4(0x0a000102).to_string(), "10.0.1.2");
    EXPECT_EQ(IpAddress::parse("10.0.1.2")->ipv4_number(), 0x0a000102u);
}

TEST(IpPrefix, ReadsLengths) {
    EXPECT_EQ(IpPrefix::parse("10.0.1.5/24")->to_string(), "10.0.1.5/24");
    EXPECT_EQ(IpPrefix::parse("10.0.1.5")->length, 32);
    EXPECT_EQ(IpPrefix::parse("fe80::/10")->length, 10);
    for (char const* text : {"10.0.1.0/33", "::/129", "10.0.1.0/", "10.0.1.0/x", "10.0.1.0/-1", "/24"})
        EXPECT_FALSE(IpPrefix::parse(text)) << text;
}

TEST(IpPrefix, HasANetworkAndALastAddress) {
    auto const prefix = *IpPrefix::parse("10.0.1.77/26");
    EXPECT_EQ(prefix.network().to_string(), "10.0.1.64/26");
    EXPECT_EQ(prefix.last().to_string(), "10.0.1.127");
    EXPECT_TRUE(prefix.contains(*IpAddress::parse("10.0.1.100")));
    EXPECT_FALSE(prefix.contains(*IpAddress::parse("10.0.1.128")));
    EXPECT_FALSE(prefix.contains(*IpAddress::parse("::1")));
    EXPECT_TRUE(IpPrefix::parse("0.0.0.0/0")->contains(*IpAddress::parse("8.8.8.8")));
}

TEST(LinkAddress, ReadsAndPrints) {
    EXPECT_EQ(LinkAddress::parse("02:0:0:0:0:a")->to_string(), "02:00:00:00:00:0a");
    for (char const* text : {"", "02", "type", "02:", "1:2:3:4:5:100"}) {
        auto const parsed = LinkAddress::parse(text);
        EXPECT_EQ(parsed.has_value(), std::string_view(text) == "02") << text;
    }
}

}  // namespace
}  // namespace vethwork
