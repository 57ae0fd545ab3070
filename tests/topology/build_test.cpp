// From labs to wanted states.
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/nat_way_out.hpp>

#include <gmock/gmock.h>
#include <linux/if.h>

#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

using testing::ElementsAre;

Lab lab_of(std::string text) {
    auto reading = read_lab("lab.yaml", "vethwork: 1\n" + std::move(text));
    for (auto const& complaint : reading.complaints)
        EXPECT_NE(complaint.severity, Severity::error) << complaint.to_text();
    return std::move(reading.lab).value();
}

std::vector<std::string> names_of(NamespaceState const& netns) {
    std::vector<std::string> names;
    for (auto const& link : netns.links)
        names.push_back(link.name + (link.master ? "@" + link.master->name : ""));
    return names;
}

TEST(WantedState, OfACableHasBothEndsWithEachOther) {
    auto const state =
        wanted_state(lab_of("nodes: {a: , b: }\nlinks:\n  - link: [a, 'b:up0']\n    mtu: 1400\n"));
    ASSERT_EQ(state.namespaces.size(), 2u);
    auto const& a = state.namespaces[0];
    EXPECT_THAT(names_of(a), ElementsAre("lo", "eth0"));
    auto const& peer = std::get<Veth>(a.links[1].kind).peer.at(0);
    EXPECT_EQ(peer.name, "up0");
    EXPECT_EQ(peer.netns->name, "b");
    EXPECT_EQ(a.links[1].mtu, 1400u);
    EXPECT_EQ(a.links[1].flags & a.links[1].flags_mask & IFF_UP, IFF_UP);
    EXPECT_EQ(state.namespaces[1].addresses[0].local->to_string(), "10.0.1.2");
    auto const& origin = state.origins.at(key_of("a", a.links[1]));
    EXPECT_EQ(origin.line, 4u);
    EXPECT_EQ(origin.reason, "link a-b");
}

TEST(WantedState, KnowsTheLinesThatSayOneThingOnly) {
    auto const state = wanted_state(
        lab_of("nodes:\n"
               "  a: { gateway: 10.0.1.2 }\n"
               "  b:\n    gateway: none\n"
               "    interfaces:\n      br9:\n        kind: bridge\n        ip: 10.7.0.1/24\n        up: no\n"
               "links:\n"
               "  - link: [a, { node: b, mtu: 1300 }]\n"
               "    mtu: 1400\n    up: no\n"));
    auto const line = [&state](std::string const& key) {
        auto const found = state.origins.find(key);
        return found == state.origins.end() ? 0u : found->second.line;
    };
    EXPECT_EQ(line("a/route/0.0.0.0/0"), 3u);
    EXPECT_EQ(line("b/route/0.0.0.0/0"), 5u) << "a route that is not wanted";
    EXPECT_EQ(line("b/route/::/0"), 5u);
    EXPECT_EQ(line("b/address/br9/10.7.0.1/24"), 9u);
    EXPECT_EQ(line("b/link/br9/up"), 10u);
    EXPECT_EQ(line("a/link/eth0/mtu"), 13u);
    EXPECT_EQ(line("b/link/eth0/mtu"), 12u);
    EXPECT_EQ(line("b/link/eth0/up"), 14u);
    EXPECT_EQ(line("b/link/br9/mtu"), 0u);
}

TEST(WantedState, OfAWayOutHasADeviceADefaultRouteAndNat) {
    auto const state = wanted_state(
        lab_of("nodes: {pc: , gw: {role: router}}\nlinks: [{link: [pc, gw]}]\ninternet: {via: gw}\n"));
    auto const& gw = state.namespaces[1];
    EXPECT_THAT(names_of(gw), ElementsAre("lo", "eth0", "inet0"));
    EXPECT_EQ(std::get<Tun>(gw.links[2].kind).type, std::uint8_t{2});
    EXPECT_EQ(gw.addresses[gw.addresses.size() - 2].local->to_string(), "100.127.255.100");
    EXPECT_EQ(gw.addresses.back().local->to_string(), "fd64:7fff:0:ff::100");
    auto const defaults = [](NamespaceState const& netns) {
        std::vector<std::string> list;
        for (auto const& route : netns.routes)
            if (!route.destination) list.push_back(route.via->to_string());
        return list;
    };
    EXPECT_THAT(defaults(gw), ElementsAre("100.127.255.2", "fd64:7fff:0:ff::2"));
    EXPECT_THAT(defaults(state.namespaces[0]), ElementsAre("10.0.1.1", "fd00:0:0:1::1"));
    EXPECT_THAT(gw.ruleset, testing::HasSubstr("oifname \"inet0\" masquerade"));
    EXPECT_EQ(state.origins.at("gw/link/inet0").line, 4u);
}

