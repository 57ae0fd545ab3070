#include <vethwork/base/number_names.hpp>

#include <gtest/gtest.h>

namespace vethwork {
namespace {

TEST(NumberNames, ReadsLines) {
    NumberNames names;
    names.add_lines("# comment\n\n255\tlocal\n 0xB8 EF # expedited\nnonsense\n7 two words\n12a x\n");
    EXPECT_EQ(names.name(255), "local");
    EXPECT_EQ(names.name(0xb8), "EF");
    EXPECT_EQ(names.name(7), "");
    EXPECT_EQ(names.text(7), "7");
    EXPECT_EQ(names.number("local"), 255u);
    EXPECT_EQ(names.number("12a"), std::nullopt);
}

TEST(NumberNames, AsksForMoreOnceAndOnlyWhenItMust) {
    int asked = 0;
    NumberNames names{{254, "main"}};
    names.set_more([&asked] { return ++asked, std::string("100 lab\n254 principal\n"); });
    EXPECT_EQ(names.name(254), "main");
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(names.name(100), "lab");
    EXPECT_EQ(names.name(101), "");
    EXPECT_EQ(names.number("main"), 254u);
    EXPECT_EQ(names.name(254), "principal");
    EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace vethwork
