#include <vethwork/plan/lab_plan.hpp>

#include <linux/if.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/plan/script.hpp>

namespace vethwork::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using topology::Link;
using topology::NamespaceState;
using topology::NetworkState;

Link up_link(std::string const& name, topology::LinkKind kind) {
    Link link;
    link.name = name;
    link.kind = std::move(kind);
    link.flags = link.flags_mask = IFF_UP;
    return link;
}

Link end(std::string const& name, std::string const& peer, std::string const& peer_netns) {
    Link other;
    other.name = peer;
    other.netns = topology::NamespaceRef{.name = peer_netns};
    return up_link(name, topology::Veth{{other}});
}

topology::InterfaceAddress address(std::string const& link, char const* text) {
    auto const prefix = IpPrefix::parse(text).value();
    return {
        .link = {link}, .family = prefix.family(), .local = prefix.address, .prefix_length = prefix.length};
}

topology::Route route(char const* destination, char const* via, std::string const& link) {
    topology::Route route;
    route.destination = IpPrefix::parse(destination).value();
    if (via) route.via = IpAddress::parse(via).value();
    route.link = topology::LinkRef{link};
    route.protocol = topology::static_protocol;
    return route;
}

/// Two hosts at a switch.
NetworkState star() {
    auto port = [](std::string const& name, std::string const& peer_netns) {
        auto link = end(name, "eth0", peer_netns);
        link.master = topology::LinkRef{"br0"};
        return link;
    };
    return {
        .namespaces = {
            {.name = "a", .links = {end("eth0", "p0", "sw")}, .addresses = {address("eth0", "10.0.0.1/24")}},
            {.name = "b",
             .links = {end("eth0", "p1", "sw")},
             .addresses = {address("eth0", "10.0.0.2/24")},
             .routes = {route("10.9.0.0/16", "10.0.0.1", "eth0")}},
            {.name = "sw", .links = {up_link("br0", topology::Bridge{}), port("p0", "a"), port("p1", "b")}},
        }};
}

std::vector<std::string> told(Plan const& plan) {
    std::vector<std::string> lines;
    for (auto const& step : plan.steps)
        lines.push_back(step.netns + ": " + join(words_of(step.operation), " "));
    return lines;
}

TEST(MakePlan, BuildsALabFromNothingInAGoodOrder) {
    EXPECT_THAT(told(make_plan(star(), {})),
                ElementsAre("a: netns add a", "b: netns add b", "sw: netns add sw",
                            "sw: link add name br0 type bridge",
                            "sw: link add name p0 master br0 up type veth peer name eth0 netns a",
                            "sw: link add name p1 master br0 up type veth peer name eth0 netns b",
                            "a: address add 10.0.0.1/24 dev eth0", "a: link set dev eth0 up",
                            "b: address add 10.0.0.2/24 dev eth0", "b: link set dev eth0 up",
                            "b: route add 10.9.0.0/16 via 10.0.0.1 dev eth0 proto static",
                            "sw: link set dev br0 up"));
}

TEST(MakePlan, HasNothingToDoWhereAllIsAsWanted) { EXPECT_THAT(told(make_plan(star(), star())), IsEmpty()); }

TEST(MakePlan, DoesOnlyWhatDiffers) {
    auto wanted = star();
    wanted.namespaces[0].links[0].mtu = 1400;
    wanted.namespaces[0].addresses[0] = address("eth0", "10.0.0.7/24");
    wanted.namespaces[1].routes[0].via = IpAddress::parse("10.0.0.7").value();
    auto actual = star();
    actual.namespaces[0].links[0].mtu = 1500;
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre("a: address delete 10.0.0.1/24 dev eth0", "a: link set dev eth0 mtu 1400",
                            "a: address add 10.0.0.7/24 dev eth0",
                            "b: route replace 10.9.0.0/16 via 10.0.0.7 dev eth0 proto static"));
}

TEST(MakePlan, TakesACableOutOnceAndEndsWhatIsNotWanted) {
    auto wanted = star();
    wanted.namespaces.erase(wanted.namespaces.begin());
    std::erase_if(wanted.namespaces.back().links, [](Link const& link) { return link.name == "p0"; });
    EXPECT_THAT(told(make_plan(wanted, star())), ElementsAre("sw: link delete dev p0", "a: netns delete a"));
}

