#include <linux/rtnetlink.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/netlink/trace.hpp>

namespace vethwork::netlink {
namespace {

Message message_of(MessageWriter const& writer) {
    return {writer.header(), writer.bytes().subspan(sizeof(nlmsghdr))};
}

TEST(Trace, NamesTypesFlagsAndAttributes) {
    MessageWriter writer(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, "add");
    writer.fixed(ifaddrmsg{.ifa_family = 2, .ifa_prefixlen = 24, .ifa_index = 3});
    writer.text(IFA_LABEL, "IFA_LABEL", "v0");
    EXPECT_EQ(describe_message(Direction::sent, message_of(writer)),
              "netlink > RTM_NEWADDR, 32 bytes, number 0, request exclusive create\n"
              "    header: 02 18 00 00 03 00 00 00\n"
              "    IFA_LABEL (3): \"v0\"\n");
}

TEST(Trace, TellsTheCodeOfAnAnswer) {
    MessageWriter writer(NLMSG_ERROR, 0, "answer");
    writer.fixed(std::int32_t{-17});
    EXPECT_EQ(describe_message(Direction::received, message_of(writer)),
              "netlink < NLMSG_ERROR, 20 bytes, number 0,\n    code -17\n");
}

TEST(Trace, TakesAnyBytes) {
    std::uint8_t const bytes[] = {9, 0, 1};
    Message const message{{.nlmsg_type = RTM_NEWROUTE}, bytes};
    EXPECT_THAT(describe_message(Direction::received, message), testing::HasSubstr("RTM_NEWROUTE"));
}

}  // namespace
}  // namespace vethwork::netlink
