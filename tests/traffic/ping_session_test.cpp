#include <gtest/gtest.h>

#include <vethwork/traffic/ping_session.hpp>

namespace vethwork {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Time at(int ms) { return Time{} + seconds(100) + milliseconds(ms); }

/// A session with a peer that answers `us` microseconds later, or not.
class PingSessionTest : public testing::Test {
protected:
    void send(PingSession& session, int ms) {
        session.leave(at(ms), Microseconds(ms * 1000));
        session.left(at(ms));
    }
    PingReply answer(PingSession& session, std::uint16_t sequence, int us, std::size_t size = 56) {
        data_.clear();
        for (std::size_t i = 0; i < size; ++i) data_.push_back(echo_data(i));
        EchoReply const reply{.number = {1, sequence}, .size = size + 8, .ttl = 64, .data = data_};
        return session.answer({}, reply, Microseconds(us));
    }
    std::vector<std::uint8_t> data_;
};

TEST_F(PingSessionTest, ProbesAtItsIntervalAndEndsWithTheLastAnswer) {
    PingSession session({.count = 2});
    EXPECT_EQ(session.next_probe(at(0)), at(0));
    send(session, 0);
    EXPECT_EQ(session.next_probe(at(10)), at(1000));
    EXPECT_EQ(answer(session, 1, 250).round_trip, Microseconds(250));
    send(session, 1000);
    EXPECT_EQ(session.next_probe(at(1001)), std::nullopt);
    EXPECT_FALSE(session.is_over(at(1001)));
    answer(session, 2, 1'000'750);
    EXPECT_TRUE(session.is_over(at(1001)));
    PingSummary const summary = session.summary();
    EXPECT_EQ(summary.transmitted, 2u);
    EXPECT_EQ(summary.received, 2u);
    EXPECT_EQ(summary.time, seconds(1));
    EXPECT_EQ(summary.pipe, 1);
    EXPECT_EQ(summary.round_trips->least, Microseconds(250));
    EXPECT_EQ(summary.round_trips->average, Microseconds(500));
    EXPECT_EQ(summary.round_trips->most, Microseconds(750));
    EXPECT_EQ(summary.round_trips->deviation, Microseconds(250));
    EXPECT_TRUE(summary.is_success);
}

TEST_F(PingSessionTest, LingersForAFirstAnswerLongerThanForTheLast) {
    PingSession silent({.count = 1, .linger = seconds(3)});
    send(silent, 0);
    EXPECT_EQ(silent.wake(at(1)), at(3000));
    EXPECT_FALSE(silent.is_over(at(2999)));
    EXPECT_TRUE(silent.is_over(at(3000)));
    EXPECT_FALSE(silent.summary().is_success);

    PingSession answered({.count = 2, .interval = milliseconds(200)});
    send(answered, 0);
    answer(answered, 1, 150'000);
    send(answered, 200);
    EXPECT_EQ(answered.wake(at(200)), at(500));  // twice the longest round trip
}

TEST_F(PingSessionTest, ADeadlineEndsItAndAsksForAllAnswers) {
    PingSession session({.count = 2, .interval = milliseconds(300), .deadline = seconds(1)});
    for (int ms : {0, 300, 600, 900}) send(session, ms);
    EXPECT_TRUE(session.next_probe(at(950)).has_value()) << "more than count, until the deadline";
    answer(session, 3, 600'100);
    EXPECT_FALSE(session.is_over(at(999)));
    EXPECT_TRUE(session.is_over(at(1000)));
    EXPECT_FALSE(session.summary().is_success);
    answer(session, 4, 900'100);
    EXPECT_TRUE(session.summary().is_success);
}

TEST_F(PingSessionTest, AnErrorEndsItUnderADeadlineAndCountsAsAnAnswerToWaitFor) {
    PingSession deadline({.deadline = seconds(1)}), counted({.count = 1});
    send(deadline, 0);
    send(counted, 0);
    deadline.error(1);
    counted.error(1);
    EXPECT_TRUE(deadline.is_over(at(1)));
    EXPECT_TRUE(counted.is_over(at(1)));
    EXPECT_EQ(counted.summary().errors, 1u);
    EXPECT_FALSE(counted.summary().is_success);
}

TEST_F(PingSessionTest, ASecondAnswerIsADuplicateAndNoAnswer) {
    PingSession session({.count = 2});
    send(session, 0);
    EXPECT_FALSE(answer(session, 1, 100).is_duplicate);
    EXPECT_TRUE(answer(session, 1, 300).is_duplicate);
    EXPECT_EQ(session.summary().received, 1u);
    EXPECT_EQ(session.summary().duplicates, 1u);
    EXPECT_EQ(session.summary().round_trips->average, Microseconds(200));
}

TEST_F(PingSessionTest, KnowsWhichProbeIsOutstanding) {
    PingSession session({});
    EXPECT_EQ(session.outstanding(), std::nullopt);
    send(session, 0);
    EXPECT_EQ(session.outstanding(), 1);
    answer(session, 1, 100);
    EXPECT_EQ(session.outstanding(), std::nullopt);
}

TEST_F(PingSessionTest, ThePipeIsAsLongAsAnswersAreLate) {
    PingSession session({});
    for (int ms : {0, 1000, 2000}) send(session, ms);
    session.error(1);
    EXPECT_EQ(session.summary().pipe, 3);
}

TEST_F(PingSessionTest, AFloodFollowsTheAnswersAndSlowsDownWithoutThem) {
    PingSession session({.interval = {}});
    send(session, 0);
    EXPECT_EQ(session.next_probe(at(1)), at(10));
    answer(session, 1, 1000);
    EXPECT_EQ(session.next_probe(at(1)), at(1));
    send(session, 1);
    EXPECT_EQ(session.summary().gap, Microseconds(1000));
}

TEST_F(PingSessionTest, SmallRequestsHaveNoTimes) {
    PingSession session({.size = 15});
    send(session, 0);
    EXPECT_EQ(answer(session, 1, 100, 15).round_trip, std::nullopt);
    EXPECT_EQ(session.summary().round_trips, std::nullopt);
}

TEST_F(PingSessionTest, SeesShortAndWrongData) {
    PingSession session({});
    send(session, 0);
    EXPECT_TRUE(answer(session, 1, 100, 55).is_truncated);
    std::vector<std::uint8_t> wrong = data_;
    wrong.push_back(55);
    wrong[20] = 0xff;
    EchoReply const reply{.number = {1, 1}, .size = 64, .data = wrong};
    EXPECT_EQ(session.answer({}, reply, Microseconds(1)).wrong_byte, 20u);
    EchoReply corrupt = reply;
    corrupt.checksum_fits = false;
    EXPECT_TRUE(session.answer({}, corrupt, Microseconds(1)).is_corrupt);
    EXPECT_EQ(session.summary().corrupted, 1u);
}

TEST_F(PingSessionTest, SequenceNumbersComeAroundAfter65536Probes) {
    PingSession session({});
    for (int i = 0; i < 65'537; ++i) {
        std::uint16_t const sequence = session.next_sequence();
        send(session, i);
        ASSERT_FALSE(answer(session, sequence, i * 1000 + 10).is_duplicate) << i;
    }
    EXPECT_EQ(session.summary().received, 65'537u);
    EXPECT_EQ(session.summary().duplicates, 0u);
    EXPECT_EQ(session.summary().pipe, 1);
}

}  // namespace
}  // namespace vethwork
