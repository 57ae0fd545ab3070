#include <vethwork/netlink/interface_address.hpp>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

using topology::InterfaceAddress;

Result<InterfaceAddress> through_the_wire(InterfaceAddress const& address) {
    MessageWriter message(RTM_NEWADDR, 0, "test");
    write_address(address, message);
    return read_address(*MessageReader(message.bytes()).next());
}

TEST(InterfaceAddress, WhatIsWrittenReadsBack) {
    InterfaceAddress address;
    address.link.index = 7;
    address.family = Family::ipv4;
    address.local = IpAddress::parse("10.0.0.1");
    address.peer = IpAddress::parse("10.0.0.2");
    address.prefix_length = 30;
    address.broadcast = IpAddress::parse("10.0.0.3");
    address.anycast = IpAddress::parse("10.0.0.0");
    address.label = "eth0:1";
    address.scope = RT_SCOPE_LINK;
    address.flags = IFA_F_NOPREFIXROUTE | IFA_F_PERMANENT;
    address.metric = 100;
    address.protocol = 2;
    address.lifetimes = topology::AddressLifetimes{.preferred = 60, .valid = topology::forever};
    EXPECT_EQ(through_the_wire(address).value(), address);
}

TEST(InterfaceAddress, FlagsThatFitGoInTheHeader) {
    InterfaceAddress address;
    address.flags = IFA_F_NODAD;
    MessageWriter message(RTM_NEWADDR, 0, "test");
    write_address(address, message);
    EXPECT_EQ(message.bytes().size(), sizeof(nlmsghdr) + sizeof(ifaddrmsg));
    EXPECT_EQ(through_the_wire(address)->flags, std::uint32_t{IFA_F_NODAD});
}

TEST(InterfaceAddress, WithoutIfaLocalTheAddressIsIfaAddress) {
    MessageWriter message(RTM_NEWADDR, 0, "test");
    message.fixed(ifaddrmsg{
        .ifa_family = AF_INET6, .ifa_prefixlen = 64, .ifa_flags = 0, .ifa_scope = 0, .ifa_index = 1});
    message.attribute(IFA_ADDRESS, "IFA_ADDRESS", IpAddress::parse("2001:db8::1")->bytes());
    auto const address = read_address(*MessageReader(message.bytes()).next()).value();
    EXPECT_EQ(address.local, IpAddress::parse("2001:db8::1"));
    EXPECT_FALSE(address.peer);
}

TEST(InterfaceAddress, AnyPeerLeavesIfaAddressOut) {
    InterfaceAddress address;
    address.local = IpAddress::parse("10.0.0.1");
    MessageWriter exact(RTM_DELADDR, 0, "test"), any(RTM_DELADDR, 0, "test");
    write_address(address, exact);
    write_address(address, any, PeerMatch::any);
    EXPECT_EQ(exact.bytes().size(), any.bytes().size() + 8);
}

TEST(InterfaceAddress, NamesTheAttributeThatBreaks) {
    MessageWriter message(RTM_NEWADDR, 0, "test");
    message.fixed(ifaddrmsg{});
    message.value(IFA_FLAGS, "IFA_FLAGS", std::uint8_t{1});
    auto const read = read_address(*MessageReader(message.bytes()).next());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().attribute, "IFA_FLAGS");
}

}  // namespace
}  // namespace vethwork::netlink
