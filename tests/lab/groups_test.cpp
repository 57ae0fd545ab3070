#include <vethwork/lab/groups.hpp>

#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>

namespace vethwork::lab {
namespace {

using testing::ElementsAre;

constexpr std::uint64_t mebibyte = 1 << 20;

TEST(Groups, AreOneOfVersionTwo) {
    GroupTree const tree{{{"memory", {"/g", true}}, {"cpu", {"/g", true}}, {"pids", {"/g", true}}}};
    auto const groups =
        plan_groups(tree, "lab.a", {.memory = 64 * mebibyte, .cpu_percent = 150, .processes = 9, .files = 5});
    EXPECT_THAT(groups.settings, ElementsAre(GroupSetting{"/g/lab.a", "memory.max", "67108864"},
                                             GroupSetting{"/g/lab.a", "memory.swap.max", "0", false},
                                             GroupSetting{"/g/lab.a", "cpu.max", "150000 100000"},
                                             GroupSetting{"/g/lab.a", "pids.max", "9"}));
    EXPECT_THAT(groups.folders(), ElementsAre("/g/lab.a"));
    EXPECT_TRUE(groups.lacking.empty());
}

TEST(Groups, AreOneAControllerOfVersionOne) {
    GroupTree const tree{{{"memory", {"/memory/x", false}}, {"cpu", {"/cpu", false}}}};
    auto const groups =
        plan_groups(tree, "lab.a", {.memory = mebibyte, .cpu_percent = 10, .processes = 9, .files = {}});
    EXPECT_THAT(groups.settings,
                ElementsAre(GroupSetting{"/memory/x/lab.a", "memory.limit_in_bytes", "1048576"},
                            GroupSetting{"/cpu/lab.a", "cpu.cfs_period_us", "100000"},
                            GroupSetting{"/cpu/lab.a", "cpu.cfs_quota_us", "10000"}));
    EXPECT_THAT(groups.folders(), ElementsAre("/memory/x/lab.a", "/cpu/lab.a"));
    EXPECT_THAT(groups.lacking, ElementsAre("pids"));
}

TEST(Groups, AreNoneWithoutLimits) {
    auto const groups = plan_groups({{{"pids", {"/g", true}}}}, "lab.a", {.files = 5});
    EXPECT_TRUE(groups.settings.empty() && groups.lacking.empty());
    EXPECT_TRUE(make_groups(groups).ok());
}

TEST(Groups, AreEnteredByTheirProcesses) {
    char pattern[] = "/tmp/vethwork-test-XXXXXX";
    std::string const folder = ::mkdtemp(pattern);
    EXPECT_FALSE(enter_groups({folder})) << "it has no such file";
    ASSERT_TRUE(write_file(folder + "/cgroup.procs", "").ok());
    EXPECT_TRUE(enter_groups({folder}).ok());
    EXPECT_EQ(read_file(folder + "/cgroup.procs").value(), "0");
    std::filesystem::remove(folder + "/cgroup.procs");
    EXPECT_TRUE(remove_groups({folder, folder + "/absent"}).ok());
    EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace vethwork::lab
