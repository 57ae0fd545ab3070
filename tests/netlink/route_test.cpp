#include <vethwork/netlink/route.hpp>

#include <linux/rtnetlink.h>

#include <gtest/gtest.h>

#include <vethwork/netlink/nexthop.hpp>
#include <vethwork/netlink/rule.hpp>

namespace vethwork::netlink {
namespace {

using namespace topology;

template <class Value>
Result<Value> through_the_wire(Value const& value, void (*write)(Value const&, MessageWriter&),
                               Result<Value> (*read)(Message const&)) {
    MessageWriter message(RTM_NEWROUTE, 0, "test");
    write(value, message);
    return read(*MessageReader(message.bytes()).next());
}

void expect_same(Route const& route) {
    auto const read = through_the_wire(route, write_route, read_route);
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(*read, route);
}

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

Route rich_route() {
    Route route{.destination = IpPrefix::parse("10.1.0.0/16"), .source = IpPrefix::parse("10.2.0.0/24")};
    route.tos = 0x10;
    route.table = 70000;
    route.via = address("192.0.2.1");
    route.link = LinkRef{"", 7};
    route.preferred_source = address("192.0.2.9");
    route.priority = 5;
    route.realms = 3 << 16 | 4;
    route.metrics[RouteMetric::mtu] = 1400;
    route.metrics.lock(RouteMetric::mtu);
    route.metrics.congestion_control = "cubic";
    route.ttl_propagate = 1;
    route.expires = 60;
    return route;
}

TEST(Route, WhatIsWrittenReadsBack) {
    expect_same(Route{});
    expect_same(rich_route());
    Route v6{.family = Family::ipv6, .destination = IpPrefix::parse("2001:db8::/64")};
    v6.preference = 1;
    v6.nexthop_id = 9;
    expect_same(v6);
}

TEST(Route, HopsReadBack) {
    Route route{.destination = IpPrefix::parse("10.1.0.0/16")};
    route.hops = {
        {.via = address("192.0.2.1"), .link = LinkRef{"", 3}, .weight = 256, .realms = 7},
        {.via = address("fe80::5"), .link = LinkRef{"", 4}, .flags = route_flag::onlink},
        {.link = LinkRef{"", 5}, .encapsulation = MplsEncapsulation{.labels = {100, 200}, .ttl = 9}}};
    expect_same(route);
}

TEST(Route, EncapsulationsReadBack) {
    Route route{.destination = IpPrefix::parse("10.1.0.0/16")};
    std::vector<GeneveOption> const geneve{{1, 2, {3, 4, 5, 6}}, {7, 8, {9, 9, 9, 9}}};
    for (Encapsulation const& encapsulation : std::vector<Encapsulation>{
             MplsEncapsulation{.labels = {16, 1048575}},
             IpEncapsulation{.id = 7, .source = address("1.2.3.4"), .ttl = 5, .key = true, .sequence = true},
             IpEncapsulation{
                 .family = Family::ipv6, .destination = address("fe80::1"), .tos = 4, .checksum = true},
             IpEncapsulation{.id = 7, .options = geneve},
             IpEncapsulation{.id = 7, .options = VxlanOption{77}},
             IpEncapsulation{.id = 7, .options = ErspanOption{.version = std::uint8_t{1}, .index = 5}},
             Seg6Encapsulation{Seg6Mode::encap, {address("fc00::1"), address("fc00::2")}, 5},
             Seg6Encapsulation{Seg6Mode::l2_encap_reduced, {address("fc00::1")}}, XfrmEncapsulation{9},
             OtherEncapsulation{8}}) {
        route.encapsulation = encapsulation;
        expect_same(route);
    }
}

TEST(Route, NamesTheAttributeThatBreaks) {
    MessageWriter message(RTM_NEWROUTE, 0, "test");
    message.fixed(rtmsg{.rtm_family = 2, .rtm_dst_len = 24});
    message.value(RTA_DST, "", std::uint16_t{1});
    auto const read = read_route(*MessageReader(message.bytes()).next());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().attribute, "RTA_DST");
}

TEST(Route, RefusesHopsThatLie) {
    MessageWriter message(RTM_NEWROUTE, 0, "test");
    message.fixed(rtmsg{.rtm_family = 2});
    message.value(RTA_MULTIPATH, "",
                  rtnexthop{.rtnh_len = 200, .rtnh_flags = 0, .rtnh_hops = 0, .rtnh_ifindex = 1});
    auto const read = read_route(*MessageReader(message.bytes()).next());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().attribute, "RTA_MULTIPATH");
}

TEST(Rule, WhatIsWrittenReadsBack) {
    Rule rule{.family = Family::ipv6, .flags = rule_flag::invert, .source = IpPrefix::parse("2001:db8::/32")};
    rule.destination = IpPrefix::parse("::1/128");
    rule.table = 1000;
    rule.priority = 5;
    rule.mark = 1;
    rule.mark_mask = 0xff;
    rule.incoming = "lo";
    rule.l3_master = 1;
    rule.uids = UidRange{0, 1000};
    rule.source_ports = PortRange{1, 2};
    rule.tunnel_id = 77;
    rule.suppress_prefix_length = 0;
    rule.nat_gateway = address("fe80::1");
    auto const read = through_the_wire(rule, write_rule, read_rule);
    ASSERT_TRUE(read) << read.error().describe();
    EXPECT_EQ(*read, rule);
}

TEST(Nexthop, WhatIsWrittenReadsBack) {
    Nexthop const hop{.family = Family::ipv4,
                      .id = 3,
                      .via = address("192.0.2.1"),
                      .link = LinkRef{"", 4},
                      .flags = route_flag::onlink,
                      .protocol = static_protocol,
                      .encapsulation = MplsEncapsulation{.labels = {100}}};
    EXPECT_EQ(through_the_wire(hop, write_nexthop, read_nexthop).value(), hop);
    Nexthop const group{.id = 10,
                        .fdb = true,
                        .group = {{1, 1}, {2, 256}},
                        .group_type = NexthopGroupType::resilient,
                        .resilience = NexthopResilience{.buckets = std::uint16_t{8}, .idle_timer = 100}};
    EXPECT_EQ(through_the_wire(group, write_nexthop, read_nexthop).value(), group);
}

}  // namespace
}  // namespace vethwork::netlink
