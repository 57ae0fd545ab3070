#include <vethwork/observe/pcap_file.hpp>

#include <gmock/gmock.h>

#include <vethwork/report/pcap_writer.hpp>

#include "support/packet_samples.hpp"

namespace vethwork::observe {
namespace {

using report::PcapFormat;
using test::hex;
using test::Octets;
using test::operator+;

/// A file that comes in pieces of a few octets, as from a pipe.
Result<CaptureFile> open_octets(Octets octets, std::size_t piece = 7) {
    return CaptureFile::open([octets = std::move(octets), piece, at = std::size_t{0}](
                                 std::span<std::uint8_t> to) mutable -> Result<std::size_t> {
        std::size_t const size = std::min({piece, to.size(), octets.size() - at});
        std::copy_n(octets.begin() + static_cast<std::ptrdiff_t>(at), size, to.begin());
        at += size;
        return size;
    });
}

/// Why a file cannot be read to its end.
std::string complaint_of(Octets const& octets) {
    auto file = open_octets(octets);
    if (!file) return file.error().describe();
    for (;;) {
        auto const frame = file->next();
        if (!frame) return frame.error().describe();
        if (!*frame) return "no complaint";
    }
}

Octets const pcap_little = hex("d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000");
Octets const section = hex("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c");
Octets const interface_block = hex("00000001 00000014 0001 0000 00000000 00000014");

class RoundTrip : public testing::TestWithParam<PcapFormat> {};

TEST_P(RoundTrip, WhatIsWrittenReadsBack) {
    report::PcapInterface const interface { .name = "veth0", .snapshot_length = 1000 };
    Octets file = pcap_header(GetParam(), interface);
    if (GetParam() == PcapFormat::pcapng) file = file + pcapng_interface(interface);
    std::vector<Frame> frames;
    for (test::Sample const& sample : test::packet_samples())
        if (sample.link == LinkType::ethernet) frames.push_back(test::frame_of(sample));
    frames[0].length += 500;
    for (Frame const& frame : frames) file = file + pcap_record(GetParam(), frame);

    auto reader = open_octets(file);
    ASSERT_TRUE(reader) << reader.error().describe();
    for (Frame const& expected : frames) {
        auto const frame = reader->next();
        ASSERT_TRUE(frame && *frame);
        EXPECT_EQ((*frame)->bytes, expected.bytes);
        EXPECT_EQ((*frame)->length, expected.length);
        EXPECT_EQ((*frame)->link, LinkType::ethernet);
        bool const nano = GetParam() == PcapFormat::pcapng;
        EXPECT_EQ((*frame)->time, nano ? expected.time : expected.time / 1000 * 1000);
    }
    EXPECT_FALSE(reader->next().value().has_value());
    EXPECT_EQ(reader->interfaces().at(0).snapshot_length, 1000u);
    EXPECT_EQ(reader->interfaces()[0].name, GetParam() == PcapFormat::pcapng ? "veth0" : "");
}

INSTANTIATE_TEST_SUITE_P(CaptureFile, RoundTrip, testing::Values(PcapFormat::pcap, PcapFormat::pcapng));

TEST(CaptureFile, BothByteOrdersAndBothResolutions) {
    struct Case {
        Octets head, record;
        std::int64_t time;
    };
    Case const cases[] = {
        {hex("d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000"),
         hex("02000000 03000000 01000000 05000000 aa"), 2'000'003'000},
        {hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"),
         hex("00000002 00000003 00000001 00000005 aa"), 2'000'003'000},
        {hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000"),
         hex("02000000 03000000 01000000 05000000 aa"), 2'000'000'003},
        {hex("a1b23c4d 0002 0004 00000000 00000000 00040000 00000001"),
         hex("00000002 00000003 00000001 00000005 aa"), 2'000'000'003},
    };
    for (Case const& one : cases) {
        auto file = open_octets(one.head + one.record);
        ASSERT_TRUE(file);
        auto const frame = file->next();
        ASSERT_TRUE(frame && *frame);
        EXPECT_EQ((*frame)->time, one.time);
        EXPECT_EQ((*frame)->length, 5u);
        EXPECT_EQ((*frame)->bytes, hex("aa"));
    }
}

TEST(CaptureFile, TimesOfAnInterface) {
    // Units of 2^-10 s, and an hour to be added; then a packet at 1024 units.
    Octets const interface =
        hex("00000001 0000002c 0001 0000 00000000 0009 0001 8a000000 000e 0008 0000000000000e10 0000 0000 "
            "0000002c");
    Octets const packet =
        hex("00000006 00000024 00000000 00000000 00000400 00000001 00000001 aa000000 00000024");
    auto file = open_octets(section + interface + packet);
    ASSERT_TRUE(file);
    auto const frame = file->next();
    ASSERT_TRUE(frame) << frame.error().describe();
    ASSERT_TRUE(*frame);
    EXPECT_EQ((*frame)->time, 3'601'000'000'000);
}

TEST(CaptureFile, SimplePacketsAndUnknownBlocks) {
    Octets const unknown = hex("00000bad 00000010 12345678 00000010");
    Octets const simple = hex("00000003 00000014 00000002 aabb0000 00000014");
    auto file = open_octets(section + interface_block + unknown + simple);
    ASSERT_TRUE(file);
    auto const frame = file->next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->bytes, hex("aabb"));
    EXPECT_FALSE(file->next().value().has_value());
}

TEST(CaptureFile, ASecondSectionHasInterfacesOfItsOwn) {
    Octets const little = hex("0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000");
    Octets const little_interface = hex("01000000 14000000 6500 0000 00000000 14000000");
    Octets const packet =
        hex("06000000 24000000 00000000 00000000 00000000 01000000 01000000 aa000000 24000000");
    auto file = open_octets(section + interface_block + little + little_interface + packet);
    ASSERT_TRUE(file);
    auto const frame = file->next();
    ASSERT_TRUE(frame) << frame.error().describe();
    ASSERT_TRUE(*frame);
    EXPECT_EQ((*frame)->link, LinkType::raw);
    EXPECT_EQ((*frame)->interface, 1u);
}

TEST(CaptureFile, ComplaintsTellTheOffset) {
    EXPECT_EQ(complaint_of({}), "capture file, at offset 0: the file is empty");
    EXPECT_EQ(complaint_of(hex("cafebabe 0000")),
              "capture file, at offset 0: 0xcafebabe is no magic number of a capture file (pcap or pcapng)");
    EXPECT_EQ(complaint_of(hex("d4c3b2a1 0200")),
              "capture file, at offset 0: the file ends inside the file's header: 2 of 20 octets");
    EXPECT_EQ(complaint_of(hex("d4c3b2a1 0300 0400 00000000 00000000 00000400 01000000")),
              "capture file, at offset 0: version 3 of the format: expected 2");
    EXPECT_EQ(complaint_of(pcap_little + hex("00000000 00000000 00001000 00001000")),
              "capture file, at offset 24: a packet of 1048576 captured octets: more than 262144");
    EXPECT_EQ(complaint_of(pcap_little + hex("00000000 00000000 04000000 04000000 aabb")),
              "capture file, at offset 24: the file ends inside a packet: 2 of 4 octets");
    EXPECT_EQ(complaint_of(section + hex("00000006 0000000d 00000000")),
              "capture file, at offset 28: a block of 13 octets: expected 12 to 16777216, in fours");
    EXPECT_EQ(complaint_of(section + hex("00000bad 00000010 12345678 00000014")),
              "capture file, at offset 28: a block of 16 octets that ends as one of 20");
    EXPECT_EQ(complaint_of(section +
                           hex("00000006 00000020 00000007 00000000 00000000 00000000 00000000 00000020")),
              "capture file, at offset 28: a packet of interface 7, which no block describes");
    EXPECT_EQ(complaint_of(section + interface_block +
                           hex("00000006 00000020 00000000 00000000 00000000 00000009 00000009 00000020")),
              "capture file, at offset 48: a packet of 9 captured octets is longer than its block");
    EXPECT_EQ(complaint_of(hex("0a0d0d0a 0000001c 12345678")),
              "capture file, at offset 0: 0x12345678 is no byte-order magic of a section");
}

TEST(CaptureFile, EveryTruncationOfAFileEndsOrComplains) {
    Octets const packet =
        hex("00000006 00000024 00000000 00000000 00000400 00000001 00000001 aa000000 00000024");
    Octets const whole = section + interface_block + packet;
    EXPECT_EQ(complaint_of(whole), "no complaint");
    for (std::size_t size = 1; size < whole.size(); ++size) {
        bool const between_blocks = size == section.size() || size == section.size() + interface_block.size();
        Octets const part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_THAT(complaint_of(part), testing::HasSubstr(between_blocks ? "no complaint" : "the file ends"))
            << size;
    }
}

}  // namespace
}  // namespace vethwork::observe
