// Our lines against those of tcpdump reading the same packets from a file that we wrote.
#include <vethwork/report/packet_text.hpp>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/report/pcap_writer.hpp>

#include "support/command.hpp"
#include "support/packet_samples.hpp"

namespace vethwork::report {
namespace {

using namespace observe;
using test::packet_samples;
using test::Sample;

struct Style {
    std::vector<std::string> words;  ///< what tcpdump is told
    PacketTextOptions options;
};

std::vector<Sample> samples_of(LinkType link) {
    std::vector<Sample> samples = packet_samples();
    std::erase_if(samples, [link](Sample const& sample) { return sample.link != link; });
    return samples;
}

/// What tcpdump says about samples as one capture.
std::string tcpdump_text(std::vector<Sample> const& samples, Style const& style) {
    std::vector<std::uint8_t> file = pcap_header(PcapFormat::pcap, {.link = samples.front().link});
    for (Sample const& sample : samples) {
        auto const record = pcap_record(PcapFormat::pcap, test::frame_of(sample));
        file.insert(file.end(), record.begin(), record.end());
    }
    EXPECT_TRUE(write_file("/run/sample.pcap", as_text(file)));
    // Without a mapped uid, since as root it would try to become another user and fail in the sandbox.
    std::vector<std::string> words{"unshare", "--user", "env", "TZ=UTC",
                                   "tcpdump", "-n",     "-r",  "/run/sample.pcap"};
    words.insert(words.end(), style.words.begin(), style.words.end());
    return test::run(words).out;
}

std::string our_text(std::vector<Sample> const& samples, Style const& style) {
    PacketText text(style.options);
    std::string all;
    for (Sample const& sample : samples) {
        Frame const frame = test::frame_of(sample);
        all += text.line(frame, decode_packet(frame)) + "\n";
    }
    return all;
}

void compare(LinkType link, Style const& style) {
    if (!test::has_program("tcpdump")) GTEST_SKIP() << "no tcpdump here";
    std::vector<Sample> const samples = samples_of(link);
    ASSERT_FALSE(samples.empty());
    std::string const ours = our_text(samples, style), theirs = tcpdump_text(samples, style);
    if (ours == theirs) return;
    ADD_FAILURE() << "the captures differ as a whole; sample by sample:";
    for (Sample const& sample : samples)
        EXPECT_EQ(our_text({sample}, style), tcpdump_text({sample}, style)) << sample.name;
}

TEST(PacketText, AgreesWithTcpdump) { compare(LinkType::ethernet, {{"-t"}, {.time = TimeStyle::none}}); }

TEST(PacketText, AgreesWithTcpdumpVerbosely) {
    compare(LinkType::ethernet, {{"-t", "-v"}, {.verbosity = 1, .time = TimeStyle::none}});
}

TEST(PacketText, AgreesWithTcpdumpVeryVerbosely) {
    compare(LinkType::ethernet, {{"-t", "-vv"}, {.verbosity = 2, .time = TimeStyle::none}});
}

TEST(PacketText, AgreesWithTcpdumpAboutTheLinkLevel) {
    compare(LinkType::ethernet, {{"-t", "-e"}, {.link_level = true, .time = TimeStyle::none}});
}

TEST(PacketText, AgreesWithTcpdumpQuietly) {
    compare(LinkType::ethernet, {{"-t", "-q"}, {.quiet = true, .time = TimeStyle::none}});
}

TEST(PacketText, AgreesWithTcpdumpInHexadecimal) {
    for (auto const& [word, style] : {std::pair{"-x", HexStyle::hex},
                                      {"-xx", HexStyle::hex_link},
                                      {"-X", HexStyle::hex_ascii},
                                      {"-XX", HexStyle::hex_ascii_link}})
        compare(LinkType::ethernet, {{"-t", word}, {.time = TimeStyle::none, .hex = style}});
}

TEST(PacketText, AgreesWithTcpdumpAboutTime) {
    for (auto const& [word, style] : {std::pair{"-tt", TimeStyle::seconds},
                                      {"-ttt", TimeStyle::delta},
                                      {"-tttt", TimeStyle::date},
                                      {"-ttttt", TimeStyle::since_first}})
        compare(LinkType::raw, {{word}, {.time = style}});
}

TEST(PacketText, AgreesWithTcpdumpAboutOtherLinks) {
    for (LinkType const link : {LinkType::linux_sll, LinkType::raw, LinkType::null})
        compare(link, {{"-t"}, {.time = TimeStyle::none}});
    auto const name = [](std::uint32_t index) { return std::string(index == 1 ? "lo" : "?"); };
    compare(LinkType::linux_sll2, {{"-t"}, {.time = TimeStyle::none, .device_name = name}});
    compare(LinkType::linux_sll2,
            {{"-t", "-e"}, {.link_level = true, .time = TimeStyle::none, .device_name = name}});
}

}  // namespace
}  // namespace vethwork::report
