#include <vethwork/lab/directory.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

namespace vethwork::lab {
namespace {

class DirectoryTest : public testing::Test {
protected:
    DirectoryTest() {
        char pattern[] = "/tmp/vethwork-test-XXXXXX";
        folder_ = ::mkdtemp(pattern);
    }
    ~DirectoryTest() override { std::filesystem::remove_all(folder_); }

    std::string folder_;
};

TEST_F(DirectoryTest, ARecordReadsBack) {
    Directory const directory(folder_ + "/labs/seed");
    Record const record{.name = "seed",
                        .file = "/x/seed.vethwork.yaml",
                        .text = "vethwork: 1\n",
                        .variables = {"k=6"},
                        .footing = Footing::rootless,
                        .keeper = ProcessId{12, 345},
                        .namespaces = {"vnet"},
                        .machine = MachineShare{7, "vwnat1", "vethwork_seed", {{"eth0", "0"}}},
                        .created_at = 1764300000,
                        .complete = true};
    Fd const lock = directory.lock().value();
    EXPECT_EQ(directory.read().value(), std::nullopt);
    directory.write(record).value();
    EXPECT_EQ(directory.read().value(), record);
    EXPECT_EQ(list_labs(folder_ + "/labs").value(), std::vector<std::string>{"seed"});
    directory.remove().value();
    EXPECT_EQ(list_labs(folder_ + "/labs").value(), std::vector<std::string>{});
}

TEST_F(DirectoryTest, OnlyOneHasTheLock) {
    Directory const directory(folder_ + "/seed");
    Fd first = directory.lock().value();
    auto const error_of_another = [&directory] {  // empty: it got the lock
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        Fd const theirs(ends[0]);
        Fd ours(ends[1]);
        pid_t const child = ::fork();
        if (child == 0) {
            auto const second = directory.lock();
            if (!second) (void)write_all(ours.get(), second.error().attempt);
            ::_exit(0);
        }
        ours.reset();
        auto const said = read_all(theirs.get()).value();
        ::waitpid(child, nullptr, 0);
        return said;
    };
    EXPECT_EQ(error_of_another(), "lab \"seed\" is being worked on by another vethwork");
    first.reset();
    EXPECT_EQ(error_of_another(), "");
}

TEST_F(DirectoryTest, SaysWhereARecordIsBroken) {
    Directory const directory(folder_ + "/seed");
    Fd const lock = directory.lock().value();
    write_file(directory.path_of("lab.json"), "{\"name\":").value();
    auto const record = directory.read();
    ASSERT_FALSE(record);
    EXPECT_EQ(record.error().fault, Fault::malformed);
}

TEST(Identify, KnowsTheLivingAndTheDead) {
    auto const self = identify(::getpid());
    ASSERT_TRUE(self);
    EXPECT_TRUE(is_alive(*self));
    EXPECT_FALSE(is_alive({self->pid, self->start_time + 1}));
    EXPECT_FALSE(identify(0x7fffffff));
}

}  // namespace
}  // namespace vethwork::lab
