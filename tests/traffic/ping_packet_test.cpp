#include <gmock/gmock.h>

#include <vethwork/traffic/ping_packet.hpp>

namespace vethwork {
namespace {

using Octets = std::vector<std::uint8_t>;

Octets with_ipv4_header(Octets const& payload, std::uint8_t ttl, std::uint8_t words = 5) {
    Octets packet{
        static_cast<std::uint8_t>(0x40 | words), 0, 0, 0, 0, 0, 0, 0, ttl, 1, 0, 0, 10, 0, 1, 1, 10, 0, 1, 2};
    packet.resize(words * 4u);
    packet.insert(packet.end(), payload.begin(), payload.end());
    return packet;
}

/// The request turned into its own answer.
Octets answered(Octets request) {
    request[0] = 0;
    request[2] = request[3] = 0;
    std::uint16_t const sum = internet_checksum(request);
    request[2] = static_cast<std::uint8_t>(sum >> 8);
    request[3] = static_cast<std::uint8_t>(sum);
    return request;
}

TEST(ChecksumTest, TheExampleOfRfc1071) {
    Octets const bytes{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    EXPECT_EQ(internet_checksum(bytes), static_cast<std::uint16_t>(~0xddf2));
}

TEST(ChecksumTest, AnOddByteCountsAsTheHighHalf) {
    EXPECT_EQ(internet_checksum(Octets{0x12}), internet_checksum(Octets{0x12, 0x00}));
    EXPECT_EQ(internet_checksum({}), 0xffff);
}

TEST(EchoRequestTest, HasItsNumberDataAndChecksum) {
    Octets const request = echo_request(Family::ipv4, {0x1234, 7}, 5);
    EXPECT_EQ(Octets(request.begin() + 4, request.end()), (Octets{0x12, 0x34, 0, 7, 0, 1, 2, 3, 4}));
    EXPECT_EQ(request[0], 8);
    EXPECT_EQ(internet_checksum(request), 0);
    Octets const request6 = echo_request(Family::ipv6, {0x1234, 7}, 0);
    EXPECT_EQ(request6, (Octets{128, 0, 0, 0, 0x12, 0x34, 0, 7}));
    EXPECT_EQ(request_number(Family::ipv6, request6), (EchoNumber{0x1234, 7}));
    EXPECT_EQ(request_number(Family::ipv4, request6), std::nullopt);
    EXPECT_EQ(request_number(Family::ipv4, Bytes(request).first(7)), std::nullopt);
}

TEST(EchoReplyTest, IsReadBareAndBehindAnIPv4Header) {
    Octets const icmp = answered(echo_request(Family::ipv4, {0x1234, 9}, 4));
    auto const bare = read_echo_packet(Family::ipv4, PacketForm::bare, icmp);
    auto const* const reply = std::get_if<EchoReply>(&bare);
    ASSERT_NE(reply, nullptr);
    EXPECT_EQ(reply->number, (EchoNumber{0x1234, 9}));
    EXPECT_EQ(reply->size, 12u);
    EXPECT_TRUE(reply->checksum_fits);
    EXPECT_EQ(reply->ttl, std::nullopt);
    for (std::uint8_t const words : {std::uint8_t{5}, std::uint8_t{15}}) {
        Octets const packet = with_ipv4_header(icmp, 63, words);
        auto const read = read_echo_packet(Family::ipv4, PacketForm::with_header, packet);
        ASSERT_TRUE(std::holds_alternative<EchoReply>(read));
        EXPECT_EQ(std::get<EchoReply>(read).ttl, 63);
        EXPECT_EQ(std::get<EchoReply>(read).size, 12u);
    }
}

TEST(EchoReplyTest, AWrongChecksumIsSeen) {
    Octets icmp = answered(echo_request(Family::ipv4, {1, 1}, 16));
    icmp.back() ^= 1;
    EXPECT_FALSE(std::get<EchoReply>(read_echo_packet(Family::ipv4, PacketForm::bare, icmp)).checksum_fits);
}

TEST(EchoAdviceTest, ARedirectTellsWhichRequestItIsAbout) {
    Octets redirect{5, 1, 0, 0, 10, 0, 1, 254};
    Octets const quoted = with_ipv4_header(echo_request(Family::ipv4, {0x1234, 3}, 0), 64);
    redirect.insert(redirect.end(), quoted.begin(), quoted.end());
    EchoAdvice const expected{{0x1234, 3}, 5, 1, 0x0a0001fe, *IpAddress::parse("10.0.1.2")};
    EXPECT_EQ(read_echo_packet(Family::ipv4, PacketForm::bare, redirect), EchoPacket(expected));
    redirect.pop_back();
    EXPECT_EQ(read_echo_packet(Family::ipv4, PacketForm::bare, redirect), EchoPacket());
}

TEST(EchoPacketTest, EveryCutOfAPacketIsReadWithoutHarm) {
    Octets const packet = with_ipv4_header(answered(echo_request(Family::ipv4, {1, 1}, 8)), 64);
    for (std::size_t size = 0; size < 28; ++size)
        EXPECT_EQ(read_echo_packet(Family::ipv4, PacketForm::with_header, Bytes(packet).first(size)),
                  EchoPacket());
    Octets liar = packet;
    liar[0] = 0x44;  // a header of 16 bytes
    EXPECT_EQ(read_echo_packet(Family::ipv4, PacketForm::with_header, liar), EchoPacket());
    liar[0] = 0x65;  // version 6
    EXPECT_EQ(read_echo_packet(Family::ipv4, PacketForm::with_header, liar), EchoPacket());
}

}  // namespace
}  // namespace vethwork
