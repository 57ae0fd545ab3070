#include <gtest/gtest.h>

#include <vethwork/topology/names.hpp>

namespace vethwork::topology {
namespace {

TEST(Names, KnowsTheBuiltInOnes) {
    Names names;
    EXPECT_EQ(names.parse(NameKind::route_table, "main"), 254u);
    EXPECT_EQ(names.print(NameKind::route_table, 255), "local");
    EXPECT_EQ(names.print(NameKind::route_table, 1000), "1000");
    EXPECT_EQ(names.parse(NameKind::route_protocol, "static"), 4u);
    EXPECT_EQ(names.print(NameKind::scope, 253), "link");
    EXPECT_EQ(names.print(NameKind::group, 0), "default");
}

TEST(Names, TakesNumbersWithinTheRangeOfTheirKind) {
    Names names;
    EXPECT_EQ(names.parse(NameKind::route_table, "0xffffffff"), 0xffffffffu);
    EXPECT_EQ(names.parse(NameKind::route_protocol, "255"), 255u);
    EXPECT_EQ(names.parse(NameKind::route_protocol, "256"), std::nullopt);
    EXPECT_EQ(names.parse(NameKind::protodown_reason, "32"), std::nullopt);
    EXPECT_EQ(names.parse(NameKind::scope, "nonsense"), std::nullopt);
    EXPECT_EQ(names.parse(NameKind::group, "0x80000000"), std::nullopt);
}

TEST(Names, ReadsAndWritesFieldsInHexadecimal) {
    Names names;
    EXPECT_EQ(names.parse(NameKind::ds_field, "10"), 0x10u);
    EXPECT_EQ(names.parse(NameKind::ds_field, "0x10"), 0x10u);
    EXPECT_EQ(names.print(NameKind::ds_field, 0x8), "0x08");
}

TEST(Names, LoadsAKindOnceAndOnlyWhenNeeded) {
    int loads = 0;
    Names names([&loads](NameKind kind) {
        ++loads;
        NameTable table;
        if (kind == NameKind::route_protocol) table.add(99, "openr");
        return table;
    });
    EXPECT_EQ(names.print(NameKind::route_protocol, 2), "kernel");
    EXPECT_EQ(loads, 0);
    EXPECT_EQ(names.print(NameKind::route_protocol, 99), "openr");
    EXPECT_EQ(names.parse(NameKind::route_protocol, "openr"), 99u);
    EXPECT_EQ(loads, 1);
}

TEST(Names, TellsTheLatestOfTwoNamesAndUnderstandsBoth) {
    NameTable table;
    table.add(100, "red");
    table.add(100, "rouge");
    table.add(200, "red");
    EXPECT_EQ(table.name_of(100), "rouge");
    EXPECT_EQ(table.number_of("red"), 100u);
    EXPECT_EQ(table.number_of("rouge"), 100u);
}

}  // namespace
}  // namespace vethwork::topology
