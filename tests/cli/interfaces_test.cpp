// Every kind of device that a topology file may have, as `up` makes it and `ip` sees it.
#include <gmock/gmock.h>

#include <vethwork/base/fd.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

struct Device {
    char const* kind;
    char const* probe;       ///< `ip link add … type`; empty: tun and tap
    char const* interfaces;  ///< the device x, and what it needs
    char const* expected;    ///< what `ip -d link show x` says among other things
};

void PrintTo(Device const& device, std::ostream* out) { *out << device.kind; }

class Interface : public testing::TestWithParam<Device> {};

Outcome in_lab(std::string const& verb) { return shell(program + " " + verb + " -f /run/t.vethwork.yaml"); }

TEST_P(Interface, IsMadeAsItsKeysSayAndIsThenAsWanted) {
    auto const& device = GetParam();
    if (!has_program("ip")) GTEST_SKIP() << "there is no ip";
    std::string const probe = device.probe;
    if (!probe.empty() && shell("ip link add probe type " + probe).status != 0)
        GTEST_SKIP() << "this kernel makes no " << device.kind;
    (void)shell("ip link delete probe; mkdir -p /run/netns");
    (void)write_file("/run/t.vethwork.yaml", std::string("vethwork: 1\nname: t\nnodes:\n  b:\n  a:\n"
                                                         "    interfaces:\n") +
                                                 device.interfaces + "links: [{ link: [a, b] }]\n");
    auto const up = in_lab("up");
    ASSERT_EQ(up.status, 0) << up.out << up.err;
    EXPECT_THAT(shell("ip -n t.a -d link show x").out, HasSubstr(device.expected));
    EXPECT_THAT(shell("ip -n t.a link show x").out, HasSubstr("UP"));
    EXPECT_EQ(in_lab("status").status, 0) << in_lab("plan").out;
    EXPECT_THAT(in_lab("up").err, HasSubstr("nothing to do"));
    EXPECT_EQ(in_lab("down").status, 0);
}

TEST(VlanAwareSwitch, KeepsItsVlansApart) {
    if (!has_program("ip") || !has_program("bridge")) GTEST_SKIP() << "there is no ip or bridge";
    if (shell("ip link add probe type bridge vlan_filtering 1").status != 0)
        GTEST_SKIP() << "this kernel's bridges do not filter VLANs";
    (void)shell("mkdir -p /run/netns");
    (void)write_file(
        "/run/t.vethwork.yaml",
        std::string("vethwork: 1\nname: t\naddressing: { v6: off }\nnodes:\n"
                    "  a:\n  b:\n  c:\n  s: { role: switch, switch: { vlan-aware: yes } }\n"
                    "links:\n"
                    "  - link: [{ node: a, ip: 10.0.0.1/24 }, { node: s, vlan: 10 }]\n"
                    "  - link: [{ node: b, ip: 10.0.0.2/24 }, { node: s, vlan: 10, trunk: [20] }]\n"
                    "  - link: [{ node: c, ip: 10.0.0.3/24 }, { node: s, vlan: 20 }]\n"));
    auto const up = in_lab("up");
    ASSERT_EQ(up.status, 0) << up.out << up.err;
    EXPECT_THAT(shell("bridge -n t.s vlan show dev eth1").out, HasSubstr("10 PVID Egress Untagged"));
    auto const ping = [](std::string const& address) {
        return shell("ip netns exec t.a " + program + " ping -c 1 -W 2 " + address).status;
    };
    EXPECT_EQ(ping("10.0.0.2"), 0);
    EXPECT_NE(ping("10.0.0.3"), 0);
    EXPECT_THAT(in_lab("up").err, HasSubstr("nothing to do"));
    EXPECT_EQ(in_lab("down").status, 0);
}