TEST(WantedState, SendsOnWhatArrivesAtPublishedPorts) {
    auto const state = wanted_state(
        lab_of("addressing: { v6: off }\nnodes: {pc: , gw: {role: router}}\nlinks: [{link: [pc, gw]}]\n"
               "internet: {via: gw, publish: [8081 -> gw:81, 8080 -> pc:80]}\n"));
    auto const& gw = state.namespaces[1];
    EXPECT_THAT(gw.ruleset, testing::HasSubstr("iifname \"inet0\" tcp dport 59001 dnat to 10.0.1.2:80\n"));
    EXPECT_THAT(gw.ruleset, testing::HasSubstr("ip daddr 127.0.0.0/8 tcp dport 59001 dnat to 10.0.1.2:80\n"));
    EXPECT_THAT(gw.ruleset, testing::Not(testing::HasSubstr("59000")))
        << "what is for gw itself needs no rule";
    EXPECT_EQ(gw.sysctls.at("net.ipv4.conf.all.route_localnet"), "1");
}

TEST(Lab, KnowsANodeByAnAddressOfACableElseOfADeviceElseOfItsLoopback) {
    auto const lab = lab_of(
        "addressing: { v6: off }\nlinks: [{link: [pc, gw]}]\nnodes:\n  pc: {lo: 10.9.0.1/32}\n  gw:\n"
        "  far: {lo: 10.9.0.2/32, interfaces: {br1: {kind: bridge, ip: 10.8.0.1/24}}}\n"
        "  hid: {lo: [\"fd00:9::1/128\", 10.9.0.3/32]}\n");
    auto const known_by = [&lab](char const* node, Family family) {
        auto const address = lab.address(lab.find_node(node), family);
        return address ? address->to_string() : "none";
    };
    EXPECT_EQ(known_by("pc", Family::ipv4), "10.0.1.1");
    EXPECT_EQ(known_by("far", Family::ipv4), "10.8.0.1");
    EXPECT_EQ(known_by("hid", Family::ipv4), "10.9.0.3");
    EXPECT_EQ(known_by("hid", Family::ipv6), "fd00:9::1");
    EXPECT_EQ(known_by("gw", Family::ipv6), "none");
}

TEST(WantedState, OfALabThatIsSealedHasNone) {
    auto const state = wanted_state(lab_of("nodes: {gw: {role: router}}\n"));
    EXPECT_THAT(names_of(state.namespaces[0]), ElementsAre("lo"));
    EXPECT_EQ(state.namespaces[0].ruleset, "");
}

TEST(WantedState, LeadsOutThroughThisMachine) {
    auto const state = wanted_state(
        lab_of("nodes: {gw: {role: router}}\ninternet: {via: gw, mode: nat, publish: [8080 -> gw:80]}\n"));
    ASSERT_EQ(state.namespaces.size(), 2u);
    auto const& [gw, machine] = std::pair(state.namespaces[0], state.namespaces[1]);
    EXPECT_EQ(machine.name, machine_namespace);
    EXPECT_TRUE(machine.outside);
    EXPECT_THAT(names_of(gw), ElementsAre("lo", "inet0"));
    ASSERT_EQ(machine.links.size(), 1u);
    auto const& peer = std::get<Veth>(gw.links[1].kind).peer.front();
    EXPECT_EQ(peer.name, machine.links[0].name);
    EXPECT_EQ(peer.netns->name, machine_namespace);
    ASSERT_EQ(machine.addresses.size(), 1u) << "IPv6 does not lead out so";
    EXPECT_EQ(gw.routes.back().via, machine.addresses[0].local);
    EXPECT_EQ(machine.sysctls.at(forwarding_setting(machine.links[0].name)), "1");
    EXPECT_THAT(gw.ruleset, testing::Not(testing::HasSubstr("dnat")));
}

TEST(NatWayOut, IsDecidedByTheLabsName) {
    auto const way = nat_way_out("t");
    EXPECT_EQ(way.machine.network(), way.node.network());
    EXPECT_EQ(way.machine.length, 30);
    EXPECT_TRUE(IpPrefix::parse("100.126.0.0/16")->contains(way.node.address));
    EXPECT_NE(way.link, nat_way_out("u").link);
    EXPECT_NE(way.node, nat_way_out("u").node);
    EXPECT_LE(nat_way_out(std::string(60, 'x')).link.size(), 15u);
    EXPECT_EQ(forwarding_setting("eth0.7"), "net.ipv4.conf.eth0/7.forwarding");
    auto const text = nat_way_out_ruleset(way, {"eth0", "eth0.7"});
    EXPECT_THAT(text, testing::HasSubstr("iifname != { \"eth0\", \"eth0.7\" } accept\n"));
    EXPECT_THAT(nat_way_out_ruleset(way, {}), testing::Not(testing::HasSubstr("chain forward")));
}

