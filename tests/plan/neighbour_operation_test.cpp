#include <vethwork/plan/neighbour_operation.hpp>
#include <vethwork/plan/operation.hpp>

#include <linux/neighbour.h>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

topology::Names names;

std::vector<std::string> words_in(std::string_view line) {
    std::vector<std::string> words;
    for (auto const word : split_words(line)) words.emplace_back(word);
    return words;
}

Result<PutNeighbour> put(std::string_view line, std::optional<Family> family = {}) {
    auto const words = words_in(line);
    WordReader reader(words);
    return parse_neighbour_put(reader, PutMode::add, family, names);
}

TEST(NeighbourWords, ANeighbourWithEverything) {
    auto const neighbour =
        put("to 192.0.2.5 lladdr 2:0:0:0:0:5 nud stale router use extern protocol static dev d0")->neighbour;
    EXPECT_EQ(neighbour.address, IpAddress::parse("192.0.2.5"));
    EXPECT_EQ(neighbour.link_address, LinkAddress::parse("02:00:00:00:00:05"));
    EXPECT_EQ(neighbour.state, NUD_STALE);
    EXPECT_EQ(neighbour.flags, NTF_ROUTER | NTF_USE | NTF_EXT_LEARNED);
    EXPECT_EQ(neighbour.protocol, 4);
    EXPECT_EQ(neighbour.link.name, "d0");
}

TEST(NeighbourWords, WithoutAStateItIsPermanentAndManagedHasNone) {
    EXPECT_EQ(put("192.0.2.5 dev d0")->neighbour.state, NUD_PERMANENT);
    auto const managed = put("192.0.2.5 managed dev d0")->neighbour;
    EXPECT_EQ(managed.state, NUD_NONE);
    EXPECT_EQ(managed.extended_flags, std::uint32_t{NTF_EXT_MANAGED});
}

TEST(NeighbourWords, WhatIsPrintedReadsBack) {
    for (auto const* const line :
         {"192.0.2.5 dev d0", "proxy 2001:db8::1 dev d0", "proxy 192.0.2.1", "192.0.2.5 dev d0 managed",
          "192.0.2.5 dev d0 nud noarp router use extern_learn protocol 42 lladdr 1.2.3.4"}) {
        auto const operation = put(line).value();
        auto const words = operation.words();
        std::string rest;
        for (std::size_t i = 2; i < words.size(); ++i) rest += words[i] + " ";
        EXPECT_EQ(put(rest).value(), operation) << line << " -> " << rest;
    }
}

TEST(NeighbourWords, StatesByNameBeginningAndNumber) {
    EXPECT_EQ(parse_neighbour_state("perm"), NUD_PERMANENT);
    EXPECT_EQ(parse_neighbour_state("r"), NUD_REACHABLE);
    EXPECT_EQ(parse_neighbour_state("f"), NUD_FAILED);
    EXPECT_EQ(parse_neighbour_state("none"), NUD_NONE);
    EXPECT_EQ(parse_neighbour_state("0x40"), NUD_NOARP);
    for (auto const* const word : {"", "stal", "no", "3", "0x100", "frob", "all"})
        EXPECT_FALSE(parse_neighbour_state(word)) << word;
}

TEST(NeighbourWords, Complaints) {
    auto const complaint = [](std::string_view line) { return put(line).error().attempt; };
    std::string const missing = "Device and destination are required arguments.";
    EXPECT_EQ(complaint(""), missing);
    EXPECT_EQ(complaint("192.0.2.5"), missing);
    EXPECT_EQ(complaint("any dev d0"), missing);
    EXPECT_EQ(complaint("help"), "Command line is not complete. Try option \"help\"");
    EXPECT_EQ(complaint("192.0.2.5 192.0.2.6 dev d0"),
              "Error: either \"to\" is duplicate, or \"192.0.2.6\" is a garbage.");
    EXPECT_EQ(complaint("192.0.2.5 proxy 192.0.2.6 dev d0"),
              "Error: duplicate \"address\": \"192.0.2.6\" is the second value.");
    EXPECT_EQ(complaint("192.0.2.5 lladdr zz dev d0"), "\"zz\" is invalid lladdr.");
    EXPECT_EQ(complaint("192.0.2.5 nud frob dev d0"), "Error: argument \"frob\" is wrong: nud state is bad");
    EXPECT_EQ(complaint("192.0.2.5/24 dev d0"),
              "Error: any valid address is expected rather than \"192.0.2.5/24\".");
    EXPECT_TRUE(complaint("proxy help").starts_with("Usage: ip neighbour"));
}

TEST(NeighbourOperation, OnlyAnAdditionHasAnInverse) {
    auto operation = put("proxy 192.0.2.5 dev d0").value();
    EXPECT_EQ(join(words_of(*inverse_of(operation)), " "), "neighbour delete proxy 192.0.2.5 dev d0");
    operation.mode = PutMode::change;
    EXPECT_FALSE(inverse_of(operation));
}

}  // namespace
}  // namespace vethwork::plan
