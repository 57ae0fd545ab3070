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

TEST(Link, TellsOfAProgramInTheReceivePath) {
    for (std::uint8_t const mode : {XDP_ATTACHED_NONE, XDP_ATTACHED_SKB}) {
        MessageWriter message(RTM_NEWLINK, 0, "test");
        message.fixed(ifinfomsg{});
        auto const nest = message.begin_nest(IFLA_XDP | NLA_F_NESTED, "IFLA_XDP");
        message.value(IFLA_XDP_ATTACHED, "IFLA_XDP_ATTACHED", mode);
        if (mode != XDP_ATTACHED_NONE) message.value(IFLA_XDP_PROG_ID, "IFLA_XDP_PROG_ID", 42u);
        message.end_nest(nest);
        auto const link = read_link(*MessageReader(message.bytes()).next()).value();
        if (mode == XDP_ATTACHED_NONE) {
            EXPECT_EQ(link.xdp, std::nullopt);
        } else {
            EXPECT_EQ(link.xdp, (topology::XdpProgram{XDP_ATTACHED_SKB, 42}));
        }
    }
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
