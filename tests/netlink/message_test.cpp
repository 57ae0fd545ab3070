#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/message.hpp>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

TEST(MessageWriter, PadsAndNests) {
    MessageWriter message(16, NLM_F_ACK, "try");
    auto const nest = message.begin_nest(18 | NLA_F_NESTED, "OUTER");
    message.text(1, "INNER", "ab");
    message.end_nest(nest);
    EXPECT_EQ(message.bytes().size(), 16u + 4 + 4 + 4);
    MessageReader messages(message.bytes());
    auto const read = messages.next();
    ASSERT_TRUE(read);
    AttributeReader attributes(read->payload);
    auto const outer = attributes.next();
    ASSERT_TRUE(outer);
    EXPECT_EQ(outer->type, 18);
    auto const inner = AttributeReader(outer->payload).next();
    ASSERT_TRUE(inner);
    EXPECT_EQ(as_text(inner->payload), std::string_view("ab\0", 3));
    EXPECT_FALSE(messages.next());
    EXPECT_FALSE(messages.failed());
}

TEST(MessageWriter, KnowsWhichAttributeHoldsAByte) {
    MessageWriter message(16, 0, "try");
    message.value(1, "FIRST", std::uint32_t{1});
    message.value(2, "SECOND", std::uint32_t{2});
    EXPECT_EQ(message.name_at(0), "");
    EXPECT_EQ(message.name_at(16), "FIRST");
    EXPECT_EQ(message.name_at(28), "SECOND");
}

TEST(Readers, RefuseLengthsThatLie) {
    std::uint32_t const lie[] = {1000, 0, 0, 0};
    MessageReader messages({reinterpret_cast<std::uint8_t const*>(lie), sizeof lie});
    EXPECT_FALSE(messages.next());
    EXPECT_TRUE(messages.failed());
    std::uint16_t const attribute[] = {3, 1};
    AttributeReader attributes({reinterpret_cast<std::uint8_t const*>(attribute), sizeof attribute});
    EXPECT_FALSE(attributes.next());
    EXPECT_TRUE(attributes.failed());
}

TEST(ErrorOf, TellsTheKernelsTextAndTheAttribute) {
    MessageWriter request(16, 0, "set link \"a\"");
    request.value(4, "IFLA_MTU", std::uint32_t{1});
    MessageWriter answer(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, "");
    answer.fixed(std::int32_t{-22});
    answer.fixed(nlmsghdr{.nlmsg_len = 100});
    answer.text(NLMSGERR_ATTR_MSG, "", "mtu less than device minimum");
    answer.value(NLMSGERR_ATTR_OFFS, "", std::uint32_t{16});
    auto const error = error_of(*MessageReader(answer.bytes()).next(), request);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->describe(), "set link \"a\": mtu less than device minimum (at IFLA_MTU)");
    EXPECT_EQ(error->code, 22);
}

}  // namespace
}  // namespace vethwork::netlink
