#include <vethwork/base/result.hpp>

#include <cerrno>

#include <gtest/gtest.h>

namespace vethwork {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return usage_error("halve an odd number");
    return number / 2;
}

Result<int> quarter(int number) { return half(TRY(half(number))); }

TEST(Result, TryReturnsTheError) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().attempt, "halve an odd number");
}

TEST(Error, DescribesItselfWhole) {
    EXPECT_EQ(system_error(ENOENT, "open \"x\"", "make it first").describe(),
              "open \"x\": No such file or directory; make it first");
    Error const kernel{Fault::kernel, "add link \"a\"", EINVAL, "Invalid MTU", "IFLA_MTU", ""};
    EXPECT_EQ(kernel.describe(), "add link \"a\": Invalid MTU (at IFLA_MTU)");
}

}  // namespace
}  // namespace vethwork
