#include <gtest/gtest.h>

#include <vethwork/base/decimal.hpp>

namespace vethwork::test {
namespace {

TEST(Decimal, ReadsDigitsWithAtMostOnePoint) {
    EXPECT_EQ(parse_decimal("250"), 250.0);
    EXPECT_EQ(parse_decimal("0.5"), 0.5);
    EXPECT_EQ(parse_decimal(".5"), 0.5);
    EXPECT_EQ(parse_decimal("5."), 5.0);
    EXPECT_EQ(parse_decimal("12.25"), 12.25);
}

TEST(Decimal, TakesNothingElse) {
    for (auto const* const text :
         {"", ".", "1.2.3", "-1", "+1", "1e3", " 1", "1 ", "nan", "123456789012345678901"})
        EXPECT_FALSE(parse_decimal(text)) << text;
}

}  // namespace
}  // namespace vethwork::test
