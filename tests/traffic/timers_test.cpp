#include <gtest/gtest.h>

#include <vethwork/traffic/timers.hpp>

namespace vethwork {
namespace {

Time at(int milliseconds) { return Time{} + std::chrono::milliseconds(milliseconds); }

class TimersTest : public testing::Test {
protected:
    auto writes(char letter) {
        return [this, letter] { diary_ += letter; };
    }

    Timers timers_;
    std::string diary_;
};

TEST_F(TimersTest, RunInTheOrderOfTheirTimesNotOfTheirBirth) {
    timers_.add(at(30), writes('c'));
    timers_.add(at(10), writes('a'));
    timers_.add(at(20), writes('b'));
    timers_.fire(at(25));
    EXPECT_EQ(diary_, "ab");
    EXPECT_EQ(timers_.next(), at(30));
    timers_.fire(at(30));
    EXPECT_EQ(diary_, "abc");
    EXPECT_EQ(timers_.next(), std::nullopt);
}

TEST_F(TimersTest, EqualTimesRunFirstAddedFirst) {
    timers_.add(at(10), writes('a'));
    timers_.add(at(10), writes('b'));
    timers_.fire(at(10));
    EXPECT_EQ(diary_, "ab");
}

TEST_F(TimersTest, ACancelledTimerDoesNotRunAndCancellingTwiceIsNoError) {
    auto const id = timers_.add(at(10), writes('a'));
    timers_.cancel(id);
    timers_.cancel(id);
    timers_.fire(at(10));
    EXPECT_EQ(diary_, "");
}

TEST_F(TimersTest, OneTimerMayCancelTheNextThatIsDueToo) {
    TimerId second{};
    timers_.add(at(10), [&] { timers_.cancel(second); });
    second = timers_.add(at(11), writes('b'));
    timers_.add(at(12), writes('c'));
    timers_.fire(at(20));
    EXPECT_EQ(diary_, "c");
}

TEST_F(TimersTest, ATimerThatRenewsItselfRunsOncePerCallEvenWhenDueAtOnce) {
    std::function<void()> again = [&] {
        diary_ += 'x';
        timers_.add(at(0), again);
    };
    timers_.add(at(0), again);
    timers_.fire(at(5));
    EXPECT_EQ(diary_, "x");
    timers_.fire(at(5));
    EXPECT_EQ(diary_, "xx");
}

TEST_F(TimersTest, ADueTimerBehindOneAddedMeanwhileStillRuns) {
    timers_.add(at(1), [&] { timers_.add(at(2), writes('n')); });
    timers_.add(at(3), writes('c'));
    timers_.fire(at(5));
    EXPECT_EQ(diary_, "c");
}

}  // namespace
}  // namespace vethwork
