#include <vethwork/topology/pin.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

using testing::HasSubstr;

Lab read(std::string const& text) {
    auto reading = read_lab("t.vethwork.yaml", text);
    for (auto const& complaint : reading.complaints) EXPECT_EQ(complaint.to_text(), "");
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
    EXPECT_THAT(pinned.text, HasSubstr("  - { link: [r, pc$(i)], for: { i: 1..2 } }\n"));
    EXPECT_EQ(pinned.ends, 4u);
    EXPECT_EQ(pinned.left.size(), 2u);
    auto const again = read(pinned.text);
    EXPECT_EQ(pin(again, PinAddresses::ip_only).text, pinned.text);
    for (std::size_t i = 0; i < lab.links.size(); ++i)
        for (std::size_t j = 0; j < 2; ++j)
            EXPECT_EQ(again.links[i].ends[j].addresses, lab.links[i].ends[j].addresses);
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
