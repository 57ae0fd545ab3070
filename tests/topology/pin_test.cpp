#include <vethwork/topology/pin.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

using testing::HasSubstr;

Lab read(std::string const& text) {
    auto reading = read_lab("t.vethwork.yaml", text);
    for (auto const& complaint : reading.complaints)
        EXPECT_NE(complaint.severity, Severity::error) << complaint.to_text();
    return std::move(reading.lab).value();
}

constexpr auto file = R"(vethwork: 1
name: t
addressing: { v6: off }
nodes: { a1: {}, b: {}, r: { role: router }, pc: { count: 2 } }  # ä is two bytes
links:
  - link: [a1, "r:up0"]        # kept
  - link: [{ node: b }, { node: r, mtu: 1400 }]
    mtu: 1400
  - { link: [r, pc$(i)], for: { i: 1..2 } }
)";

TEST(Pin, WritesNamesAndAddressesOfEndsThatStandAlone) {
    auto const lab = read(file);
    auto const pinned = pin(lab, PinAddresses::ip_only);
    EXPECT_THAT(pinned.text, HasSubstr("  - link: [{ node: a1, if: eth0, ip: 10.0.1.2/24 }, "
                                       "{ node: r, if: up0, ip: 10.0.1.1/24 }]        # kept\n"));
    EXPECT_THAT(pinned.text,
                HasSubstr("[{ node: b, if: eth0, ip: 10.0.2.2/24 }, { node: r, mtu: 1400, if: eth0, "
                          "ip: 10.0.2.1/24 }]\n"));
    EXPECT_THAT(pinned.text,
                HasSubstr("  - { link: [{ node: r, if: eth1, ip: 10.0.3.1/24 }, { node: pc1, if: eth0, ip: "
                          "10.0.3.2/24 }], name: r-pc1 }\n"
                          "  - { link: [{ node: r, if: eth2, ip: 10.0.4.1/24 }, "));
    EXPECT_EQ(pinned.ends, 8u);
    EXPECT_TRUE(pinned.left.empty());
    auto const again = read(pinned.text);
    EXPECT_EQ(pin(again, PinAddresses::ip_only).text, pinned.text);
    for (std::size_t i = 0; i < lab.links.size(); ++i)
        for (std::size_t j = 0; j < 2; ++j)
            EXPECT_EQ(again.links[i].ends[j].addresses, lab.links[i].ends[j].addresses);
}

std::string links_of(std::string const& text) { return text.substr(text.find("links:")); }

/// The part from "links:" once it is pinned; what the file means must stay.
std::string pinned_links(std::string const& links) {
    auto const lab = read(
        "vethwork: 1\nname: t\naddressing: { v6: off }\nvars: { n: 2 }\n"
        "nodes: { a: , b: , r: { role: router }, pc: { count: $(n) } }\n" +
        links);
    auto const pinned = pin(lab, PinAddresses::ip_only);
    EXPECT_TRUE(pinned.left.empty());
    auto const again = read(pinned.text);
    EXPECT_EQ(wanted_state(again).namespaces, wanted_state(lab).namespaces);
    EXPECT_EQ(pin(again, PinAddresses::ip_only).text, pinned.text);
    return links_of(pinned.text);
}

TEST(Pin, WritesTheEndsThatASelectorMeans) {
    EXPECT_EQ(
        pinned_links("links: [{ lan: [pc*, 'r:up0'] }]\n"),
        "links: [{ lan: [{ node: pc1, if: eth0, ip: 10.0.1.2/24 }, { node: pc2, if: eth0, ip: 10.0.1.3/24 }, "
        "{ node: r, if: up0, ip: 10.0.1.1/24 }] }]\n");
    EXPECT_EQ(pinned_links("links:\n  - lan:\n      - pc*  # both\n      - { node: all, mtu: 1400 }\n"
                           "    mtu: 1400\n"),
              "links:\n  - lan:\n      - { node: pc1, if: eth0, ip: 10.0.1.2/24 }\n"
              "      - { node: pc2, if: eth0, ip: 10.0.1.3/24 }  # both\n"
              "      - { node: a, mtu: 1400, if: eth0, ip: 10.0.1.4/24 }\n"
              "      - { node: b, mtu: 1400, if: eth0, ip: 10.0.1.5/24 }\n"
              "      - { node: r, mtu: 1400, if: eth0, ip: 10.0.1.1/24 }\n"
              "      - { node: pc1, mtu: 1400, if: eth1, ip: 10.0.1.6/24 }\n"
              "      - { node: pc2, mtu: 1400, if: eth1, ip: 10.0.1.7/24 }\n    mtu: 1400\n");
}

