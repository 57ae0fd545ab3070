#include <vethwork/lab/space.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::lab {
namespace {

int wait_for_ever() {
    for (;;) ::pause();
}

/// Runs `body` in a child that has entered the space; its exit status is the verdict.
int inside(ProcessId const& holder, std::function<int()> const& body) {
    pid_t const child = ::fork();
    if (child == 0) ::_exit(enter_space(holder, Children::belong) ? body() : 99);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Space : public testing::Test {
protected:
    Space() : holder_(start_space(wait_for_ever, {}).value()) {}
    ~Space() override { (void)end_space(holder_); }

    ProcessId holder_;
};

TEST_F(Space, HasANetworkAndARunNetnsOfItsOwn) {
    EXPECT_EQ(inside(holder_,
                     [] { return test::shell("test -z \"$(ls /run/netns)\" && test $(id -u) = 0").status; }),
              0);
    EXPECT_EQ(inside(holder_, [] { return test::shell("test \"$(ls /sys/class/net)\" = lo").status; }), 0);
}

TEST_F(Space, IsGoneWithItsFirstProcess) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_t const child = ::fork();
    if (child == 0) {
        if (!enter_space(holder_, Children::belong)) ::_exit(99);
        pid_t const grandchild = ::fork();
        if (grandchild == 0) wait_for_ever();
        ::_exit(0);
    }
    ::close(ends[1]);
    ::waitpid(child, nullptr, 0);
    end_space(holder_).value();
    char byte;
    EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // the grandchild held the other end until it was killed
    EXPECT_FALSE(is_alive(holder_));
    EXPECT_FALSE(enter_space(holder_, Children::stay_outside));
}

TEST(WhyNoUserNamespaces, HasNothingToSayWhereTheyWork) { EXPECT_EQ(why_no_user_namespaces(), std::nullopt); }

}  // namespace
}  // namespace vethwork::lab
