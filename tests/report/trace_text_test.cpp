// The way of a probe as text and as JSON, whole.
#include <vethwork/report/trace_text.hpp>

#include <gtest/gtest.h>

#include <cerrno>

namespace vethwork::report {
namespace {

using diagnose::Answer;
using diagnose::Trace;
using diagnose::TracePoint;
using diagnose::Way;

TracePoint point(std::string netns, std::string device, Way way, std::string_view address,
                 std::optional<std::int64_t> after) {
    return {{"lab." + std::move(netns), std::move(device), 1, way}, IpAddress::parse(address), after};
}

Trace answered() {
    Trace trace;
    trace.flow = {.from = "lab.h", .destination = *IpAddress::parse("10.0.2.2"), .source = {}};
    trace.to = "lab.t";
    trace.answer = Answer::good;
    trace.was_sent = true;
    trace.sent = 2;
    trace.round_trip = 1'240'000;
    trace.there = {point("h", "eth0", Way::out, "10.0.1.2", 900),
                   point("r", "a", Way::in, "10.0.1.1", 12'300), point("r", "b", Way::out, "", 15'000),
                   point("t", "eth0", Way::in, "10.0.2.2", 1'000'000)};
    trace.back = {point("t", "eth0", Way::out, "10.0.2.2", 1'010'000)};
    return trace;
}

TEST(TraceText, HasALineForEachNodeThatThePacketPassed) {
    EXPECT_EQ(trace_text(answered(), {"lab.", "vethwork why h t"}),
              "h → t 10.0.2.2 icmp   ANSWERED in 1.24 ms\n"
              "  → h                             out eth0 10.0.1.2   900 ns\n"
              "  → r  in a 10.0.1.1     12.3 µs  out b              15.0 µs\n"
              "  → t  in eth0 10.0.2.2  1.00 ms\n"
              "  ← t                             out eth0 10.0.2.2  1.01 ms\n");
}

TEST(TraceText, SaysWhereALostProbeWasSeenLastAndWhatToAskNext) {
    auto trace = answered();
    trace.answer = Answer::none;
    trace.back.clear();
    trace.there[2].after.reset();
    trace.there[3].after.reset();
    trace.question = diagnose::LostQuestion{"lab.r", "b", *IpAddress::parse("10.0.2.2")};
    trace.drops = {{"drop", "lab.r", "NETFILTER_DROP on a"}, {"drop", "lab.r", "NETFILTER_DROP on a"}};
    EXPECT_EQ(trace_text(trace, {"lab.", "vethwork why h t"}),
              "h → t 10.0.2.2 icmp   LOST behind r in a\n"
              "  → h                              out eth0 10.0.1.2    900 ns\n"
              "  → r  in a 10.0.1.1      12.3 µs  out b              not seen\n"
              "  · t  in eth0 10.0.2.2  not seen\n"
              "  2 probes, no answer\n"
              "  r asked on b who has 10.0.2.2, and nobody answered\n"
              "  dropped in r: NETFILTER_DROP on a\n"
              "hint      vethwork why h t\n");
}

TEST(TraceText, NamesWhoSaidNo) {
    auto trace = answered();
    trace.answer = Answer::error;
    trace.code = EHOSTUNREACH;
    trace.sender = IpAddress::parse("10.0.1.1");
    trace.there.clear();
    trace.back.clear();
    EXPECT_EQ(trace_text(trace, {"lab.", ""}),
              "h → t 10.0.2.2 icmp   FAILED after 1.24 ms: 10.0.1.1: No route to host\n");
    trace.was_sent = false;
    EXPECT_EQ(trace_text(trace, {"lab.", ""}), "h → t 10.0.2.2 icmp   NOT SENT: No route to host\n");
}

TEST(TraceText, IsJsonWithTimesInMicroseconds) {
    auto trace = answered();
    trace.there.resize(1);
    trace.back.clear();
    EXPECT_EQ(
        trace_json(trace),
        R"({"outcome":"answered","flow":{"from":"lab.h","to":"lab.t","dst":"10.0.2.2","proto":"icmp"},)"
        R"("was_sent":true,"sent":2,"round_trip_us":1240,)"
        R"("there":[{"ns":"lab.h","dev":"eth0","way":"out","address":"10.0.1.2","seen":true,"us":0.9}],)"
        R"("back":[],"drops":[],"not_looked_at":[]})");
}

}  // namespace
}  // namespace vethwork::report
