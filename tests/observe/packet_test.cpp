#include <vethwork/observe/packet.hpp>

#include <gtest/gtest.h>

#include "support/packet_samples.hpp"

namespace vethwork::observe {
namespace {

using test::ethernet;
using test::hex;
using test::Octets;
using test::operator+;
using test::text_octets;

Packet decode(Octets const& frame) { return decode_packet(LinkType::ethernet, frame, frame.size()); }

TEST(Packet, TagsAndTheirTypes) {
    Packet const packet = decode(ethernet(0x88a8, hex("0001 8100 7002 0800") + test::udp4(1, 2, {})));
    Ethernet const& link = std::get<Ethernet>(packet.layers.at(0));
    ASSERT_EQ(link.tags.size(), 2u);
    EXPECT_EQ(link.tags[0].protocol, 0x88a8);
    EXPECT_EQ(link.tags[0].id(), 1);
    EXPECT_EQ(link.tags[1].id(), 2);
    EXPECT_EQ(link.tags[1].priority(), 3u);
    EXPECT_TRUE(link.tags[1].drop_eligible());
    EXPECT_EQ(link.type, 0x0800);
    EXPECT_EQ(link.header_length, 22u);
    EXPECT_NE(packet.find<Udp>(), nullptr);
}

TEST(Packet, ArpFields) {
    Packet const packet =
        decode(ethernet(0x0806, hex("0001 0800 0604 0002 020000000001 0a000001 020000000002 0a000002")));
    Arp const* arp = packet.find<Arp>();
    ASSERT_NE(arp, nullptr);
    EXPECT_EQ(arp->operation, 2);
    EXPECT_EQ(arp->sender_hardware, hex("020000000001"));
    EXPECT_EQ(arp->target_protocol, hex("0a000002"));
    EXPECT_TRUE(arp->is_ipv4());
}

TEST(Packet, Ipv4Fields) {
    Packet const packet = decode(
        ethernet(0x0800, test::ipv4(253, text_octets("abc"),
                                    {.fragment = 0x2001, .options = "01010100", .ttl = 7, .service = 0xb8})));
    Ipv4 const* ip = packet.find<Ipv4>();
    ASSERT_NE(ip, nullptr);
    EXPECT_EQ(ip->service, 0xb8);
    EXPECT_EQ(ip->total_length, 27);
    EXPECT_EQ(ip->offset, 8u);
    EXPECT_TRUE(ip->more_fragments);
    EXPECT_FALSE(ip->dont_fragment);
    EXPECT_EQ(ip->ttl, 7);
    EXPECT_EQ(ip->protocol, 253);
    EXPECT_EQ(ip->source.to_string(), "10.0.0.1");
    ASSERT_EQ(ip->options.size(), 4u);
    EXPECT_EQ(ip->checksum.expected, ip->checksum.found);
    EXPECT_EQ(ip->payload_length, 3u);
}

TEST(Packet, AWrongChecksumTellsTheRightOne) {
    Octets frame = ethernet(0x0800, test::udp4(4000, 5000, text_octets("hello")));
    Packet const right = decode(frame);
    std::uint16_t const checksum = right.find<Udp>()->checksum.found;
    EXPECT_FALSE(right.find<Udp>()->checksum.wrong());
    frame[14 + 26] ^= 0x40;
    Packet const wrong = decode(frame);
    EXPECT_TRUE(wrong.find<Udp>()->checksum.wrong());
    EXPECT_EQ(wrong.find<Udp>()->checksum.expected, checksum);
}

TEST(Packet, AnErrorQuotesThePacketThatItIsAbout) {
    Packet const packet = decode(
        ethernet(0x0800, test::icmp4("0303 0000 0000 0000", test::udp4(4000, 5000, text_octets("hello")))));
    Icmp const* icmp = packet.find<Icmp>();
    ASSERT_NE(icmp, nullptr);
    EXPECT_TRUE(icmp->is_error());
    ASSERT_EQ(icmp->quoted.size(), 1u);
    EXPECT_EQ(icmp->quoted[0].find<Ipv4>()->destination.to_string(), "10.0.0.2");
    EXPECT_EQ(icmp->quoted[0].find<Udp>()->destination, 5000);
    EXPECT_EQ(packet.find<Udp>(), nullptr);
}

TEST(Packet, TcpOptions) {
    Packet const packet =
        decode(ethernet(0x0800, test::tcp4({.sequence = 7,
                                            .options = "020405b4 0402 080a 00000064 00000000 01 030307",
                                            .payload = "x"})));
    Tcp const* tcp = packet.find<Tcp>();
    ASSERT_NE(tcp, nullptr);
    EXPECT_EQ(tcp->flags, tcp_flag::syn);
    EXPECT_EQ(tcp->header_length, 40u);
    EXPECT_EQ(tcp->payload_length(), 1u);
    std::vector<std::uint8_t> types;
    for (HeaderOption const& option : tcp->options) types.push_back(option.type);
    EXPECT_EQ(types, (Octets{tcp_option::mss, tcp_option::sack_permitted, tcp_option::timestamps,
                             tcp_option::nop, tcp_option::window_scale}));
    EXPECT_EQ(tcp->options[0].data, hex("05b4"));
    EXPECT_FALSE(tcp->checksum.wrong());
}

TEST(Packet, ExtensionHeadersInTheirOrder) {
    Octets const datagram = test::udp6(4000, 5000, text_octets("hello"));
    Octets const body(datagram.begin() + 40, datagram.end());
    Packet const packet =
        decode(ethernet(0x86dd, test::ipv6(0, hex("2c00 0104 00000000") + hex("1100 0000 00abcdef") + body)));
    ASSERT_EQ(packet.layers.size(), 6u);
    EXPECT_TRUE(std::get<Ipv6Options>(packet.layers[2]).hop_by_hop);
    EXPECT_EQ(std::get<Ipv6Fragment>(packet.layers[3]).id, 0x00abcdefu);
    EXPECT_EQ(std::get<Udp>(packet.layers[4]).destination, 5000);
    EXPECT_EQ(std::get<Payload>(packet.layers[5]).bytes, text_octets("hello"));
}

TEST(Packet, NeighbourDiscoveryOptions) {
    Packet const packet = decode(
        ethernet(0x86dd, test::icmp6("8700 0000 0000 0000",
                                     hex("fe80 0000 0000 0000 0000 0000 0000 0002 0101 020000000001"))));
    Icmpv6 const* icmp = packet.find<Icmpv6>();
    ASSERT_NE(icmp, nullptr);
    EXPECT_EQ(icmp->target.to_string(), "fe80::2");
    ASSERT_EQ(icmp->options.size(), 1u);
    EXPECT_EQ(icmp->options[0].type, 1);
    EXPECT_EQ(icmp->options[0].data, hex("020000000001"));
}

TEST(Packet, AnOptionOfLengthZeroStopsTheReading) {
    Packet const packet = decode(
        ethernet(0x86dd, test::icmp6("8700 0000 0000 0000",
                                     hex("fe80 0000 0000 0000 0000 0000 0000 0002 0100 020000000001"))));
    ASSERT_NE(packet.find<Icmpv6>(), nullptr);
    EXPECT_TRUE(packet.find<Icmpv6>()->bad_options);
}

TEST(Packet, VxlanHoldsAFrame) {
    Octets const inner =
        ethernet(0x0806, hex("0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002"));
    Packet const packet = decode(ethernet(0x0800, test::udp4(50000, 4789, hex("08000000 00002a00") + inner)));
    ASSERT_EQ(packet.layers.size(), 6u);
    EXPECT_EQ(std::get<Vxlan>(packet.layers[3]).vni, 42u);
    EXPECT_EQ(std::get<Arp>(packet.layers[5]).operation, 1);
}

TEST(Packet, DnsNamesAreDecompressed) {
    Packet const packet =
        decode(ethernet(0x0800, test::udp4(53, 1000,
                                           hex("1234 8180 0001 0001 0000 0000 03776562 036c6162 00 000f 0001 "
                                               "c00c 000f 0001 0000003c 0009 000a 046d61696c c010"))));
    Dns const* dns = packet.find<Dns>();
    ASSERT_NE(dns, nullptr);
    EXPECT_FALSE(dns->malformed);
    ASSERT_EQ(dns->questions.size(), 1u);
    EXPECT_EQ(dns->questions[0].name, "web.lab.");
    ASSERT_EQ(dns->answers.size(), 1u);
    EXPECT_EQ(dns->answers[0].name, "web.lab.");
    EXPECT_EQ(std::get<DnsMail>(dns->answers[0].data).name, "mail.lab.");
    EXPECT_EQ(std::get<DnsMail>(dns->answers[0].data).preference, 10);
}

TEST(Packet, ADnsPointerThatLeadsForwardsEndsTheReading) {
    Packet const packet =
        decode(ethernet(0x0800, test::udp4(53, 1000, hex("1234 8180 0001 0000 0000 0000 c00c 0001 0001"))));
    ASSERT_NE(packet.find<Dns>(), nullptr);
    EXPECT_TRUE(packet.find<Dns>()->malformed);
    EXPECT_TRUE(packet.find<Dns>()->questions.empty());
}

TEST(Packet, ACutPacketSaysWhere) {
    Octets const frame = ethernet(0x0800, test::tcp4({.options = "020405b4"}));
    auto const cut_at = [&](std::size_t size) {
        return std::string(decode_packet(LinkType::ethernet, Bytes(frame).first(size), frame.size()).cut);
    };
    EXPECT_EQ(cut_at(13), "ether");
    EXPECT_EQ(cut_at(20), "ip");
    EXPECT_EQ(cut_at(36), "tcp");
    EXPECT_EQ(cut_at(50), "tcp");
    EXPECT_EQ(cut_at(56), "tcp");
    EXPECT_EQ(cut_at(frame.size()), "");
}

TEST(Packet, TunnelsInTunnelsEnd) {
    Octets packet = test::udp4(1, 2, {});
    for (int i = 0; i < 100; ++i) packet = test::ipv4(4, packet);
    EXPECT_LE(decode(ethernet(0x0800, packet)).layers.size(), 40u);
    Octets quote = test::udp4(1, 2, {});
    for (int i = 0; i < 100; ++i) quote = test::icmp4("0303 0000 0000 0000", quote);
    EXPECT_NE(decode(ethernet(0x0800, quote)).find<Icmp>(), nullptr);
}

TEST(Packet, EverySampleIsWholeAndEveryPartOfItIsCutOrShorter) {
    for (test::Sample const& sample : test::packet_samples()) {
        EXPECT_EQ(decode_packet(test::frame_of(sample)).cut, "") << sample.name;
        EXPECT_FALSE(decode_packet(test::frame_of(sample)).layers.empty()) << sample.name;
        // A copy of the exact size, so that a read past the end is seen.
        for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
            Octets const part(sample.bytes.begin(), sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
            Packet const packet = decode_packet(sample.link, part, sample.bytes.size());
            EXPECT_TRUE(packet.truncated() || !packet.layers.empty()) << sample.name << " of " << size;
        }
    }
}

}  // namespace
}  // namespace vethwork::observe