TEST(WantedState, ImpairsWhatLeavesByAnEnd) {
    auto const state =
        wanted_state(lab_of("nodes: {a: , b: }\nlinks:\n  - link: [a, b]\n    impair: { delay: 20ms, from: { "
                            "b: { loss: 50% } } }\n"
                            "  - link: [a, b]\n    impair: { from: { a: { rate: 8mbit } } }\n"));
    auto const& [a, b] = std::pair(state.namespaces[0].qdiscs, state.namespaces[1].qdiscs);
    ASSERT_EQ(a.size(), 2u);
    EXPECT_EQ(a[0].link.name, "eth0");
    EXPECT_EQ(a[0].kind, "netem");
    EXPECT_EQ(std::get<Netem>(a[0].options), Netem{.delay = {20'000'000}});
    EXPECT_EQ(std::get<Netem>(a[1].options).rate, BitRate{8'000'000});
    ASSERT_EQ(b.size(), 1u);
    EXPECT_NEAR(std::get<Netem>(b[0].options).loss.value, 0.5, 1e-9);
    EXPECT_EQ(state.origins.at("b/qdisc/eth0").line, 5u) << "where it is written, not where the end is";
}

TEST(WantedState, OfALanHasABridgeInANamespaceOfItsOwn) {
    auto const state = wanted_state(
        lab_of("nodes: {r: {role: router}, pc: {count: 2}}\nlinks: [{name: lan, lan: [pc*, r]}]\n"));
    ASSERT_EQ(state.namespaces.size(), 4u);
    auto const& bridge = state.namespaces[3];
    EXPECT_EQ(bridge.name, "switch:lan");
    EXPECT_THAT(names_of(bridge), ElementsAre("br0", "port0@br0", "port1@br0", "port2@br0"));
    EXPECT_TRUE(std::holds_alternative<Bridge>(bridge.links[0].kind));
    EXPECT_EQ(std::get<Veth>(bridge.links[2].kind).peer[0].netns->name, "pc2");
    EXPECT_EQ(state.namespaces[0].sysctls.at("net.ipv4.ip_forward"), "1");
    EXPECT_EQ(state.namespaces[1].sysctls.count("net.ipv4.ip_forward"), 0u);
    ASSERT_EQ(state.namespaces[1].routes.size(), 2u);
    EXPECT_EQ(state.namespaces[1].routes[0].via->to_string(), "10.0.1.1");
    EXPECT_FALSE(state.namespaces[1].routes[0].destination);
}

TEST(WantedState, OfASwitchBridgesItsCables) {
    auto const state =
        wanted_state(lab_of("nodes: {s: {role: switch, switch: {stp: yes, ageing: 3s}}, a: , b: }\nlinks: "
                            "[{link: [a, s]}, {link: [b, s]}]\n"));
    ASSERT_EQ(state.namespaces.size(), 3u);
    EXPECT_THAT(names_of(state.namespaces[0]), ElementsAre("lo", "br0", "eth0@br0", "eth1@br0"));
    auto const& bridge = std::get<Bridge>(state.namespaces[0].links[1].kind);
    EXPECT_EQ(bridge.stp_state, 1u);
    EXPECT_EQ(bridge.ageing_time, 300u);
    EXPECT_EQ(state.namespaces[2].addresses[0].local->to_string(), "10.0.1.2");
}

TEST(WantedState, HasIpv6WithoutWaitingUnlessTheFileSaysOtherwise) {
    std::string const name = "net.ipv6.conf.default.accept_dad";
    auto const state = wanted_state(lab_of(
        "nodes: {a: , b: {sysctls: {net.ipv6.conf.default.accept_dad: 1}}}\nlinks: [{link: [a, b]}]\n"));
    EXPECT_EQ(state.namespaces[0].sysctls.at(name), "0");
    EXPECT_EQ(state.namespaces[1].sysctls.at(name), "1");
}

/// "node/link" of what is to have no link-local address.
std::vector<std::string> without_link_local(NetworkState const& state) {
    std::vector<std::string> found;
    for (auto const& netns : state.namespaces)
        for (auto const& link : netns.links)
            if (link.address_generation_mode == std::uint8_t{1})
                found.push_back(netns.name + "/" + link.name);
    return found;
}

