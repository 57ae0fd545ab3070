#include <vethwork/plan/address_operation.hpp>
#include <vethwork/plan/operation.hpp>

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

topology::Names names;

Result<PutAddress> put(std::string_view line, AddressContext context = {}) {
    std::vector<std::string> words;
    for (auto const word : split_words(line)) words.emplace_back(word);
    context.names = &names;
    WordReader reader(words);
    return parse_address_put(reader, PutMode::add, context);
}

struct Removal {
    Result<DeleteAddress> operation;
    std::vector<std::string> warnings;
};

Removal remove(std::string_view line) {
    std::vector<std::string> words;
    for (auto const word : split_words(line)) words.emplace_back(word);
    AddressContext context{.names = &names};
    WordReader reader(words);
    auto operation = parse_address_delete(reader, context);
    return {std::move(operation), context.warnings};
}

TEST(AddressWords, AnAddressWithEverything) {
    auto const address =
        put("10.0.0.1 peer 10.0.0.2/30 brd + anycast 10.0.0.0 scope link label d0:1 metric 5 valid_lft 60 "
            "preferred_lft 0x1e noprefixroute dev d0")
            ->address;
    EXPECT_EQ(address.local, IpAddress::parse("10.0.0.1"));
    EXPECT_EQ(address.peer, IpAddress::parse("10.0.0.2"));
    EXPECT_EQ(address.prefix_length, 30);
    EXPECT_EQ(address.broadcast, IpAddress::parse("10.0.0.3"));
    EXPECT_EQ(address.anycast, IpAddress::parse("10.0.0.0"));
    EXPECT_EQ(address.scope, RT_SCOPE_LINK);
    EXPECT_EQ(address.label, "d0:1");
    EXPECT_EQ(address.metric, 5u);
    EXPECT_EQ(address.lifetimes, (topology::AddressLifetimes{.preferred = 30, .valid = 60}));
    EXPECT_EQ(address.flags, std::uint32_t{IFA_F_NOPREFIXROUTE});
    EXPECT_EQ(address.link.name, "d0");
}

TEST(AddressWords, WhatIsPrintedReadsBack) {
    for (auto const* const line :
         {"10.1.1.1/24 dev d0", "10.1.1.1 dev d0", "127.0.0.2/8 dev lo", "10.1.1.1/24 brd - dev d0",
          "10.1.1.1/31 brd + dev d0", "10.0.0.1 peer 10.0.0.2 dev d0 scope 42",
          "10.0.0.1/24 peer 10.0.0.1/24 dev d0",
          "2001:db8::1/64 nodad home mngtmpaddr optimistic valid_lft forever preferred_lft 0 dev d0",
          "ff02::9/128 autojoin dev d0", "0.0.0.0/0 dev d0", "10.0.0.1/8 peer 10.0.0.2/0 dev d0"}) {
        auto const operation = put(line).value();
        auto words = operation.words();
        ASSERT_EQ(words[0] + words[1], "addressadd");
        std::string rest;
        for (std::size_t i = 2; i < words.size(); ++i) rest += words[i] + " ";
        EXPECT_EQ(put(rest).value(), operation) << line << " -> " << rest;
    }
}

TEST(AddressWords, TheBroadcastAddressOfPlusAndMinus) {
    EXPECT_EQ(put("10.1.1.1/20 brd + dev d0")->address.broadcast, IpAddress::parse("10.1.15.255"));
    EXPECT_EQ(put("10.1.1.1/20 brd - dev d0")->address.broadcast, IpAddress::parse("10.1.0.0"));
    EXPECT_FALSE(put("10.1.1.1/31 brd + dev d0")->address.broadcast);
    EXPECT_EQ(put("::1/64 brd + dev d0").error(), refused("Broadcast can be set only for IPv4 addresses"));
}

TEST(AddressWords, AFlagThatDoesNotSetItselfWarns) {
    std::vector<std::string> const words{"nodad", "10.0.0.1/8", "secondary", "dev", "d0"};
    AddressContext context{.names = &names};
    WordReader reader(words);
    EXPECT_EQ(parse_address_put(reader, PutMode::add, context)->address.flags, 0u);
    EXPECT_EQ(context.warnings,
              (std::vector<std::string>{"Warning: nodad option can be set only for IPv6 addresses",
                                        "Warning: secondary option is not mutable from userspace"}));
}

