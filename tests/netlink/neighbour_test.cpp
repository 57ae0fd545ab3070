#include <vethwork/netlink/neighbour.hpp>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

using topology::Neighbour;

TEST(Neighbour, WhatIsWrittenReadsBack) {
    Neighbour neighbour;
    neighbour.link.index = 3;
    neighbour.address = IpAddress::parse("2001:db8::2");
    neighbour.link_address = LinkAddress::parse("02:00:00:00:00:02");
    neighbour.state = NUD_STALE;
    neighbour.flags = NTF_ROUTER | NTF_EXT_LEARNED;
    neighbour.protocol = 4;
    neighbour.extended_flags = NTF_EXT_MANAGED;
    MessageWriter message(RTM_NEWNEIGH, 0, "test");
    write_neighbour(neighbour, message);
    EXPECT_EQ(read_neighbour(*MessageReader(message.bytes()).next()).value(), neighbour);
}

TEST(Neighbour, ReadsWhatOnlyTheKernelTells) {
    MessageWriter message(RTM_NEWNEIGH, 0, "test");
    message.fixed(ndmsg{});
    message.value(NDA_PROBES, "NDA_PROBES", std::uint32_t{4});
    message.value(NDA_CACHEINFO, "NDA_CACHEINFO",
                  nda_cacheinfo{.ndm_confirmed = 1, .ndm_used = 2, .ndm_updated = 3, .ndm_refcnt = 4});
    auto const read = read_neighbour(*MessageReader(message.bytes()).next()).value();
    EXPECT_EQ(read.probes, 4u);
    EXPECT_EQ(read.times,
              (topology::NeighbourTimes{.confirmed = 1, .used = 2, .updated = 3, .references = 4}));
}

TEST(Neighbour, ATruncatedHeaderIsMalformed) {
    MessageWriter message(RTM_NEWNEIGH, 0, "test");
    message.value(0, "", std::uint8_t{1});
    EXPECT_EQ(read_neighbour(*MessageReader(message.bytes()).next()).error().fault, Fault::malformed);
}

}  // namespace
}  // namespace vethwork::netlink
