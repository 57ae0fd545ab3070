#include <gmock/gmock.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include <vethwork/traffic/event_loop.hpp>

namespace vethwork {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

struct Pipe {
    Fd in, out;

    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
        in = Fd(ends[0]);
        out = Fd(ends[1]);
    }
    void put(char c) const { ASSERT_EQ(::write(out.get(), &c, 1), 1); }
    [[nodiscard]] char get() const {
        char c = 0;
        return ::read(in.get(), &c, 1) == 1 ? c : '\0';
    }
};

/// A loop whose clock only the test moves.
class EventLoopTest : public testing::Test {
protected:
    void turn() { ASSERT_TRUE(loop_.turn(milliseconds(0))); }
    RuleId watch(Pipe const& pipe, EventLoop::Action action) {
        return loop_.watch("pipe", pipe.in.get(), EPOLLIN, std::move(action)).value();
    }

    Time now_ = Time{} + milliseconds(1000);
    EventLoop loop_ = EventLoop::create([this] { return now_; }).value();
    Pipe first_, second_;
    std::string diary_;
};

TEST_F(EventLoopTest, RunsARuleWhileItsDescriptorIsReady) {
    watch(first_, [this](Events) { diary_ += first_.get(); });
    turn();
    EXPECT_EQ(diary_, "");
    first_.put('a');
    first_.put('b');
    turn();
    turn();
    turn();
    EXPECT_EQ(diary_, "ab");
    EXPECT_THAT(loop_.rules(), ElementsAre("pipe"));
}

TEST_F(EventLoopTest, ARuleMayForgetItselfAndTheOtherReadyOne) {
    RuleId ids[2];
    auto const forget_both = [&](Events) {
        diary_ += 'x';
        for (RuleId const id : ids) loop_.forget(id);
    };
    ids[0] = watch(first_, forget_both);
    ids[1] = watch(second_, forget_both);
    first_.put('a');
    second_.put('b');
    turn();
    turn();
    EXPECT_EQ(diary_, "x");
    EXPECT_TRUE(loop_.rules().empty());
}

TEST_F(EventLoopTest, AnOldNameDoesNotTouchTheRuleThatHasItsPlace) {
    RuleId const old = watch(first_, [](Events) {});
    loop_.forget(old);
    turn();
    RuleId const renewed = watch(first_, [this](Events) { diary_ += first_.get(); });
    EXPECT_EQ(renewed.index, old.index);
    loop_.forget(old);
    EXPECT_FALSE(loop_.change(old, 0));
    first_.put('a');
    turn();
    EXPECT_EQ(diary_, "a");
}

TEST_F(EventLoopTest, AnEmptyNameNamesNothing) {
    watch(first_, [](Events) {});
    loop_.forget(RuleId{});
    EXPECT_THAT(loop_.rules(), ElementsAre("pipe"));
}

TEST_F(EventLoopTest, ChangeStopsAndStartsWaiting) {
    RuleId const id = watch(first_, [this](Events) { diary_ += first_.get(); });
    ASSERT_TRUE(loop_.change(id, 0));
    first_.put('a');
    turn();
    EXPECT_EQ(diary_, "");
    ASSERT_TRUE(loop_.change(id, EPOLLIN));
    turn();
    EXPECT_EQ(diary_, "a");
}

TEST_F(EventLoopTest, TimersFollowTheGivenClock) {
    loop_.after(milliseconds(50), [this] { diary_ += 't'; });
    now_ += milliseconds(49);
    turn();
    EXPECT_EQ(diary_, "");
    now_ += milliseconds(1);
    turn();
    EXPECT_EQ(diary_, "t");
    EXPECT_EQ(loop_.now(), now_);
}

TEST_F(EventLoopTest, TheEndOfATurnComesAfterItsActions) {
    loop_.at_turn_end([this] { diary_ += '.'; });
    watch(first_, [this](Events) { diary_ += first_.get(); });
    loop_.after(milliseconds(0), [this] { diary_ += 't'; });
    first_.put('a');
    turn();
    turn();
    EXPECT_EQ(diary_, "at..");
}

TEST_F(EventLoopTest, ASignalEndsTheRun) {
    ASSERT_TRUE(loop_.stop_on({SIGUSR1}));
    ::kill(::getpid(), SIGUSR1);
    ASSERT_TRUE(loop_.run());
    EXPECT_TRUE(loop_.stopped());
}

TEST_F(EventLoopTest, AnErrorNamesTheRule) {
    auto const refused = loop_.watch("the gate", -1, EPOLLIN, [](Events) {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().describe(), "watch the gate: Bad file descriptor");
    EXPECT_TRUE(loop_.rules().empty());
}

}  // namespace
}  // namespace vethwork
