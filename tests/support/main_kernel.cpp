// Kernel and cli tests: the process first moves into fresh namespaces, so that it needs no privilege and
// nothing it does reaches the machine.
#include <gmock/gmock.h>

#include <cstdio>
#include <string_view>

#include "support/sandbox.hpp"

int main(int argc, char** argv) {
    testing::InitGoogleMock(&argc, argv);
    if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
    if (auto entered = vethwork::test::enter_sandbox(); !entered) {
        std::printf("[  SKIPPED ] no sandbox here: %s\n", entered.error().describe().c_str());
        return 0;
    }
    return RUN_ALL_TESTS();
}