TEST(MakePlan, PutsOnALinkThatIsMadeAnewWhatWasOnTheOldOne) {
    auto wanted = star(), actual = star();
    // a and b change places at the switch: the same names, other cables.
    auto& ports = wanted.namespaces[2].links;
    ports[1] = end("p0", "eth0", "b");
    ports[2] = end("p1", "eth0", "a");
    for (auto* const port : {&ports[1], &ports[2]}) port->master = topology::LinkRef{"br0"};
    wanted.namespaces[0].links = {end("eth0", "p1", "sw")};
    wanted.namespaces[1].links = {end("eth0", "p0", "sw")};
    auto const lines = told(make_plan(wanted, actual));
    EXPECT_THAT(lines, testing::IsSupersetOf(
                           {"a: address add 10.0.0.1/24 dev eth0", "b: address add 10.0.0.2/24 dev eth0",
                            "b: route add 10.9.0.0/16 via 10.0.0.1 dev eth0 proto static"}));
    for (auto const& line : lines) EXPECT_EQ(line.find("address delete"), line.npos) << line;
}

TEST(MakePlan, EndsWhatStandsOnALinkThatGoesWithIt) {
    auto actual = star();
    auto vlan = up_link("v10", topology::Vlan{.id = std::uint16_t{10}});
    vlan.lower = topology::LinkRef{"bond0"};
    actual.namespaces[0].links.push_back(up_link("bond0", topology::Bond{}));
    actual.namespaces[0].links.push_back(vlan);
    actual.namespaces[0].addresses.push_back(address("v10", "10.5.0.1/24"));
    EXPECT_THAT(told(make_plan(star(), actual)), ElementsAre("a: link delete dev bond0"));
}

topology::Qdisc netem_at(std::string const& link, topology::Netem const& netem) {
    return {.link = {link}, .kind = "netem", .parent = topology::qdisc_root, .options = netem};
}

TEST(MakePlan, ImpairsLinksAfterTheyAreMade) {
    auto wanted = star();
    wanted.namespaces[0].qdiscs = {netem_at("eth0", {.delay = {20'000'000}})};
    auto const plan = make_plan(wanted, {});
    EXPECT_THAT(told(plan), testing::Contains("a: qdisc add dev eth0 root netem delay 20ms"));
    EXPECT_THAT(script_of(plan, wanted, {.prefix = "lab."}),
                testing::HasSubstr("\ntc -n lab.a qdisc add dev eth0 root netem delay 20ms\n"));
    EXPECT_THAT(told(make_plan(wanted, wanted)), IsEmpty());
    EXPECT_THAT(told(make_plan(wanted, star())), ElementsAre("a: qdisc add dev eth0 root netem delay 20ms"));
    EXPECT_THAT(told(make_plan(star(), wanted)), ElementsAre("a: qdisc delete dev eth0 root"));
}

TEST(MakePlan, ChangesAnImpairmentInOneStepUnlessTheDelayVariesOtherwise) {
    topology::Netem const varying{.delay = {20'000'000}, .jitter = {1'000'000}};
    auto actual = star(), wanted = star();
    actual.namespaces[0].qdiscs = {netem_at("eth0", varying)};
    wanted.namespaces[0].qdiscs = {netem_at("eth0", {.delay = {30'000'000}})};
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre("a: qdisc change dev eth0 root netem delay 30ms 0ms"));
    auto normal = varying;
    normal.distribution = topology::DelayDistribution::normal;
    wanted.namespaces[0].qdiscs = {netem_at("eth0", normal)};
    EXPECT_THAT(
        told(make_plan(wanted, actual)),
        ElementsAre("a: qdisc delete dev eth0 root",
                    "a: qdisc add dev eth0 root handle d151: netem delay 20ms 1ms distribution normal"));
}