TEST(Offload, IsSwitchedOffWhereTheFileSaysSo) {
    (void)shell("mkdir -p /run/netns");
    (void)write_file("/run/t.vethwork.yaml",
                     std::string("vethwork: 1\nname: t\nnodes: { a: , b: }\n"
                                 "links: [{ link: [{ node: a, offload: no }, b] }]\n"));
    ASSERT_EQ(in_lab("up").status, 0);
    EXPECT_THAT(in_lab("up").err, HasSubstr("nothing to do")) << "what was set is found again";
    (void)shell("sed -i 's/offload: no/offload: yes/' /run/t.vethwork.yaml");
    EXPECT_THAT(in_lab("plan").out, HasSubstr("switch offload of \"eth0\" on"));
    EXPECT_EQ(in_lab("down").status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    OfKind, Interface,
    testing::Values(
        Device{"bridge", "bridge", "      x: { kind: bridge, ports: [eth0], options: stp_state 1 }\n",
               "stp_state 1"},
        Device{"vxlan", "vxlan id 1 dstport 1",
               "      x: { kind: vxlan, id: 42, remote: 10.0.1.2, link: eth0, port: 4000 }\n",
               "vxlan id 42 remote 10.0.1.2 dev eth0"},
        Device{"vxlan_group", "vxlan id 1 dstport 1",
               "      x: { kind: vxlan, id: 42, group: 239.1.1.1, link: eth0 }\n",
               "group 239.1.1.1 dev eth0"},
        Device{"macvlan", "bridge", "      x: { kind: macvlan, link: eth0, mode: bridge }\n",
               "macvlan mode bridge"},
        Device{"tun", "", "      x: { kind: tun, ip: 10.9.0.1/24, mtu: 1400 }\n", "tun type tun pi off"},
        Device{"tap", "", "      br: { kind: bridge, ports: [x] }\n      x: { kind: tap }\n",
               "tun type tap pi off"},
        Device{"ifb", "ifb", "      x: { kind: ifb }\n", "ifb"},
        Device{"dummy", "dummy", "      x: { kind: dummy, ip: 10.9.0.1/32 }\n", "dummy"},
        Device{"vlan", "bridge vlan_filtering 1",
               "      y: { kind: vlan, link: x, id: 8 }\n      x: { kind: vlan, link: eth0, id: 7 }\n",
               "vlan protocol 802.1Q id 7"},
        Device{"bond", "bond",
               "      x: { kind: bond, mode: active-backup, ports: [eth0], options: miimon 100 }\n",
               "bond mode active-backup active_slave eth0 miimon 100"},
        Device{"vrf", "vrf table 9", "      x: { kind: vrf, table: 10, ports: [eth0] }\n", "vrf table 10"},
        Device{"gre", "gre remote 127.0.0.2", "      x: { kind: gre, remote: 10.0.1.2, key: 7 }\n",
               "gre remote 10.0.1.2 local any ttl inherit ikey 0.0.0.7 okey 0.0.0.7"},
        Device{"ipip", "ipip remote 127.0.0.2",
               "      x: { kind: ipip, remote: 10.0.1.2, local: 10.0.1.3 }\n",
               "ipip any remote 10.0.1.2 local 10.0.1.3"},
        Device{"sit", "sit remote 127.0.0.2", "      x: { kind: sit, remote: 10.0.1.2 }\n",
               "sit any remote 10.0.1.2"},
        Device{"ip6gre", "ip6gre remote ::2", "      x: { kind: ip6gre, remote: \"fd00:0:0:1::2\" }\n",
               "ip6gre remote fd00:0:0:1::2"},
        Device{"geneve", "geneve id 1 remote 127.0.0.2",
               "      x: { kind: geneve, id: 5, remote: 10.0.1.2 }\n", "geneve id 5 remote 10.0.1.2"},
        Device{"ipvlan", "dummy", "      x: { kind: ipvlan, link: eth0, mode: l3 }\n", "ipvlan  mode l3"},
        Device{"wireguard", "wireguard", "      x: { kind: wireguard, ip: 10.9.0.1/24 }\n", "wireguard"}),
    [](auto const& one) { return std::string(one.param.kind); });

}  // namespace
}  // namespace vethwork::test
