#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/link_kinds.hpp>

#include <linux/rtnetlink.h>

#include <gtest/gtest.h>

namespace vethwork::netlink {
namespace {

using topology::Link;

Link through_the_wire(Link const& link) {
    MessageWriter message(RTM_NEWLINK, 0, "test");
    write_link(link, message);
    return read_link(*MessageReader(message.bytes()).next()).value();
}

void expect_kind(topology::LinkKind const& kind) {
    Link link;
    link.name = "x";
    link.kind = kind;
    EXPECT_EQ(through_the_wire(link).kind, kind) << kind_name(kind);
}

TEST(LinkKinds, ReadWhatTheyWrite) {
    auto const v4 = IpAddress::parse("192.0.2.1"), v6 = IpAddress::parse("2001:db8::1");
    topology::LinkRef const seven{"", 7};
    expect_kind(topology::Bridge{.priority = 9, .vlan_protocol = 0x88a8, .switches = {{1, 3}}});
    expect_kind(topology::Vxlan{.id = 5,
                                .remote = v6,
                                .local = v6,
                                .underlay = seven,
                                .flow_label = 9,
                                .source_ports = {{1, 2}},
                                .port = 4789,
                                .learning = false,
                                .group_policy = true});
    expect_kind(topology::Geneve{.id = 5, .remote = v4, .port = 6081, .external = true});
    expect_kind(topology::Macvlan{
        .mode = 16, .address_action = 3, .addresses = {*LinkAddress::parse("2:0:0:0:0:1")}});
    expect_kind(topology::Vlan{.id = 5, .protocol = 0x8100, .flags = {{1, 3}}, .egress = {{{1, 2}, {3, 4}}}});
    expect_kind(topology::Bond{.mode = 4, .arp_targets = {{*v4}}, .primary = seven});
    topology::Gre gre{.remote = v4, .local = v4, .ttl = 3, .path_mtu_discovery = true};
    gre.input = {.key = 5, .with_key = true, .with_sequence = false, .with_checksum = true};
    expect_kind(gre);
    topology::IpTunnel tunnel{.remote = v4, .protocol = 4};
    tunnel.rapid_prefix = IpPrefix::parse("2001:db8::/32");
    expect_kind(tunnel);
    topology::Ip6Tunnel outer;
    outer.remote = v6;
    outer.traffic_class = 3;
    outer.flow_label = 5;
    expect_kind(outer);
    expect_kind(topology::Vti{.remote = v4, .input_key = 3});
    expect_kind(topology::Xfrm{.id = 3, .underlay = seven});
    expect_kind(topology::Vrf{.table = 10});
}

TEST(LinkKinds, AChangeOfATunnelKeepsWhatItDoesNotSay) {
    topology::Gre present{.remote = IpAddress::parse("192.0.2.1"), .ttl = 3};
    present.input = {.key = 5, .with_key = true, .with_sequence = true, .with_checksum = false};
    topology::LinkKind changes = topology::Gre{.ttl = 9};
    std::get<topology::Gre>(changes).input.with_sequence = false;
    gre_kind.fill(changes, present);
    auto expected = present;
    expected.ttl = std::uint8_t{9};
    expected.input.with_sequence = false;
    EXPECT_EQ(changes, topology::LinkKind(expected));
}

TEST(LinkKinds, AKindWithoutSettingsSendsNoData) {
    MessageWriter bare(RTM_NEWLINK, 0, "test"), plain(RTM_NEWLINK, 0, "test");
    Link link;
    link.kind = topology::Bridge{};
    write_link(link, bare);
    link.kind = topology::PlainKind{"bridge"};
    write_link(link, plain);
    EXPECT_EQ(bare.bytes().size(), plain.bytes().size());
}

}  // namespace
}  // namespace vethwork::netlink