TEST(MakePlan, LeavesDisciplinesOfOthersAloneWhereItWantsNone) {
    auto actual = star(), wanted = star();
    actual.namespaces[0].qdiscs = {{.link = {"eth0"}, .kind = "tbf", .parent = topology::qdisc_root}};
    EXPECT_THAT(told(make_plan(wanted, actual)), IsEmpty());
    wanted.namespaces[0].qdiscs = {netem_at("eth0", {.delay = {20'000'000}})};
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre("a: qdisc delete dev eth0 root", "a: qdisc add dev eth0 root netem delay 20ms"));
}

TEST(MakePlan, LeavesAloneWhatOthersHaveInANamespaceThatIsNotTheLabs) {
    auto wanted = star();
    wanted.namespaces[1].outside = true;
    wanted.namespaces[1].routes.clear();
    auto actual = star();
    auto& machine = actual.namespaces[1];
    machine.links.push_back(end("dock0", "x", "elsewhere"));
    machine.addresses.push_back(address("dock0", "192.0.2.1/24"));
    machine.routes = {route("0.0.0.0/0", "192.0.2.9", "dock0"), route("10.9.0.0/16", "10.0.0.1", "eth0")};
    topology::Neighbour neighbour;
    neighbour.link = topology::LinkRef{"dock0"};
    machine.neighbours = {neighbour};
    topology::Rule rule;
    rule.priority = 5;
    machine.rules = {rule};
    EXPECT_THAT(
        told(make_plan(wanted, actual)),
        ElementsAre("b: route delete unicast 10.9.0.0/16 via 10.0.0.1 dev eth0 proto static scope global"))
        << "only what is on the lab's own link";
    machine.links[0].kind = topology::PlainKind{.name = "dummy"};
    for (auto const& line : told(make_plan(wanted, actual))) EXPECT_EQ(line.find("link delete"), line.npos);
}

TEST(MakePlan, GivesEachStepAReasonAndAKey) {
    auto wanted = star();
    wanted.namespaces[0].sysctls["net.ipv4.ip_forward"] = "1";
    auto const plan = make_plan(wanted, star());
    ASSERT_EQ(plan.steps.size(), 1u);
    EXPECT_EQ(plan.steps[0].key, "a/sysctl/net.ipv4.ip_forward");
    EXPECT_EQ(plan.steps[0].reason, "is wanted, and not there");
}

TEST(MakePlan, PutsLinksAboveWhatTheyStandOnAndPortsIntoBondsWhileTheyAreDown) {
    auto vlan = up_link("v10", topology::Vlan{.id = std::uint16_t{10}});
    vlan.lower = topology::LinkRef{"bond0"};
    auto port = end("eth0", "eth0", "b");
    port.master = topology::LinkRef{"bond0"};
    NetworkState const wanted{
        .namespaces = {{.name = "a",
                        .links = {port, vlan, up_link("bond0", topology::Bond{.mode = std::uint8_t{1}}),
                                  up_link("t0", topology::Tun{.type = std::uint8_t{2}})}},
                       {.name = "b", .links = {end("eth0", "eth0", "a")}}}};
    EXPECT_THAT(
        told(make_plan(wanted, {})),
        ElementsAre("a: netns add a", "b: netns add b",
                    "a: link add name bond0 up type bond mode active-backup",
                    "a: link add name eth0 type veth peer name eth0 netns b", "a: tuntap add dev t0 mode tap",
                    "a: link set dev t0 up", "a: link add name v10 link bond0 type vlan id 10",
                    "a: link set dev eth0 master bond0", "a: link set dev eth0 up", "a: link set dev v10 up",
                    "b: link set dev eth0 up"));
    auto other = wanted;
    other.namespaces[0].links[1].kind = topology::Vlan{.id = std::uint16_t{20}};
    EXPECT_THAT(told(make_plan(wanted, other)),
                ElementsAre("a: link delete dev v10", "a: link add name v10 link bond0 type vlan id 10",
                            "a: link set dev v10 up"));
}

TEST(MakePlan, ChangesABridgeWhileItIsThere) {
    auto wanted = star();
    wanted.namespaces[2].links[0].kind = topology::Bridge{.stp_state = 1};
    EXPECT_THAT(told(make_plan(wanted, star())), ElementsAre("sw: link set dev br0 type bridge stp_state 1"));
}

