#include <gtest/gtest.h>

#include <vethwork/diagnose/judge.hpp>

namespace vethwork::diagnose {
namespace {

IpAddress const gateway = *IpAddress::parse("10.0.1.1");

Crossing crossing(std::string netns, std::uint32_t index, Way way) {
    return {std::move(netns), "eth", index, way};
}

Finding finding(std::string cause, bool stops_everything = false) {
    Finding made{.cause = std::move(cause), .netns = "r", .what = {}, .repair = {}};
    made.stops_everything = stops_everything;
    return made;
}

/// h out, r in, (a fault), r out, t in; and back the same way.
class Judge : public testing::Test {
protected:
    Story story(Track forward, Track back) {
        auto made = story_of(std::move(forward), std::move(back));
        made.asked_there = {gateway};
        return made;
    }
    Sighting seen(Site& site, std::uint32_t index, Way way, Sighting::Kind kind) {
        Sighting sighting{.kind = kind, .site = &site, .index = index, .way = way};
        sighting.target = gateway;
        return sighting;
    }

    Site h_{"h", Fd()}, r_{"r", Fd()}, t_{"t", Fd()};
};

TEST_F(Judge, BlamesTheFirstFaultBehindTheLastSighting) {
    auto const told = story({finding("early"), crossing("h", 1, Way::out), crossing("r", 2, Way::in),
                             finding("late"), crossing("r", 3, Way::out)},
                            {});
    auto const progress = progress_of(told, {seen(r_, 2, Way::in, Sighting::Kind::request)}, true);
    EXPECT_EQ(progress.packet, 2u);
    auto const blamed = culprit(told, progress);
    ASSERT_TRUE(blamed);
    EXPECT_EQ(std::get<Finding>(told.track[*blamed]).cause, "late");
}

TEST_F(Judge, NothingBehindTheLastSightingMeansNothingToBlame) {
    auto const told = story({finding("early"), crossing("h", 1, Way::out), crossing("r", 2, Way::in)}, {});
    EXPECT_FALSE(culprit(told, progress_of(told, {seen(r_, 2, Way::in, Sighting::Kind::request)}, true)));
}

TEST_F(Judge, AQuestionThatPassedRefutesOnlyWhatWouldHaveStoppedIt) {
    auto const told = story(
        {finding("cable", true), finding("mask"), crossing("h", 1, Way::out), crossing("r", 2, Way::in)}, {});
    auto const progress = progress_of(told, {seen(h_, 1, Way::out, Sighting::Kind::question)}, true);
    EXPECT_FALSE(progress.packet);
    auto const blamed = culprit(told, progress);
    ASSERT_TRUE(blamed);
    EXPECT_EQ(std::get<Finding>(told.track[*blamed]).cause, "mask");
}

TEST_F(Judge, QuestionsAboutOthersAreNotOurs) {
    auto told = story({finding("cable", true), crossing("h", 1, Way::out)}, {});
    told.asked_there.clear();
    EXPECT_FALSE(progress_of(told, {seen(h_, 1, Way::out, Sighting::Kind::question)}, true).question);
}

TEST_F(Judge, AMisleadingDecisionIsNotRefutedByItsBeingPassed) {
    auto wrong = finding("wrong-gateway");
    wrong.misleads = true;
    auto const told =
        story({crossing("h", 1, Way::out), wrong, crossing("r", 2, Way::in), finding("forward-off")}, {});
    auto const blamed =
        culprit(told, progress_of(told, {seen(r_, 2, Way::in, Sighting::Kind::request)}, true));
    ASSERT_TRUE(blamed);
    EXPECT_EQ(std::get<Finding>(told.track[*blamed]).cause, "wrong-gateway");
}

TEST_F(Judge, WhatIsCertainGoesBeforeWhatMayBe) {
    auto perhaps = finding("perhaps");
    perhaps.certain_loss = false;
    auto const told =
        story({crossing("h", 1, Way::out), perhaps, finding("surely"), crossing("r", 2, Way::in)}, {});
    auto const blamed =
        culprit(told, progress_of(told, {seen(h_, 1, Way::out, Sighting::Kind::request)}, true));
    ASSERT_TRUE(blamed);
    EXPECT_EQ(std::get<Finding>(told.track[*blamed]).cause, "surely");
}

TEST_F(Judge, AFrameForAnotherHasNotArrived) {
    auto const told = story({crossing("h", 1, Way::out), crossing("t", 4, Way::in)}, {});
    auto astray = seen(t_, 4, Way::in, Sighting::Kind::request);
    astray.for_others = true;
    EXPECT_FALSE(progress_of(told, {astray}, true).arrived(told));
    astray.for_others = false;
    EXPECT_TRUE(progress_of(told, {astray}, true).arrived(told));
}

TEST_F(Judge, ARefusalIsNoProgressOnTheWayBack) {
    auto const told = story({crossing("h", 1, Way::out), crossing("t", 4, Way::in), finding("port-closed")},
                            {crossing("t", 4, Way::out), crossing("h", 1, Way::in)});
    std::vector const sightings{seen(t_, 4, Way::in, Sighting::Kind::request),
                                seen(h_, 1, Way::in, Sighting::Kind::reply)};
    EXPECT_FALSE(culprit(told, progress_of(told, sightings, true)));
    EXPECT_TRUE(culprit(told, progress_of(told, sightings, false)));
}

TEST_F(Judge, TheSameFaultIsNotToldTwice) {
    auto const told =
        story({finding("a"), crossing("h", 1, Way::out), finding("b")}, {finding("b"), finding("a")});
    auto const others = others_behind(told, 0);
    ASSERT_EQ(others.size(), 1u);
    EXPECT_EQ(others[0].cause, "b");
}

}  // namespace
}  // namespace vethwork::diagnose
