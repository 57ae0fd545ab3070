#include <gtest/gtest.h>

#include <vethwork/diagnose/fib.hpp>

namespace vethwork::diagnose {
namespace {

using topology::Route;
using topology::Rule;

Route route(char const* prefix, std::uint32_t table = topology::main_table, std::uint32_t priority = 0) {
    Route made{.table = table};
    if (std::string_view(prefix) != "default") made.destination = IpPrefix::parse(prefix);
    if (priority != 0) made.priority = priority;
    return made;
}

Rule rule(std::uint32_t priority, std::uint32_t table) {
    Rule made{.table = table};
    made.priority = priority;
    return made;
}

PacketKey to(char const* address) { return {.destination = *IpAddress::parse(address)}; }

TEST(Fib, LongerPrefixWins) {
    std::vector const routes{route("default"), route("10.0.0.0/8"), route("10.1.0.0/16")};
    EXPECT_EQ(best_route(routes, topology::main_table, to("10.1.2.3")), &routes[2]);
    EXPECT_EQ(best_route(routes, topology::main_table, to("10.2.2.3")), &routes[1]);
    EXPECT_EQ(best_route(routes, topology::main_table, to("192.0.2.1")), &routes[0]);
    EXPECT_EQ(best_route(routes, 77, to("10.1.2.3")), nullptr);
}

TEST(Fib, LowerMetricWinsAmongEqualPrefixes) {
    std::vector const routes{route("10.0.0.0/8", topology::main_table, 20),
                             route("10.0.0.0/8", topology::main_table, 5)};
    EXPECT_EQ(best_route(routes, topology::main_table, to("10.1.2.3")), &routes[1]);
}

TEST(Fib, RulesAreAskedInOrderAndAThrowGoesOn) {
    std::vector const rules{rule(100, 7), rule(200, 8), rule(32766, topology::main_table)};
    std::vector routes{route("10.0.0.0/8", 7), route("10.0.0.0/8", 8), route("default")};
    EXPECT_EQ(look_up(rules, routes, to("10.0.0.1")).rule, &rules[0]);
    routes[0].type = topology::RouteType::throw_on;
    EXPECT_EQ(look_up(rules, routes, to("10.0.0.1")).rule, &rules[1]);
    EXPECT_EQ(look_up_without(rules, routes, to("10.0.0.1"), &rules[1]).route, &routes[2]);
}

TEST(Fib, RulesSelectBySourceDeviceAndPort) {
    Rule selecting = rule(10, 7);
    selecting.source = IpPrefix::parse("10.0.1.0/24");
    selecting.incoming = "eth1";
    selecting.destination_ports = topology::PortRange{80, 90};
    PacketKey packet = to("192.0.2.1");
    packet.source = IpAddress::parse("10.0.1.2");
    packet.incoming = "eth1";
    packet.destination_port = 85;
    EXPECT_TRUE(applies(selecting, packet));
    packet.destination_port = 91;
    EXPECT_FALSE(applies(selecting, packet));
    packet.destination_port = 80;
    packet.incoming = "eth2";
    EXPECT_FALSE(applies(selecting, packet));
    selecting.flags = topology::rule_flag::invert;
    EXPECT_TRUE(applies(selecting, packet));
}

TEST(Fib, ForbiddingRulesEndTheSearchWithoutARoute) {
    std::vector rules{rule(10, 0), rule(32766, topology::main_table)};
    rules[0].action = topology::RuleAction::prohibit;
    std::vector const routes{route("default")};
    auto const found = look_up(rules, routes, to("10.0.0.1"));
    EXPECT_EQ(found.rule, &rules[0]);
    EXPECT_EQ(found.route, nullptr);
}

TEST(Fib, ADefaultRouteMayBeSuppressed) {
    std::vector rules{rule(10, topology::main_table), rule(20, 9)};
    rules[0].suppress_prefix_length = 0;
    std::vector const routes{route("default"), route("10.0.0.0/8"), route("default", 9)};
    EXPECT_EQ(look_up(rules, routes, to("10.0.0.1")).route, &routes[1]);
    EXPECT_EQ(look_up(rules, routes, to("192.0.2.1")).route, &routes[2]);
}

}  // namespace
}  // namespace vethwork::diagnose
