#include <vethwork/lab/left_out.hpp>

#include <gtest/gtest.h>

namespace vethwork::lab {
namespace {

TEST(LeftOut, SaysOfManyTheFirstFew) {
    EXPECT_EQ(LeftOut{}.describe(), "");
    EXPECT_EQ(LeftOut{}.hint(), "");
    LeftOut left{.impairments = {"a:eth0 loss 1%"}, .limits = {}};
    EXPECT_EQ(left.describe(), "left out, since this kernel has no netem: a:eth0 loss 1%");
    EXPECT_NE(left.hint(), "");
    left.impairments = {"1", "2", "3", "4", "5", "6", "7", "8"};
    EXPECT_EQ(left.describe(), "left out, since this kernel has no netem: 1; 2; 3; 4; 5; 6 and 2 more");
    left = {.impairments = {"1"}, .limits = {"a: memory, pids"}};
    EXPECT_EQ(left.describe(),
              "left out, since this kernel has no netem: 1; and since no control group can be made here: "
              "limits of a: memory, pids");
    EXPECT_EQ(left.all(), (std::vector<std::string>{"1", "limits of a: memory, pids"}));
}

TEST(ImpairmentsOf, AreNamedByNodeAndLink) {
    topology::NetworkState state{
        .namespaces = {
            {.name = "a",
             .qdiscs = {
                 {.link = {"eth0"}, .kind = "tbf"},
                 {.link = {"eth1"}, .kind = "netem", .options = topology::Netem{.delay = {20'000'000}}}}}}};
    EXPECT_EQ(impairments_of(state), std::vector<std::string>{"a:eth1 delay 20ms"});
}

}  // namespace
}  // namespace vethwork::lab
