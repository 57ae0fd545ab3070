#include <vethwork/observe/filter.hpp>

#include <dlfcn.h>
#include <gmock/gmock.h>

#include "support/packet_samples.hpp"

namespace vethwork::observe {
namespace {

bool has_libpcap() { return ::dlopen("libpcap.so.0.8", RTLD_NOW) != nullptr; }

std::vector<std::string> names_that_match(std::string const& expression, LinkType link) {
    auto const filter = Filter::compile(expression, link, 262144);
    EXPECT_TRUE(filter) << filter.error().describe();
    std::vector<std::string> names;
    for (test::Sample const& sample : test::packet_samples())
        if (sample.link == link && filter && filter->matches(test::frame_of(sample)))
            names.push_back(sample.name);
    return names;
}

TEST(Filter, ChoosesPackets) {
    if (!has_libpcap()) GTEST_SKIP() << "no libpcap here";
    EXPECT_THAT(names_that_match("arp", LinkType::ethernet),
                testing::ElementsAre("arp request", "arp request to a known address", "arp reply",
                                     "arp for another protocol"));
    EXPECT_THAT(names_that_match("vlan", LinkType::ethernet), testing::ElementsAre("802.1Q", "802.1ad"));
    EXPECT_THAT(names_that_match("outbound", LinkType::linux_sll2), testing::ElementsAre("cooked v2 out"));
    EXPECT_THAT(names_that_match("ip6", LinkType::raw), testing::ElementsAre("raw v6"));
}

TEST(Filter, AWrongExpressionCarriesTheWordsOfLibpcap) {
    if (!has_libpcap()) GTEST_SKIP() << "no libpcap here";
    auto const filter = Filter::compile("icmp and (", LinkType::ethernet, 262144);
    ASSERT_FALSE(filter);
    EXPECT_EQ(filter.error().fault, Fault::usage);
    EXPECT_THAT(filter.error().describe(), testing::HasSubstr("syntax error"));
}

}  // namespace
}  // namespace vethwork::observe
