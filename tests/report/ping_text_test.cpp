#include <gtest/gtest.h>

#include <cerrno>

#include <vethwork/report/ping_text.hpp>

namespace vethwork::report {
namespace {

using std::chrono::milliseconds;

ScopedAddress address(char const* text) { return ScopedAddress::parse(text).value(); }

std::string line(decltype(PingEvent::what) what, Family family = Family::ipv4, PingLook const& look = {}) {
    return ping_event({Microseconds(1'795'836'556'453'181), family, std::move(what)}, look);
}

std::string round_trip(std::int64_t us) {
    return line(PingReply{
        .from = address("10.0.2.0"), .sequence = 1, .size = 64, .ttl = 64, .round_trip = Microseconds(us)});
}

TEST(PingTextTest, TheFirstLine) {
    PingStart start{.host = "10.0.2.0", .target = address("10.0.2.0"), .size = 56};
    EXPECT_EQ(ping_start(start, {}), "PING 10.0.2.0 (10.0.2.0) 56(84) bytes of data.");
    start.source = address("10.0.1.0");
    start.device = "veth0";
    EXPECT_EQ(ping_start(start, {}), "PING 10.0.2.0 (10.0.2.0) from 10.0.1.0 veth0: 56(84) bytes of data.");
    start = {.host = "fe80::1%v0", .target = address("fe80::1%v0"), .size = 8};
    EXPECT_EQ(ping_start(start, {}), "PING fe80::1%v0(fe80::1%v0) 8 data bytes");
}

TEST(PingTextTest, TimesLoseDigitsAsTheyGrow) {
    EXPECT_EQ(round_trip(45), "64 bytes from 10.0.2.0: icmp_seq=1 ttl=64 time=0.045 ms");
    EXPECT_TRUE(round_trip(999).ends_with(" time=0.999 ms"));
    EXPECT_TRUE(round_trip(1234).ends_with(" time=1.23 ms"));
    EXPECT_TRUE(round_trip(12'345).ends_with(" time=12.3 ms"));
    EXPECT_TRUE(round_trip(99'949).ends_with(" time=99.9 ms"));
    EXPECT_TRUE(round_trip(99'950).ends_with(" time=100 ms"));
    EXPECT_TRUE(round_trip(1'234'567).ends_with(" time=1235 ms"));
}

TEST(PingTextTest, WhatIsOddAboutAnAnswer) {
    PingReply reply{
        .from = address("10.0.2.0"), .sequence = 2, .size = 64, .ttl = 63, .round_trip = Microseconds(10)};
    reply.is_duplicate = true;
    EXPECT_EQ(line(reply), "64 bytes from 10.0.2.0: icmp_seq=2 ttl=63 time=0.010 ms (DUP!)");
    reply.is_duplicate = false;
    reply.from_another = reply.is_corrupt = true;
    EXPECT_TRUE(line(reply).ends_with(" time=0.010 ms (BAD CHECKSUM!) (DIFFERENT ADDRESS!)"));
    reply.is_truncated = true;
    EXPECT_EQ(line(reply), "64 bytes from 10.0.2.0: icmp_seq=2 ttl=63 (truncated)");
    PingReply wrong{.from = address("::1"), .sequence = 1, .size = 26, .wrong_byte = 17, .data = {}};
    wrong.data.assign(18, 0xab);
    EXPECT_EQ(line(wrong),
              "26 bytes from ::1: icmp_seq=1\nwrong data byte #17 should be 0x11 but was 0xab\n#16\tab ab ");
}

TEST(PingTextTest, Errors) {
    EXPECT_EQ(line(PingError{address("10.0.1.0"), 1, 3, 1, 0}),
              "From 10.0.1.0 icmp_seq=1 Destination Host Unreachable");
    EXPECT_EQ(line(PingError{address("fd00::1"), 2, 1, 3, 0}, Family::ipv6),
              "From fd00::1 icmp_seq=2 Destination unreachable: Address unreachable");
    EXPECT_EQ(line(PingAdvice{address("10.0.1.2"), 1, 5, 1, 0x0a000109}),
              "From 10.0.1.2: icmp_seq=1 Redirect Host(New nexthop: 10.0.1.9)");
    EXPECT_EQ(line(PingLocalError{EMSGSIZE, 1500}), "local error: message too long, mtu=1500");
    EXPECT_EQ(line(PingLocalError{EMSGSIZE, 1500}, Family::ipv6), "local error: message too long, mtu: 1500");
    EXPECT_EQ(line(PingSendError{ENETUNREACH}), "sendmsg: Network is unreachable");
    EXPECT_EQ(line(PingNoAnswerYet{7}), "no answer yet for icmp_seq=7");
}

TEST(PingTextTest, TheWordsOfIcmp) {
    EXPECT_EQ(icmp_error_text(Family::ipv4, 3, 13, 0), "Packet filtered");
    EXPECT_EQ(icmp_error_text(Family::ipv4, 3, 4, 1400), "Frag needed and DF set (mtu = 1400)");
    EXPECT_EQ(icmp_error_text(Family::ipv4, 3, 99, 0), "Dest Unreachable, Bad Code: 99");
    EXPECT_EQ(icmp_error_text(Family::ipv4, 11, 0, 0), "Time to live exceeded");
    EXPECT_EQ(icmp_error_text(Family::ipv4, 12, 0, 9), "Parameter problem: pointer = 9");
    EXPECT_EQ(icmp_error_text(Family::ipv4, 77, 0, 0), "Bad ICMP type: 77");
    EXPECT_EQ(icmp_error_text(Family::ipv6, 1, 7, 0), "Destination unreachable: Unknown code 7");
    EXPECT_EQ(icmp_error_text(Family::ipv6, 2, 0, 1280), "Packet too big: mtu=1280");
    EXPECT_EQ(icmp_error_text(Family::ipv6, 3, 0, 0), "Time exceeded: Hop limit");
    EXPECT_EQ(icmp_error_text(Family::ipv6, 4, 1, 6), "Parameter problem: Unknown header at 6");
}

TEST(PingTextTest, TheStampIsInFrontOfWhatGoesToStdout) {
    PingLook const look{.with_stamps = true};
    EXPECT_EQ(line(PingNoAnswerYet{7}, Family::ipv4, look),
              "[1795836556.453181] no answer yet for icmp_seq=7");
    EXPECT_EQ(line(PingSendError{ENETUNREACH}, Family::ipv4, look), "sendmsg: Network is unreachable");
}

TEST(PingTextTest, TheSummary) {
    PingSummary summary{.transmitted = 4, .errors = 4, .time = milliseconds(3054), .pipe = 4};
    EXPECT_EQ(ping_summary("10.0.2.0", summary),
              "\n--- 10.0.2.0 ping statistics ---\n"
              "4 packets transmitted, 0 received, +4 errors, 100% packet loss, time 3054ms\npipe 4\n");
    summary = {.transmitted = 3,
               .received = 2,
               .duplicates = 1,
               .time = std::chrono::nanoseconds(2'000'500'000),
               .pipe = 1,
               .round_trips = PingTimes{
                   Microseconds(45), Microseconds(1050), Microseconds(23'456), Microseconds(7), {}}};
    EXPECT_EQ(ping_summary("::1", summary),
              "\n--- ::1 ping statistics ---\n"
              "3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 2001ms\n"
              "rtt min/avg/max/mdev = 0.045/1.050/23.456/0.007 ms\n");
    EXPECT_EQ(ping_status(summary), "2/3 packets, 33% loss, min/avg/ewma/max = 0.045/1.050/0.000/23.456 ms");
    EXPECT_EQ(ping_summary("x", {.transmitted = 1, .received = 1}),
              "\n--- x ping statistics ---\n1 packets transmitted, 1 received, 0% packet loss, time 0ms\n\n");
}

TEST(PingTextTest, Json) {
    PingSummary const summary{
        .transmitted = 2,
        .received = 1,
        .time = milliseconds(1001),
        .round_trips = PingTimes{Microseconds(45), Microseconds(45), Microseconds(45), {}, {}}};
    EXPECT_EQ(
        ping_json({.host = "a\"b", .target = address("10.0.0.1")}, summary),
        "{\"host\":\"a\\\"b\",\"address\":\"10.0.0.1\",\"transmitted\":2,\"received\":1,\"duplicates\":0,"
        "\"corrupted\":0,\"errors\":0,\"loss_percent\":50,\"time_ms\":1001,"
        "\"rtt_ms\":{\"min\":0.045,\"avg\":0.045,\"max\":0.045,\"mdev\":0.000}}");
}

}  // namespace
}  // namespace vethwork::report
