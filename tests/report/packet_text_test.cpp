#include <vethwork/report/packet_text.hpp>

#include <gtest/gtest.h>

#include "support/packet_samples.hpp"

namespace vethwork::report {
namespace {

using namespace observe;
using test::Octets;
using test::Sample;

PacketTextOptions without_time(int verbosity = 0) {
    return {.verbosity = verbosity, .time = TimeStyle::none};
}

std::string line(Octets const& packet, PacketTextOptions const& options = without_time()) {
    Frame const frame{
        .link = LinkType::raw, .length = static_cast<std::uint32_t>(packet.size()), .bytes = packet};
    return PacketText(options).line(frame, decode_packet(frame));
}

TEST(PacketText, Echo) {
    EXPECT_EQ(line(test::icmp4("0800 0000 1234 0001", Octets(56))),
              "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 4660, seq 1, length 64");
}

TEST(PacketText, PortUnreachableNamesThePort) {
    EXPECT_EQ(line(test::icmp4("0303 0000 0000 0000", test::udp4(4000, 5000, {}))),
              "IP 10.0.0.1 > 10.0.0.2: ICMP 10.0.0.2 udp port 5000 unreachable, length 36");
}

TEST(PacketText, SequenceNumbersCountFromTheBeginningOfTheConversation) {
    PacketText text(without_time());
    auto const next = [&text](test::TcpParts const& parts) {
        Frame const frame{.link = LinkType::raw, .bytes = test::tcp4(parts)};
        std::string const shown = text.line(frame, decode_packet(frame));
        return shown.substr(shown.find("Flags"));
    };
    EXPECT_EQ(next({.sequence = 5000}), "Flags [S], seq 5000, win 64240, length 0");
    EXPECT_EQ(next({.sequence = 5001, .acknowledgement = 9001, .flags = 0x18, .payload = "abc"}),
              "Flags [P.], seq 5001:5004, ack 9001, win 64240, length 3");
    EXPECT_EQ(next({.sequence = 5004, .acknowledgement = 9001, .flags = 0x18, .payload = "de"}),
              "Flags [P.], seq 3:5, ack 1, win 64240, length 2");
}

TEST(PacketText, Times) {
    auto const first = [](TimeStyle style, std::function<std::int64_t(std::int64_t)> zone = {}) {
        PacketText text({.time = style, .zone = std::move(zone)});
        Frame const frame{.time = 1'700'000'000'123'456'789, .bytes = Octets(1)};
        return text.line(frame, {});
    };
    EXPECT_EQ(first(TimeStyle::clock), "22:13:20.123456 ");
    EXPECT_EQ(first(TimeStyle::clock, [](std::int64_t) { return 3600; }), "23:13:20.123456 ");
    EXPECT_EQ(first(TimeStyle::none), "");
    EXPECT_EQ(first(TimeStyle::seconds), "1700000000.123456 ");
    EXPECT_EQ(first(TimeStyle::date), "2023-11-14 22:13:20.123456 ");
    EXPECT_EQ(first(TimeStyle::date, [](std::int64_t) { return 7200; }), "2023-11-15 00:13:20.123456 ");
    EXPECT_EQ(first(TimeStyle::delta), " 00:00:00.000000 ");
}

TEST(PacketText, DifferencesOfTime) {
    PacketText delta({.time = TimeStyle::delta}), since({.time = TimeStyle::since_first});
    auto const at = [](PacketText& text, std::int64_t time) {
        return text.line({.time = time, .bytes = Octets(1)}, {});
    };
    at(delta, 5'000'000'000), at(since, 5'000'000'000);
    EXPECT_EQ(at(delta, 6'500'000'000), " 00:00:01.500000 ");
    EXPECT_EQ(at(since, 6'500'000'000), " 00:00:01.500000 ");
    EXPECT_EQ(at(delta, 6'000'000'000), "-00:00:00.500000 ");
    EXPECT_EQ(at(since, 8'000'000'000), " 00:00:03.000000 ");
}

TEST(PacketText, ACutPacketSaysWhere) {
    Octets const packet = test::tcp4({});
    auto const cut_at = [&](std::size_t size) {
        Frame const frame{.link = LinkType::raw,
                          .length = 40,
                          .bytes = {packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)}};
        return PacketText(without_time()).line(frame, decode_packet(frame));
    };
    EXPECT_EQ(cut_at(10), " [|ip]");
    EXPECT_EQ(cut_at(22), "IP 10.0.0.1 > 10.0.0.2: [|tcp]");
    EXPECT_EQ(cut_at(30), "IP 10.0.0.1.40000 > 10.0.0.2.5000:  [|tcp]");
}

TEST(PacketText, HexRows) {
    Octets const octets = test::text_octets("0123456789abcdef!");
    EXPECT_EQ(hex_dump(octets, HexColumns::hex),
              "\n\t0x0000:  3031 3233 3435 3637 3839 6162 6364 6566\n\t0x0010:  21");
    EXPECT_EQ(hex_dump(octets, HexColumns::hex_and_ascii),
              "\n\t0x0000:  3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef\n"
              "\t0x0010:  21                                       !");
}

/// Every truncation and every corruption of one octet of every sample, at every verbosity: under the
/// sanitizers this finds reads past the end; the text never holds a control character of the packet.
TEST(PacketText, DamagedPacketsHaveSomeText) {
    for (Sample const& sample : test::packet_samples()) {
        std::vector<Frame> damaged;
        for (std::size_t i = 0; i < sample.bytes.size(); ++i) {
            Frame cut = test::frame_of(sample), corrupt = cut;
            cut.bytes = {sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(i)};
            for (std::uint8_t const value : Octets{0x00, 0x01, 0x7f, 0xff}) {
                corrupt.bytes[i] = value;
                damaged.push_back(corrupt);
            }
            damaged.push_back(cut);
        }
        PacketText brief(without_time()), verbose({.verbosity = 3, .link_level = true});
        for (Frame const& frame : damaged) {
            Packet const packet = decode_packet(frame);
            std::string const text = brief.line(frame, packet) + verbose.line(frame, packet);
            EXPECT_FALSE(text.empty());
            EXPECT_EQ(text.find('\x1b'), std::string::npos) << sample.name;
        }
    }
}

}  // namespace
}  // namespace vethwork::report
