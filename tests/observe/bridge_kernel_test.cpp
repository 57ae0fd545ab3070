#include <vethwork/observe/bridge.hpp>

#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/command.hpp"

namespace vethwork::observe {
namespace {

using nlohmann::json;
using test::shell;

constexpr char const* one_bridge =
    "set -e; ip link add br0 type bridge; ip link set br0 addrgenmode none up;"
    "for n in 1 2; do ip link add p$n type veth peer name q$n;"
    "ip link set q$n addrgenmode none up; ip link set p$n master br0 addrgenmode none up; done;";

std::string name_of(std::uint32_t index) {
    char name[IF_NAMESIZE] = {};
    return ::if_indextoname(index, name) ? name : "";
}

std::string state_word(ForwardingEntry const& entry) {
    return entry.is_permanent() ? "permanent" : entry.is_static() ? "static" : "";
}

/// An entry as `bridge -j fdb` tells it, of what both know.
json as_witness(ForwardingEntry const& entry) {
    json told{{"mac", entry.address.to_string()}, {"ifname", name_of(entry.link)}, {"flags", json::array()}};
    if (entry.vlan) told["vlan"] = *entry.vlan;
    if (entry.destination) told["dst"] = entry.destination->to_string();
    if (entry.vni) told["vni"] = *entry.vni;
    if (entry.udp_port) told["port"] = *entry.udp_port;
    if (entry.via) told["viaIf"] = name_of(*entry.via);
    if (entry.flags & NTF_SELF) told["flags"].push_back("self");
    if (entry.flags & NTF_MASTER) told["flags"].push_back("master");
    if (entry.flags & NTF_EXT_LEARNED) told["flags"].push_back("extern_learn");
    if (entry.flags & NTF_STICKY) told["flags"].push_back("sticky");
    if (entry.master != 0) told["master"] = name_of(entry.master);
    told["state"] = state_word(entry);
    return told;
}

std::vector<std::string> ours(netlink::Connection& connection, ForwardingQuery const& query = {}) {
    std::vector<std::string> lines;
    for (auto const& entry : forwarding_entries(connection, query).value())
        lines.push_back(as_witness(entry).dump());
    return lines;
}

/// What bridge(8) tells, of all links or of one.
std::vector<std::string> witness(std::string const& link = {}) {
    std::vector<std::string> lines;
    for (auto const& entry : json::parse(shell("bridge -j fdb show").out))
        if (link.empty() || entry["ifname"] == link) lines.push_back(entry.dump());
    return lines;
}

TEST(Bridge, TellsForwardingEntriesAsTheWitnessDoes) {
    if (!test::has_program("bridge")) GTEST_SKIP() << "no bridge(8) here";
    auto const made = shell(std::string(one_bridge) +
                            "bridge fdb add 02:00:00:00:00:01 dev p1 master;"
                            "bridge fdb add 02:00:00:00:00:02 dev p1 master static;"
                            "bridge fdb add 02:00:00:00:00:03 dev p2 master static sticky;"
                            "bridge fdb add 02:00:00:00:00:04 dev p2 master extern_learn;"
                            "bridge fdb add 02:00:00:00:00:05 dev p2 master dynamic");
    ASSERT_EQ(made.status, 0) << made.err;
    auto connection = netlink::Connection::open().value();
    auto const all = ours(connection);
    EXPECT_THAT(all, testing::UnorderedElementsAreArray(witness()));
    EXPECT_THAT(
        all, testing::Contains(testing::AllOf(testing::HasSubstr("02:00:00:00:00:03"),
                                              testing::HasSubstr("sticky"), testing::HasSubstr("static"))));
    auto const port = ::if_nametoindex("p1"), bridge = ::if_nametoindex("br0");
    EXPECT_THAT(ours(connection, {.link = port}), testing::UnorderedElementsAreArray(witness("p1")));
    auto const of_bridge = ours(connection, {.master = bridge});
    EXPECT_LT(of_bridge.size(), all.size());
    EXPECT_THAT(of_bridge, testing::Contains(testing::HasSubstr("02:00:00:00:00:05")));
}

TEST(Bridge, TellsWhereAVxlanSendsFrames) {
    auto const made = shell(
        "set -e; ip link add vx type vxlan id 7 dstport 4789; ip link set vx up;"
        "bridge fdb add 02:00:00:00:00:01 dev vx dst 192.0.2.1;"
        "bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.2 vni 9 port 8472 via lo;"
        "bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.3");
    ASSERT_EQ(made.status, 0) << made.err;
    auto connection = netlink::Connection::open().value();
    EXPECT_THAT(ours(connection, {.link = ::if_nametoindex("vx")}),
                testing::UnorderedElementsAreArray(witness("vx")));
    auto const entries = forwarding_entries(connection, {.link = ::if_nametoindex("vx")}).value();
    auto const second =
        std::ranges::find(entries, IpAddress::parse("192.0.2.2"), &ForwardingEntry::destination);
    ASSERT_NE(second, entries.end());
    EXPECT_EQ(second->vni, 9u);
    EXPECT_EQ(second->udp_port, 8472);
    EXPECT_EQ(second->via, ::if_nametoindex("lo"));
}

TEST(Bridge, TellsHowPortsStand) {
    auto const made = shell(std::string(one_bridge) +
                            "until grep -q up /sys/class/net/p2/operstate; do :; done;"
                            "bridge link set dev p1 isolated on flood off hairpin on mcast_flood off;"
                            "bridge link set dev p2 learning off bcast_flood off state 0");
    ASSERT_EQ(made.status, 0) << made.err;
    auto connection = netlink::Connection::open().value();
    auto const members = bridge_members(connection).value();
    auto const of = [&members](std::string const& name) -> BridgeMember const& {
        return *std::ranges::find(members, ::if_nametoindex(name.c_str()), &BridgeMember::link);
    };
    ASSERT_EQ(std::ranges::count_if(members, [](auto const& one) { return !one.is_bridge(); }), 2);
    EXPECT_EQ(of("p1").master, ::if_nametoindex("br0"));
    EXPECT_EQ(of("p1").port.isolated, true);
    EXPECT_EQ(of("p1").port.flood, false);
    EXPECT_EQ(of("p1").port.hairpin, true);
    EXPECT_EQ(of("p1").port.multicast_flood, false);
    EXPECT_EQ(of("p1").port.broadcast_flood, true);
    EXPECT_EQ(of("p1").port.state, BR_STATE_FORWARDING);
    EXPECT_EQ(of("p2").port.state, BR_STATE_DISABLED);
    EXPECT_EQ(of("p2").port.learning, false);
    EXPECT_EQ(of("p2").port.isolated, false);
    EXPECT_EQ(of("p2").port.broadcast_flood, false);
}

TEST(Bridge, TellsVlansOfPortsAndOfTheBridge) {
    auto const made = shell("ip link add br0 type bridge vlan_filtering 1");
    if (made.status != 0) GTEST_SKIP() << "no VLAN filtering in this kernel: " << made.err;
    auto const filled = shell(
        "set -e; ip link add p1 type veth peer name q1; ip link set p1 master br0;"
        "bridge vlan add dev p1 vid 10-20; bridge vlan del dev p1 vid 1;"
        "bridge vlan add dev p1 vid 30 pvid untagged;"
        "bridge vlan add dev br0 vid 10 self;"
        "bridge fdb add 02:00:00:00:00:01 dev p1 master static vlan 10");
    ASSERT_EQ(filled.status, 0) << filled.err;
    auto connection = netlink::Connection::open().value();
    auto const members = bridge_members(connection).value();
    ASSERT_EQ(members.size(), 2u);
    auto const& bridge = members[members[0].is_bridge() ? 0 : 1];
    auto const& port = members[members[0].is_bridge() ? 1 : 0];
    EXPECT_THAT(port.vlans,
                testing::ElementsAre(VlanRange{10, 20, false, false}, VlanRange{30, 30, true, true}));
    EXPECT_THAT(bridge.vlans,
                testing::ElementsAre(VlanRange{1, 1, true, true}, VlanRange{10, 10, false, false}));
    EXPECT_EQ(port.pvid(), 30);
    EXPECT_NE(port.carries(15), nullptr);
    EXPECT_EQ(port.carries(21), nullptr);
    EXPECT_THAT(ours(connection, {.link = port.link}), testing::UnorderedElementsAreArray(witness("p1")));
}

}  // namespace
}  // namespace vethwork::observe
