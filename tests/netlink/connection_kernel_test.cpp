#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/link.hpp>
#include <vethwork/observe/links.hpp>

#include <linux/rtnetlink.h>

#include <cerrno>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

MessageWriter new_bridge(std::string const& name) {
    MessageWriter message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "add link \"" + name + "\"");
    topology::Link link;
    link.name = name;
    link.kind = topology::Bridge{};
    write_link(link, message);
    return message;
}

TEST(Connection, ListsTheLoopbackOfANewNamespace) {
    auto connection = Connection::open().value();
    auto const set = observe::links(connection, {}).value();
    ASSERT_EQ(set.links.size(), 1u);
    EXPECT_EQ(set.links[0].name, "lo");
    EXPECT_EQ(set.links[0].mtu, 65536u);
}

TEST(Connection, TransactsManyRequestsAndTellsEachOutcome) {
    auto connection = Connection::open().value();
    std::vector<MessageWriter> messages;
    for (int i = 0; i < 300; ++i) messages.push_back(new_bridge("b" + std::to_string(i % 299)));
    auto const outcomes = connection.transact(messages);
    ASSERT_EQ(outcomes.size(), 300u);
    for (int i = 0; i < 299; ++i) EXPECT_TRUE(outcomes[i].ok()) << i << outcomes[i].error().describe();
    ASSERT_FALSE(outcomes[299].ok());
    EXPECT_EQ(outcomes[299].error().code, EEXIST);
    EXPECT_EQ(observe::links(connection, {}).value().links.size(), 300u);
}

}  // namespace
}  // namespace vethwork::netlink
