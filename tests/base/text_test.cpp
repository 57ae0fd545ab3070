#include <vethwork/base/text.hpp>

#include <gmock/gmock.h>

namespace vethwork {
namespace {

using testing::ElementsAre;

TEST(ParseNumber, ReadsEveryBase) {
    EXPECT_EQ(parse_number<int>("42"), 42);
    EXPECT_EQ(parse_number<int>("-42"), -42);
    EXPECT_EQ(parse_number<int>("0x2a"), 42);
    EXPECT_EQ(parse_number<int>("052"), 42);
    EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
    EXPECT_EQ(parse_number<int>("010", 10), 10);
}

TEST(ParseNumber, RefusesTheRest) {
    for (char const* text : {"", "-", "--1", "x", "1x", " 1", "0x", "08"})
        EXPECT_FALSE(parse_number<int>(text)) << text;
    EXPECT_FALSE(parse_number<std::uint8_t>("256"));
    EXPECT_FALSE(parse_number<unsigned>("-1"));
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_THAT(split_words("  a \t bc  "), ElementsAre("a", "bc"));
    EXPECT_EQ(trim("  a b \n"), "a b");
}

TEST(Nearest, FindsWhatWasMeant) {
    std::vector<std::string_view> const words{"link", "route", "address", "neighbour"};
    EXPECT_EQ(nearest("lnik", words), "link");
    EXPECT_EQ(nearest("rute", words), "route");
    EXPECT_EQ(nearest("zzz", words), std::nullopt);
}

TEST(ShellQuote, QuotesOnlyWhereNeeded) {
    EXPECT_EQ(shell_quote("10.0.1.0/24"), "10.0.1.0/24");
    EXPECT_EQ(shell_quote("a b"), "'a b'");
    EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_quote(""), "''");
}

}  // namespace
}  // namespace vethwork
