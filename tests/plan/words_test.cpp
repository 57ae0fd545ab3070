#include <vethwork/plan/words.hpp>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

std::string prefix(std::string_view word, std::optional<Family> family = {}) {
    auto const read = read_prefix(word, family);
    return read ? read->to_string() : read.error().attempt;
}

TEST(Words, PrefixesAreReadAsScriptsWriteThem) {
    EXPECT_EQ(prefix("10.1.2.3"), "10.1.2.3/32");
    EXPECT_EQ(prefix("10.1/16"), "10.1.0.0/16");
    EXPECT_EQ(prefix("0x0a.010.1.1/0x18"), "10.8.1.1/24");
    EXPECT_EQ(prefix("10.0.0.1/255.255.240.0"), "10.0.0.1/20");
    EXPECT_EQ(prefix("10.0.0.1/0.0.0.0"), "10.0.0.1/0");
    EXPECT_EQ(prefix("2001:db8::1/64"), "2001:db8::1/64");
    EXPECT_EQ(prefix("::ffff:10.0.0.1"), "::ffff:10.0.0.1/128");
}

TEST(Words, WhatIsNoPrefixIsRefusedWithTheFamilyExpected) {
    for (auto const* const word : {"", "10.1.2.3.4", "256.1.1.1", "10.0.0.1/33", "10.0.0.1/255.0.255.0",
                                   "10.0.0.1/", "08.0.0.1", "fe80::1/129", "fe80::g", "10..1"})
        EXPECT_EQ(prefix(word), fmt::format("Error: any valid prefix is expected rather than \"{}\".", word));
    EXPECT_EQ(prefix("10.0.0.1", Family::ipv6), "Error: inet6 prefix is expected rather than \"10.0.0.1\".");
    EXPECT_EQ(prefix("::1", Family::ipv4), "Error: inet prefix is expected rather than \"::1\".");
    EXPECT_EQ(read_address("10.0.0.0/8", {}).error().attempt,
              "Error: any valid address is expected rather than \"10.0.0.0/8\".");
}

TEST(Words, LinkAddressesAreOctetsOrADottedQuad) {
    EXPECT_EQ(read_link_address("2:0:0:0:0:ff")->to_string(), "02:00:00:00:00:ff");
    EXPECT_EQ(read_link_address("192.0.2.1")->to_string(), "c0:00:02:01");
    EXPECT_EQ(read_link_address("zz").error().attempt, "\"zz\" is invalid lladdr.");
}

}  // namespace
}  // namespace vethwork::plan