TEST(AddressWords, Complaints) {
    auto const complaint = [](std::string_view line, std::optional<Family> family = {}) {
        return put(line, {.family = family}).error().attempt;
    };
    EXPECT_EQ(complaint("10.1.1.1/24"), "Not enough information: \"dev\" argument is required.");
    EXPECT_EQ(complaint("10.1.1.1/24 dev"), "Command line is not complete. Try option \"help\"");
    EXPECT_EQ(complaint("10.1.1.1/24 dev d0 frob"),
              "Error: either \"local\" is duplicate, or \"frob\" is a garbage.");
    EXPECT_EQ(complaint("10.1.1.1/24 peer ::1 dev d0"),
              "Error: inet prefix is expected rather than \"::1\".");
    EXPECT_EQ(complaint("::1 dev d0", Family::ipv4), "Error: inet prefix is expected rather than \"::1\".");
    EXPECT_EQ(complaint("10.1.1.1 scope frob dev d0"),
              "Error: argument \"frob\" is wrong: invalid scope value.");
    EXPECT_EQ(complaint("10.1.1.1 valid_lft x dev d0"), "Error: argument \"x\" is wrong: valid_lft value");
    EXPECT_EQ(complaint("10.1.1.1 valid_lft 1 valid 2 dev d0"),
              "Error: duplicate \"valid_lft\": \"valid\" is the second value.");
    EXPECT_EQ(complaint("10.1.1.1 brd + brd - dev d0"),
              "Error: duplicate \"broadcast\": \"-\" is the second value.");
    EXPECT_EQ(complaint("10.1.1.1 metric x dev d0"),
              "Error: argument \"x\" is wrong: \"metric\" value is invalid\n");
    EXPECT_TRUE(complaint("h").starts_with("Usage: ip address"));
}

TEST(AddressWords, ADeletionWithoutALengthIsOfAnyAndWarns) {
    auto const any = remove("10.1.1.1 dev d0");
    EXPECT_TRUE(any.operation->any_length);
    ASSERT_EQ(any.warnings.size(), 1u);
    EXPECT_TRUE(any.warnings[0].starts_with("Warning: Executing wildcard deletion"));
    EXPECT_NE(any.warnings[0].find("(10.1.1.1/32)"), std::string::npos);
    for (auto const* const line :
         {"10.1.1.1/32 dev d0", "2001:db8::1 dev d0", "10.1.1.1 peer 10.1.1.2 dev d0"}) {
        auto const exact = remove(line);
        EXPECT_FALSE(exact.operation->any_length) << line;
        EXPECT_TRUE(exact.warnings.empty()) << line;
    }
}

TEST(AddressWords, WhatCannotLiveIsRefusedOnceTheLinkIsKnown) {
    auto const checked = [](std::string_view line) { return check(put(line)->address); };
    EXPECT_TRUE(checked("10.0.0.1/8 valid_lft 10 preferred_lft 10 dev d0").ok());
    EXPECT_EQ(checked("10.0.0.1/8 valid_lft 0 dev d0").error(), refused("valid_lft is zero"));
    EXPECT_EQ(checked("10.0.0.1/8 valid_lft 10 dev d0").error(),
              refused("preferred_lft is greater than valid_lft"));
    EXPECT_EQ(checked("10.0.0.1/8 autojoin dev d0").error(), refused("autojoin needs multicast address"));
}

TEST(AddressOperation, OnlyAnAdditionHasAnInverse) {
    auto operation = put("10.0.0.1 peer 10.0.0.2/24 label d0:1 brd + dev d0").value();
    auto const inverse = inverse_of(operation);
    ASSERT_TRUE(inverse);
    EXPECT_EQ(join(words_of(*inverse), " "), "address delete 10.0.0.1/24 peer 10.0.0.2/24 label d0:1 dev d0");
    operation.mode = PutMode::replace;
    EXPECT_FALSE(inverse_of(operation));
    EXPECT_FALSE(inverse_of(remove("10.0.0.1/8 dev d0").operation.value()));
}

}  // namespace
}  // namespace vethwork::plan