TEST(MakePlan, LetsAWideBridgeListenToGroupsWhenAllItsPortsAreThere) {
    auto const wide = [](std::size_t ports, std::optional<std::uint8_t> snooping) {
        NetworkState state{.namespaces = {{.name = "sw"}}};
        topology::Bridge bridge;
        bridge.multicast_snooping = snooping;
        state.namespaces[0].links.push_back(up_link("br0", bridge));
        for (std::size_t i = 0; i < ports; ++i) {
            auto const host = "h" + std::to_string(i);
            auto port = end("p" + std::to_string(i), "eth0", host);
            port.master = topology::LinkRef{"br0"};
            state.namespaces[0].links.push_back(port);
            state.namespaces.push_back({.name = host, .links = {end("eth0", port.name, "sw")}});
        }
        return make_plan(state, {});
    };
    auto const of_64 = told(wide(64, {}));
    EXPECT_EQ(std::ranges::count(of_64, "sw: link add name br0 type bridge mcast_snooping 0"), 1);
    EXPECT_EQ(of_64.back(), "sw: link set dev br0 type bridge mcast_snooping 1");
    EXPECT_EQ(std::ranges::count(told(wide(63, {})), "sw: link add name br0 type bridge"), 1);
    EXPECT_EQ(told(wide(64, std::uint8_t{0})).back(), "h63: link set dev eth0 up");
}

TEST(MakePlan, TellsLinksHowToComeByTheirAddressBeforeTheyAreUp) {
    auto wanted = star();
    wanted.namespaces[0].links[0].address_generation_mode = std::uint8_t{1};
    wanted.namespaces[2].links[1].address_generation_mode = std::uint8_t{1};
    auto const steps = told(make_plan(wanted, {}));
    auto const place = [&](std::string const& step) {
        return std::ranges::find(steps, step) - steps.begin();
    };
    EXPECT_LT(place("a: link set dev eth0 addrgenmode none"), place("a: link set dev eth0 up"));
    EXPECT_LT(place("sw: link set dev p0 addrgenmode none"), place("a: link set dev eth0 up"));
    EXPECT_LT(place("a: link set dev eth0 up"), static_cast<std::ptrdiff_t>(steps.size()));
    auto actual = star();
    actual.namespaces[0].links[0].address_generation_mode = std::uint8_t{0};
    actual.namespaces[2].links[1].address_generation_mode = std::uint8_t{1};
    EXPECT_THAT(told(make_plan(wanted, actual)), ElementsAre("a: -qw net.ipv6.conf.eth0.addr_gen_mode=1"));
}

TEST(MakePlan, TellsPortsTheirVlansAndLeavesAloneThoseOfOthers) {
    auto wanted = star(), actual = star();
    wanted.namespaces[2].vlans = {{{"p0"}, 10, true, true}, {{"p0"}, 20, false, false}};
    actual.namespaces[2].vlans = {
        {{"p0"}, 1, true, true}, {{"p0"}, 20, false, false}, {{"p1"}, 1, true, true}};
    wanted.namespaces[0].offloads["eth0"] = false;
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre("a: -K eth0 tx off tso off gso off gro off",
                            "sw: vlan add dev p0 vid 10 pvid untagged", "sw: vlan del dev p0 vid 1"));
    EXPECT_EQ(command_of(make_plan(wanted, actual).steps[1], wanted, {}),
              "bridge -n sw vlan add dev p0 vid 10 pvid untagged");
}

TEST(MakePlan, SetsWhatLinksTakeOverBeforeThereAreAny) {
    auto wanted = star();
    wanted.namespaces[0].sysctls = {{"net.ipv4.ip_forward", "1"}, {"net.ipv6.conf.all.accept_dad", "0"}};
    auto const plan = make_plan(wanted, {});
    auto const place = [&](std::string const& key) {
        return std::ranges::find(plan.steps, key, &Step::key) - plan.steps.begin();
    };
    EXPECT_LT(place("a/sysctl/net.ipv6.conf.all.accept_dad"), place("a/link/eth0"));
    EXPECT_GT(place("a/sysctl/net.ipv4.ip_forward"), place("a/link/eth0"));
}