TEST(WantedState, SparesLinksAnIpv6ThatNobodyUses) {
    std::string const lab =
        "nodes: {s: {role: switch}, r: {role: router}, a: , b: {KEYS}}\n"
        "links: [{link: [a, s]}, {link: [b, s]}, {link: [r, s]}]\n";
    auto const of = [&](std::string const& addressing, std::string const& keys) {
        auto text = lab;
        return without_link_local(
            wanted_state(lab_of(text.replace(text.find("KEYS"), 4, keys) + addressing)));
    };
    EXPECT_THAT(of("", ""), ElementsAre("s/eth0", "s/eth1", "s/eth2")) << "ports receive nothing themselves";
    EXPECT_THAT(of("addressing: off\n", ""), ElementsAre("s/eth0", "s/eth1", "s/eth2"));
    std::string const off = "addressing: {v6: off}\n";
    EXPECT_THAT(of(off, ""), ElementsAre("s/br0", "s/eth0", "s/eth1", "s/eth2", "a/eth0", "b/eth0"));
    auto const spoken_of = ElementsAre("s/br0", "s/eth0", "s/eth1", "s/eth2", "a/eth0");
    EXPECT_THAT(of(off, "lo: fd00::1/128"), spoken_of);
    EXPECT_THAT(of(off, "routes: [fd01::/64 via fe80::1 dev eth0]"), spoken_of);
    EXPECT_THAT(of(off, "sysctls: {net.ipv6.conf.all.accept_ra: 2}"), spoken_of);
}

TEST(WantedState, WithoutOneFamilyKeepsTheOther) {
    auto const without = [](std::string const& addressing) {
        return lab_of("nodes: {a: , b: }\nlinks: [{link: [a, b]}]\naddressing: " + addressing + "\n");
    };
    EXPECT_EQ(without("{v6: off}").pool_v4->to_string(), "10.0.0.0/8");
    EXPECT_FALSE(without("{v6: off}").pool_v6);
    EXPECT_EQ(without("{v4: off}").pool_v6->to_string(), "fd00::/48");
    EXPECT_FALSE(without("{v4: 10.1.0.0/16}").pool_v6) << "a pool that is written alone is the only one";
    EXPECT_FALSE(without("{v4: off, v6: off}").pool_v4);
}

