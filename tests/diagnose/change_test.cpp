#include <vethwork/diagnose/change.hpp>

#include <gtest/gtest.h>

namespace vethwork::diagnose {
namespace {

using Weight = Change::Weight;

TEST(TurningPoint, IsWhatBringsTheOthersAbout) {
    std::vector<Change> const changes{{"h", "eth0 lost its carrier", Weight::carrier},
                                      {"r", "route 10.0.2.0/24 dev eth2 is gone", Weight::route},
                                      {"r", "eth2 went down", Weight::link},
                                      {"r", "net.ipv4.ip_forward 1 → 0", Weight::setting}};
    ASSERT_NE(turning_point(changes, ""), nullptr);
    EXPECT_EQ(turning_point(changes, "h")->what, "eth2 went down");
}

TEST(TurningPoint, IsWhereTheBlameIsAmongEquals) {
    std::vector<Change> const changes{
        {"a", "x is gone", Weight::link}, {"b", "y is gone", Weight::link}, {"b", "z is gone", Weight::link}};
    EXPECT_EQ(turning_point(changes, "b")->what, "y is gone");
    EXPECT_EQ(turning_point(changes, "")->what, "x is gone");
    EXPECT_EQ(turning_point({}, "b"), nullptr);
}

}  // namespace
}  // namespace vethwork::diagnose