TEST(MakePlan, SetsWhatIsWrittenOverOthersFirstAndThoseAgain) {
    auto wanted = star();
    wanted.namespaces[0].sysctls = {{"net.ipv4.conf.default.forwarding", "0"},
                                    {"net.ipv4.conf.eth0.forwarding", "0"},
                                    {"net.ipv4.conf.eth0.log_martians", "0"},
                                    {"net.ipv4.ip_forward", "1"}};
    auto actual = star();
    actual.namespaces[0].sysctls = wanted.namespaces[0].sysctls;
    EXPECT_TRUE(make_plan(wanted, actual).empty());
    actual.namespaces[0].sysctls["net.ipv4.ip_forward"] = "0";
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre("a: -qw net.ipv4.ip_forward=1", "a: -qw net.ipv4.conf.default.forwarding=0",
                            "a: -qw net.ipv4.conf.eth0.forwarding=0"));
}

TEST(MakePlan, PutsRoutesAgainThatGoWithTheLastAddressOfALink) {
    auto wanted = star(), actual = star();
    wanted.namespaces[0].addresses = {address("eth0", "10.0.0.7/24")};
    wanted.namespaces[0].routes = {route("10.9.0.0/16", "10.0.0.2", "eth0")};
    actual.namespaces[0].routes = {route("10.9.0.0/16", "10.0.0.2", "eth0"),
                                   route("10.8.0.0/16", "10.0.0.2", "eth0")};
    auto const words = " via 10.0.0.2 dev eth0 proto static";
    EXPECT_THAT(told(make_plan(wanted, actual)),
                ElementsAre(testing::StartsWith("a: route delete unicast 10.8.0.0/16"),
                            "a: address delete 10.0.0.1/24 dev eth0", "a: address add 10.0.0.7/24 dev eth0",
                            testing::StartsWith(std::string("a: route replace 10.9.0.0/16") + words)));
    wanted.namespaces[0].addresses.push_back(address("eth0", "10.0.0.1/24"));
    for (auto const& line : told(make_plan(wanted, actual))) EXPECT_EQ(line.find("replace"), line.npos);
}

TEST(MakePlan, ClearsTheOldRulesetWhereTheNamespaceIsTheLabsOwnAndNotNew) {
    auto const ruleset_step = [](NetworkState const& wanted, NetworkState const& actual) -> std::string {
        for (auto const& step : make_plan(wanted, actual).steps)
            if (auto const* const load = std::get_if<LoadRuleset>(&step.operation)) return load->text;
        return "none";
    };
    NetworkState const none, bare{.namespaces = {{.name = "a"}}};
    NetworkState const old{.namespaces = {{.name = "a", .ruleset = "table ip old {}\n"}}};
    NetworkState fresh{.namespaces = {{.name = "a", .ruleset = "table ip t {}\n"}}};
    EXPECT_EQ(ruleset_step(fresh, none), "table ip t {}\n");
    EXPECT_EQ(ruleset_step(fresh, bare), "flush ruleset\ntable ip t {}\n");
    EXPECT_EQ(ruleset_step(fresh, old), "flush ruleset\ntable ip t {}\n");
    EXPECT_EQ(ruleset_step(bare, old), "flush ruleset\n");
    EXPECT_EQ(ruleset_step(fresh, fresh), "none");
    fresh.namespaces[0].outside = true;
    EXPECT_EQ(ruleset_step(fresh, old), "table ip t {}\n");
}

TEST(MakePlan, RewiresACableThatLeadsElsewhere) {
    auto wanted = star();
    auto& switch_links = wanted.namespaces[2].links;
    wanted.namespaces[0].links[0] = end("eth0", "p9", "sw");
    switch_links[1] = end("p9", "eth0", "a");
    auto const lines = told(make_plan(wanted, star()));
    EXPECT_EQ(std::ranges::count_if(
                  lines, [](auto const& line) { return line.find("delete") != std::string::npos; }),
              1);
    EXPECT_EQ(std::ranges::count_if(
                  lines, [](auto const& line) { return line.find("link add") != std::string::npos; }),
              1);
}

}  // namespace
}  // namespace vethwork::plan