TEST(WantedState, HasDevicesOfEveryKindWithWhatTheirKeysSay) {
    auto const state = wanted_state(lab_of(R"(nodes:
  b:
  a:
    interfaces:
      bond0: { kind: bond, mode: active-backup, ports: [eth0] }
      v10: { kind: vlan, link: bond0, id: 10 }
      red: { kind: vrf, table: 10, ports: [v10] }
      vx: { kind: vxlan, id: 42, remote: 10.0.1.2, local: 10.0.1.1, link: eth0 }
      mv: { kind: macvlan, link: eth0, mode: bridge }
      iv: { kind: ipvlan, link: eth0, mode: l3 }
      g: { kind: gre, remote: 10.0.1.2, key: 7 }
      t: { kind: tap, mtu: 1400 }
      d: { kind: dummy, ip: 10.9.0.1/32 }
links: [{ link: [a, b] }]
)"));
    auto const& links = state.namespaces[1].links;
    auto const link = [&](std::string_view name) { return *std::ranges::find(links, name, &Link::name); };
    EXPECT_EQ(std::get<Bond>(link("bond0").kind).mode, 1);
    EXPECT_EQ(link("eth0").master, LinkRef{"bond0"});
    EXPECT_EQ(std::get<Vlan>(link("v10").kind).id, 10);
    EXPECT_EQ(link("v10").lower, LinkRef{"bond0"});
    EXPECT_EQ(link("v10").master, LinkRef{"red"});
    EXPECT_EQ(std::get<Vrf>(link("red").kind).table, 10u);
    auto const vxlan = std::get<Vxlan>(link("vx").kind);
    EXPECT_EQ(vxlan.id, 42u);
    EXPECT_EQ(vxlan.port, 4789);
    EXPECT_EQ(vxlan.underlay, LinkRef{"eth0"});
    EXPECT_EQ(vxlan.remote->to_string(), "10.0.1.2");
    EXPECT_FALSE(link("vx").lower);
    EXPECT_EQ(std::get<Macvlan>(link("mv").kind).mode, 4u);
    EXPECT_EQ(std::get<Ipvlan>(link("iv").kind).mode, 1);
    EXPECT_EQ(std::get<Gre>(link("g").kind).output.key, 7u);
    EXPECT_EQ(std::get<Tun>(link("t").kind).type, 2);
    EXPECT_EQ(std::get<PlainKind>(link("d").kind).name, "dummy");
}

TEST(WantedState, TellsPortsOfAVlanAwareSwitchWhatTheyCarry) {
    auto const state =
        wanted_state(lab_of(R"(nodes: { a: , b: , c: , s: { role: switch, switch: { vlan-aware: yes } } }
links:
  - link: [a, { node: s, vlan: 10 }]
  - link: [b, { node: s, trunk: [10, 20] }]
  - link: [{ node: c, offload: no }, s]
)"));
    auto const& s = state.namespaces[3];
    EXPECT_EQ(std::get<Bridge>(s.links[1].kind).vlan_default_pvid, 0);
    EXPECT_THAT(s.vlans,
                ElementsAre(BridgeVlan{{"eth0"}, 10, true, true}, BridgeVlan{{"eth1"}, 10, false, false},
                            BridgeVlan{{"eth1"}, 20, false, false}, BridgeVlan{{"eth2"}, 1, true, true}));
    EXPECT_EQ(state.namespaces[2].offloads.at("eth0"), false);
    EXPECT_TRUE(state.namespaces[0].offloads.empty());
}

TEST(WantedState, SharesEquallyShortWays) {
    auto const state = wanted_state(lab_of(
        "nodes: {r: {count: 4, role: router}}\nlinks: [{ring: [r*]}]\naddressing: {v4: 10.0.0.0/16}\n"));
    auto const& routes = state.namespaces[0].routes;
    bool shared = false;
    for (auto const& route : routes) shared = shared || route.hops.size() == 2;
    EXPECT_FALSE(routes.empty());
    EXPECT_FALSE(shared) << "the farthest cable of a ring of four is two hops away by one way only";
    auto const odd = wanted_state(lab_of(
        "nodes: {r: {count: 5, role: router}}\nlinks: [{ring: [r*]}]\naddressing: {v4: 10.0.0.0/16}\n"));
    for (auto const& route : odd.namespaces[0].routes) shared = shared || route.hops.size() == 2;
    EXPECT_TRUE(shared) << "the farthest cable of a ring of five is as far either way";
}

TEST(WantedState, HasNoRouteOverAnEndThatIsDown) {
    for (std::string const gateway : {"auto", "r", "10.0.1.1"}) {
        auto const lab =
            lab_of("addressing: { v4: 10.0.0.0/16, v6: off }\nnodes: { a: { gateway: " + gateway +
                   " }, r: { role: router }, b: {} }\n"
                   "links: [{ link: [{ node: a, up: no }, r] }, { link: [r, b] }]\n");
        EXPECT_TRUE(wanted_state(lab).namespaces[0].routes.empty()) << gateway;
    }
}

TEST(NatRuleset, IsWhatNftTakes) {
    auto const lab = lab_of(
        "nodes:\n  r:\n    role: router\n    nat:\n      - masquerade: eth0\n      - {masquerade: eth1, "
        "family: both, from: 10.1.0.0/16}\n"
        "      - {snat: 192.0.2.1, out: eth0}\n      - {dnat: 'tcp 8080 -> 10.0.2.2:80', in: eth0}\n  a:\n  "
        "b:\n"
        "links: [{link: [r, a]}, {link: [r, b]}]\n");
    EXPECT_EQ(nat_ruleset(lab.nodes[0]),
              "table ip vethwork_nat {\n"
              "  chain prerouting {\n"
              "    type nat hook prerouting priority dstnat; policy accept;\n"
              "    iifname \"eth0\" tcp dport 8080 dnat to 10.0.2.2:80\n"
              "  }\n"
              "  chain postrouting {\n"
              "    type nat hook postrouting priority srcnat; policy accept;\n"
              "    oifname \"eth0\" masquerade\n"
              "    oifname \"eth1\" ip saddr 10.1.0.0/16 masquerade\n"
              "    oifname \"eth0\" snat to 192.0.2.1\n"
              "  }\n"
              "}\n"
              "table ip6 vethwork_nat {\n"
              "  chain postrouting {\n"
              "    type nat hook postrouting priority srcnat; policy accept;\n"
              "    oifname \"eth1\" masquerade\n"
              "  }\n"
              "}\n");
}

TEST(HostsText, NamesEveryAddress) {
    auto const lab = lab_of("nodes: {a: {lo: 192.0.2.1/32}, b: }\nlinks: [{link: [a, b]}]\n");
    EXPECT_EQ(hosts_text(lab),
              "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n10.0.1.1 a\nfd00:0:0:1::1 "
              "a\n192.0.2.1 a\n"
              "10.0.1.2 b\nfd00:0:0:1::2 b\n");
}

}  // namespace
}  // namespace vethwork::topology
