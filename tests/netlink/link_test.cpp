#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/link_kinds.hpp>

#include <linux/rtnetlink.h>
#include <net/if.h>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

using topology::Link;

Result<Link> through_the_wire(Link const& link) {
    MessageWriter message(RTM_NEWLINK, 0, "test");
    write_link(link, message);
    return read_link(*MessageReader(message.bytes()).next());
}

TEST(Link, WhatIsWrittenReadsBack) {
    Link link;
    link.name = "br0";
    link.flags = link.flags_mask = IFF_UP;
    link.mtu = 1400;
    link.address = LinkAddress::parse("02:00:00:00:00:01");
    link.alias = "two words";
    link.master = topology::LinkRef{"", 7};
    link.alternative_names = {"a-name-that-is-longer-than-others"};
    link.kind = topology::Bridge{.stp_state = 1, .priority = 100};
    auto read = through_the_wire(link).value();
    EXPECT_EQ(read.kind_name, "bridge");
    read.kind_name.clear();
    read.flags_mask = IFF_UP;
    EXPECT_EQ(read, link);
}

TEST(Link, NamesTheAttributeThatBreaks) {
    MessageWriter message(RTM_NEWLINK, 0, "test");
    message.fixed(ifinfomsg{});
    message.value(IFLA_MTU, "IFLA_MTU", std::uint8_t{1});
    auto const read = read_link(*MessageReader(message.bytes()).next());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().attribute, "IFLA_MTU");
}

TEST(Link, EveryKindReadsItsOwnEmptyData) {
    for (auto const* const row : link_kinds()) {
        Link link;
        link.kind = row->make();
        auto const read = through_the_wire(link).value();
        EXPECT_EQ(read.kind_name, row->name);
        EXPECT_EQ(read.kind, link.kind) << row->name;
    }
}

}  // namespace
}  // namespace vethwork::netlink
