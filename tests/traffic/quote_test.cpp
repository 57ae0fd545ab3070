#include <gtest/gtest.h>

#include <vethwork/traffic/quote.hpp>

namespace vethwork {
namespace {

using namespace std::string_literals;

// What Go 1.19's fmt.Printf("%q") prints for the same bytes.
TEST(QuoteTest, QuotesAsGoDoes) {
    EXPECT_EQ(quote(""), R"("")");
    EXPECT_EQ(quote("hello"), R"("hello")");
    EXPECT_EQ(quote("a \"b\" \\c 'd'"), R"("a \"b\" \\c 'd'")");
    EXPECT_EQ(quote("\a\b\f\n\r\t\v"), R"("\a\b\f\n\r\t\v")");
    EXPECT_EQ(quote("\0\x01\x1b\x7f"s), R"("\x00\x01\x1b\x7f")");
    EXPECT_EQ(quote("h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80"),
              "\"h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80\"");
    EXPECT_EQ(quote("\xc2\xa0\xc2\xad"), R"("\u00a0\u00ad")");          // no-break space, soft hyphen
    EXPECT_EQ(quote("\xe2\x80\x8b\xef\xbb\xbf"), R"("\u200b\ufeff")");  // zero width space, byte order mark
    EXPECT_EQ(quote("\xf3\xa0\x80\x81\xf4\x8f\xbf\xbf"), R"("\U000e0001\U0010ffff")");
    EXPECT_EQ(quote("\xef\xbf\xbd"), "\"\xef\xbf\xbd\"");  // U+FFFD itself
}

TEST(QuoteTest, BytesThatAreNoUtf8StayBytes) {
    EXPECT_EQ(quote("\xff\x80z"), R"("\xff\x80z")");
    EXPECT_EQ(quote("\xc0\xaf"), R"("\xc0\xaf")");  // overlong
    EXPECT_EQ(quote("\xe0\x80\xaf"), R"("\xe0\x80\xaf")");
    EXPECT_EQ(quote("\xed\xa0\x80"), R"("\xed\xa0\x80")");          // surrogate
    EXPECT_EQ(quote("\xf4\x90\x80\x80"), R"("\xf4\x90\x80\x80")");  // above U+10FFFF
    EXPECT_EQ(quote("\xe2\x82"), R"("\xe2\x82")");                  // cut short
    EXPECT_EQ(quote("\xe2(\xac"), R"("\xe2(\xac")");
}

TEST(QuoteTest, KnowsWhatIsPrintable) {
    EXPECT_TRUE(is_printable(' '));
    EXPECT_TRUE(is_printable('~'));
    EXPECT_FALSE(is_printable(0x7f));
    EXPECT_FALSE(is_printable(0x80));
    EXPECT_TRUE(is_printable(0xa1));
    EXPECT_FALSE(is_printable(0x378));   // not assigned
    EXPECT_FALSE(is_printable(0xe000));  // private use
    EXPECT_FALSE(is_printable(0x10ffff));
}

}  // namespace
}  // namespace vethwork
