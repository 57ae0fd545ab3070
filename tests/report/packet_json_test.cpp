#include <vethwork/report/packet_json.hpp>

#include <gmock/gmock.h>

#include "support/packet_samples.hpp"

namespace vethwork::report {
namespace {

using test::Octets;

std::string json_of(Octets const& packet) {
    observe::Frame const frame{.time = 1'700'000'000'000'000'001,
                               .link = observe::LinkType::raw,
                               .length = static_cast<std::uint32_t>(packet.size()),
                               .bytes = packet};
    return packet_json(frame, decode_packet(frame), "veth0");
}

TEST(PacketJson, OneObjectOnOneLine) {
    EXPECT_EQ(
        json_of(test::icmp4("0800 0000 1234 0001", {})),
        R"({"time":"2023-11-14T22:13:20.000000001Z","interface":"veth0","link":"RAW","length":28,"captured":28,)"
        R"("layers":[{"layer":"ipv4","source":"10.0.0.1","destination":"10.0.0.2","protocol":1,"ttl":64,)"
        R"("service":0,"id":4660,"length":28,"dont_fragment":true,"checksum":5291},)"
        R"({"layer":"icmp","type":8,"code":0,"id":4660,"sequence":1,"checksum":58826}]})");
}

TEST(PacketJson, AnErrorHoldsTheQuotedPacket) {
    EXPECT_THAT(json_of(test::icmp4("0303 0000 0000 0000", test::udp4(4000, 5000, {}))),
                testing::AllOf(testing::HasSubstr(R"("quoted":{"layers":[{"layer":"ipv4")"),
                               testing::HasSubstr(R"("destination_port":5000)")));
}

TEST(PacketJson, WhatIsCutSaysWhere) {
    Octets packet = test::tcp4({});
    packet.resize(30);
    EXPECT_THAT(json_of(packet), testing::HasSubstr(R"("truncated":"tcp")"));
}

TEST(PacketJson, EverySampleIsBalancedAndOnOneLine) {
    for (test::Sample const& sample : test::packet_samples()) {
        std::string const text = packet_json(test::frame_of(sample), decode_packet(test::frame_of(sample)));
        EXPECT_EQ(text.find('\n'), std::string::npos) << sample.name;
        int depth = 0;
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
            if (quoted) continue;
            depth += (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
        }
        EXPECT_EQ(depth, 0) << sample.name;
        EXPECT_FALSE(quoted) << sample.name;
    }
}

}  // namespace
}  // namespace vethwork::report