TEST(Pin, WritesTheCablesThatAPatternMeans) {
    EXPECT_EQ(
        pinned_links("links: [{ chain: [a, r, b], name: x, cost: 3 }]\n"),
        "links: [{ link: [{ node: a, if: eth0, ip: 10.0.1.2/24 }, { node: r, if: eth0, ip: 10.0.1.1/24 }], "
        "name: x-1, cost: 3 }, { link: [{ node: r, if: eth1, ip: 10.0.2.1/24 }, { node: b, if: eth0, ip: "
        "10.0.2.2/24 }], name: x-2, cost: 3 }]\n");
    EXPECT_EQ(
        pinned_links(
            "links:\n  - for: { i: $(n) }   # each of them\n    if: $(i == 1)\n    link: [r, 'pc$(i + "
            "1):up']\n"
            "    tags: [x, y]\n    up: no\n    # at its sender\n    impair: { delay: 5ms, from: { r: { loss: "
            "1% } } }\n\n# the end\nscenarios: {}\n"),
        "links:\n  - { link: [{ node: r, if: eth0, ip: 10.0.1.1/24 }, { node: pc2, if: up, ip: 10.0.1.2/24 "
        "}], "
        "name: r-pc2, impair: { from: { r: { delay: 5ms, loss: 1% }, pc2: { delay: 5ms } } }, up: no, tags: "
        "[x, y] "
        "}\n  # each of them\n  # at its sender\n\n# the end\nscenarios: {}\n");
}

TEST(Pin, LeavesNothingAutomaticInTheExamples) {
    for (std::string const name :
         {"branch", "chain", "dual-stack", "ecmp", "fat-tree", "lan", "ring", "star", "templates"}) {
        SCOPED_TRACE(name);
        auto const text = read_file("../../examples/" + name + ".vethwork.yaml");
        ASSERT_TRUE(text.ok());
        auto const lab = read(text.value());
        auto const pinned = pin(lab, PinAddresses::ip_only);
        EXPECT_GT(pinned.ends, 0u);
        EXPECT_TRUE(pinned.left.empty());
        auto const again = read(pinned.text);
        EXPECT_EQ(wanted_state(again).namespaces, wanted_state(lab).namespaces);
        EXPECT_EQ(again.scenarios.size(), lab.scenarios.size());
        for (auto const& link : again.links)
            for (auto const& end : link.ends)
                EXPECT_TRUE(end.named && (end.addressed || end.addresses.empty()));
        EXPECT_EQ(pin(again, PinAddresses::ip_only).text, pinned.text);
    }
}

TEST(Pin, MakesLinkLayerAddressesThatStay) {
    std::string const text = "vethwork: 1\nname: m\nnodes: { a: {}, b: {} }\nlinks: [{ link: [a, b] }]\n";
    auto const once = pin(read(text), PinAddresses::ip_and_mac).text;
    EXPECT_EQ(pin(read(text), PinAddresses::ip_and_mac).text, once);
    auto const lab = read(once);
    ASSERT_TRUE(lab.links[0].ends[0].mac && lab.links[0].ends[1].mac);
    EXPECT_NE(lab.links[0].ends[0].mac, lab.links[0].ends[1].mac);
    EXPECT_EQ(lab.links[0].ends[0].mac->octets[0], 2);
}

}  // namespace
}  // namespace vethwork::topology
