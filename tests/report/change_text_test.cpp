// What events mean, and the line about a verdict that changes.
#include <vethwork/report/change_text.hpp>

#include <linux/if.h>
#include <linux/neighbour.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vethwork::report {
namespace {

using diagnose::Change;
using diagnose::Verdict;
using topology::Link;

constexpr std::uint32_t running = IFF_UP | IFF_LOWER_UP;

Link link(std::uint32_t flags) {
    Link one;
    one.name = "eth2";
    one.index = 7;
    one.flags = flags;
    one.mtu = 1500;
    return one;
}

std::string meaning(Link const* before, observe::Event const& event) {
    auto const change = change_of("r", before, event);
    return change ? change->netns + " " + change->what : "";
}

TEST(ChangeText, OfALinkIsWhatIsOtherThanBefore) {
    auto const up = link(running), down = link(0), dark = link(IFF_UP);
    EXPECT_EQ(meaning(&up, {false, down}), "r eth2 went down");
    EXPECT_EQ(meaning(&down, {false, dark}), "r eth2 came up");
    EXPECT_EQ(meaning(&up, {false, dark}), "r eth2 lost its carrier");
    EXPECT_EQ(meaning(&dark, {false, up}), "r eth2 has a carrier again");
    EXPECT_EQ(meaning(&up, {true, up}), "r eth2 is gone");
    EXPECT_EQ(meaning(nullptr, {false, up}), "r eth2 is new");
    EXPECT_EQ(meaning(&up, {false, up}), "");
    auto other = up;
    other.mtu = 1400;
    EXPECT_EQ(meaning(&up, {false, other}), "r mtu of eth2 1500 → 1400");
    other = up;
    other.master = topology::LinkRef{"br0", 3};
    EXPECT_EQ(meaning(&up, {false, other}), "r eth2 joined br0");
    EXPECT_EQ(meaning(&other, {false, up}), "r eth2 left its master");
}

TEST(ChangeText, OfANeighbourIsNoneUnlessSomebodySetIt) {
    topology::Neighbour neighbour;
    neighbour.link = {"eth2", 7};
    neighbour.address = IpAddress::parse("10.0.0.1");
    neighbour.state = NUD_STALE;
    EXPECT_EQ(meaning(nullptr, {false, neighbour}), "");
    neighbour.state = NUD_PERMANENT;
    EXPECT_EQ(meaning(nullptr, {false, neighbour}), "r neighbour 10.0.0.1 dev eth2 is new");
}

TEST(ChangeText, OfAnAddressNamesIt) {
    topology::InterfaceAddress address;
    address.link = {"eth2", 7};
    address.local = IpAddress::parse("10.0.0.1");
    address.prefix_length = 24;
    EXPECT_EQ(meaning(nullptr, {true, address}), "r address 10.0.0.1/24 dev eth2 is gone");
}

diagnose::Diagnosis broken() {
    diagnose::Diagnosis one;
    one.verdict = Verdict::unreachable;
    one.cause =
        diagnose::Finding{.cause = "link-down", .netns = "lab.r", .what = "eth2 is down", .repair = {}};
    return one;
}

TEST(ChangeText, AVerdictThatChangesIsALineWithWhatChangedIt) {
    VerdictChange const told{"12:03:04", Verdict::reachable,
                             Change{"lab.r", "eth2 went down", Change::Weight::link}};
    EXPECT_EQ(verdict_change_line(told, broken(), "lab."),
              "12:03:04 reachable → unreachable: r eth2 went down (link-down in r: eth2 is down)\n");
    auto quoted = broken();
    quoted.source =
        diagnose::FileQuote{.place = {.origin = {.file = "lab.yaml", .line = 7}}, .path = {}, .text = {}};
    EXPECT_THAT(verdict_change_line(told, quoted, "lab."), testing::EndsWith("eth2 is down) [lab.yaml:7]\n"));
    diagnose::Diagnosis whole;
    whole.verdict = Verdict::reachable;
    EXPECT_EQ(verdict_change_line({"12:03:04", Verdict::unreachable, {}}, whole, "lab."),
              "12:03:04 unreachable → reachable: by nothing that was heard or read\n");
}

TEST(ChangeText, IsJsonWithTheWholeDiagnosis) {
    auto const text = verdict_change_json({"12:03:04", Verdict::reachable, {}}, broken());
    EXPECT_TRUE(text.starts_with(
        R"({"time":"12:03:04","from":"reachable","to":"unreachable","event":null,"diagnosis":{"verdict":"unreachable",)"))
        << text;
    EXPECT_TRUE(text.ends_with("}}\n"));
}

}  // namespace
}  // namespace vethwork::report
