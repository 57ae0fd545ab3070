// The examples decode, expand, address and route to the labs that they describe.
#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

LabReading read_example(std::string const& name, Overrides const& overrides = {}) {
    auto const text = read_file("../../examples/" + name + ".vethwork.yaml");
    EXPECT_TRUE(text.ok());
    auto reading = read_lab(name + ".vethwork.yaml", text.value(), {}, overrides);
    for (auto const& complaint : reading.complaints)
        EXPECT_NE(complaint.severity, Severity::error) << complaint.to_text();
    EXPECT_TRUE(reading.lab.has_value());
    return reading;
}

std::vector<std::string> addresses_of(Lab const& lab, std::string_view name) {
    std::vector<std::string> lines;
    for (auto const& which : lab.nodes[lab.find_node(name)].ends) {
        std::string line = lab.end(which).interface;
        for (auto const& address : lab.end(which).addresses) line += " " + address.to_string();
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> routes_of(Lab const& lab, std::string_view name) {
    std::vector<std::string> lines;
    for (auto const& route : lab.nodes[lab.find_node(name)].automatic_routes) {
        std::string line = route.destination.to_string();
        for (auto const& hop : route.next_hops) line += " via " + hop.via.to_string() + " dev " + hop.device;
        lines.push_back(line);
    }
    return lines;
}

TEST(Example, TutorialIsWhatItSays) {
    auto const reading = read_example("tutorial");
    auto const& lab = *reading.lab;
    EXPECT_EQ(lab.name, "seed");
    ASSERT_EQ(lab.nodes.size(), 2u);
    EXPECT_EQ(lab.nodes[0].netns, NetnsKind::host);
    EXPECT_THAT(addresses_of(lab, "host"), ElementsAre("veth0 10.0.1.0/24"));
    EXPECT_THAT(addresses_of(lab, "vnet"), ElementsAre("veth1 10.0.2.0/24"));
    EXPECT_THAT(routes_of(lab, "vnet"), IsEmpty());
    ASSERT_EQ(lab.nodes[1].routes.size(), 1u);
    EXPECT_EQ(lab.nodes[1].routes[0].text, "10.0.1.0/24 dev veth1 scope link");
    EXPECT_EQ(lab.sources.locate(lab.nodes[1].routes[0].place), "tutorial.vethwork.yaml:8");
    ASSERT_EQ(lab.tests.size(), 2u);
    EXPECT_EQ(std::get<IpAddress>(lab.tests[0].to).to_string(), "10.0.2.0");
    ASSERT_EQ(reading.complaints.size(), 2u);
    EXPECT_EQ(reading.complaints[0].to_text(),
              "tutorial.vethwork.yaml:12:38: warning: 10.0.1.0/24 is the address of the network itself, used "
              "as a host's\n"
              "      - { node: host, if: veth0, ip: 10.0.1.0/24 }\n"
              "                                     ^~~~~~~~~~~\n"
              "  hint: Linux allows it; other systems may not  [W401]\n");
}

TEST(Example, BranchHidesItsLanAndReachesTheDataCentre) {
    auto const reading = read_example("branch");
    EXPECT_THAT(reading.complaints, IsEmpty());
    auto const& lab = *reading.lab;
    EXPECT_THAT(addresses_of(lab, "pc2"), ElementsAre("eth0 192.168.1.3/24 fd00:20:1::3/64"));
    EXPECT_THAT(addresses_of(lab, "home"),
                ElementsAre("lan0 192.168.1.1/24 fd00:20:1::1/64", "wan0 10.20.1.1/24 fd00:20:0:1::1/64"));
    EXPECT_THAT(routes_of(lab, "pc1"),
                ElementsAre("0.0.0.0/0 via 192.168.1.1 dev eth0", "::/0 via fd00:20:1::1 dev eth0"));
    EXPECT_THAT(routes_of(lab, "isp"), ElementsAre("203.0.113.0/24 via 10.20.2.2 dev eth1",
                                                   "fd00:20:1::/64 via fd00:20:0:1::1 dev eth0",
                                                   "fd00:20:80::/64 via fd00:20:0:2::2 dev eth1"));
    auto const& wan = lab.links[lab.find_link("wan")];
    EXPECT_EQ(wan.ends[0].impairment.rate, BitRate{20'000'000});
    EXPECT_EQ(wan.ends[1].impairment.rate, BitRate{50'000'000});
    EXPECT_EQ(wan.ends[1].impairment.delay, Duration{20'000'000});
    EXPECT_EQ(wan.ends[1].impairment.loss, Share{0.01});
    auto const& dc = lab.nodes[lab.find_node("dc")];
    ASSERT_TRUE(dc.nft);
    EXPECT_EQ(dc.nft->place.line, 15u);
    EXPECT_EQ(lab.nodes[lab.find_node("web")].services[0].argv.back(), "::");
    EXPECT_EQ(lab.nodes[lab.find_node("web")].services[0].ready.port, 80);
    ASSERT_EQ(lab.tests.size(), 7u);
    EXPECT_EQ(lab.tests[0].rtt, (Range<Duration>{Duration{35'000'000}, Duration{60'000'000}}));
    EXPECT_EQ(lab.tests[3].at, lab.find_node("dc"));
    ASSERT_EQ(lab.scenarios.size(), 1u);
    EXPECT_EQ(lab.scenarios[0].steps[1].fault.impairment.loss, Share{0.3});
}

TEST(Example, FatTreeGrowsWithItsVariable) {
    auto const small = read_example("fat-tree"), large = read_example("fat-tree", {{"k", "6"}});
    EXPECT_EQ(small.lab->nodes.size(), 36u);
    EXPECT_EQ(small.lab->links.size(), 48u);
    EXPECT_EQ(large.lab->nodes.size(), 99u);
    EXPECT_EQ(large.lab->links.size(), 162u);
    auto const& up = small.lab->nodes[small.lab->find_node("agg-3-1")];
    EXPECT_EQ(up.ends.size(), 4u);
    EXPECT_THAT(addresses_of(*small.lab, "h-0-0-0"), ElementsAre("eth0 10.0.33.2/24 fd00:0:0:21::2/64"));
    // From pod to pod, both ways up are as short.
    std::size_t balanced = 0;
    for (auto const& route : small.lab->nodes[small.lab->find_node("edge-0-0")].automatic_routes)
        balanced += route.next_hops.size() == 2;
    EXPECT_GE(balanced, 1u);
}

}  // namespace
}  // namespace vethwork::topology
