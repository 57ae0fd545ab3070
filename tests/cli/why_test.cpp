// `vethwork why` in a network of our own: each fault is named, placed, and mended by what is printed; a sound
// network raises no alarm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_network.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;

struct Fault {
    char const* name;
    char const* change;  ///< shell lines
    char const* question;
    char const* cause;
    char const* netns;
};

void PrintTo(Fault const& fault, std::ostream* to) { *to << fault.name; }

constexpr Fault faults[] = {
    {"NoRouteForward", "ip -n a route del default", "a 10.2.0.9", "no-route-forward", "a"},
    {"NoRouteReturn", "ip -n z route del default", "a 10.2.0.9", "no-route-return", "z"},
    {"NoRouteReturn6", "ip -n z -6 route del default", "a fd02::9", "no-route-return", "z"},
    {"ForwardingOff", "ip netns exec r sysctl -qw net.ipv4.ip_forward=0", "a 10.2.0.9", "ip-forward-off",
     "r"},
    {"Forwarding6Off", "ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=0", "a fd02::9",
     "ip6-forwarding-off", "r"},
    {"WrongGateway", "ip -n a route replace default via 10.1.0.77", "a 10.2.0.9", "wrong-gateway", "a"},
    {"AddressMissing", "ip -n z addr flush dev eth0", "a 10.2.0.9", "address-missing", "z"},
    {"PeerDown", "ip -n r link set lan down", "a 10.1.0.1", "peer-down", "r"},
    {"PortDown", "ip -n s link set p2 down", "a 10.2.0.9", "bridge-port-down", "s"},
    {"BridgeDown", "ip -n s link set sw0 down", "a 10.2.0.9", "bridge-down", "s"},
    {"PortMissing", "ip -n s link set p2 nomaster", "a 10.2.0.9", "bridge-port-missing", "s"},
    {"PortIsolated", "bridge -n s link set dev p1 isolated on; bridge -n s link set dev p2 isolated on",
     "a 10.2.0.9", "bridge-port-isolated", "s"},
    {"WrongNeighbour", "ip -n r neigh replace 10.2.0.9 lladdr 02:00:00:00:00:99 dev wan nud permanent",
     "a 10.2.0.9", "neighbour-permanent-wrong-mac", "r"},
    {"ArpOff", "ip -n z link set eth0 arp off", "a 10.2.0.9", "arp-off", "z"},
    {"ArpIgnored", "ip netns exec z sysctl -qw net.ipv4.conf.all.arp_ignore=8", "a 10.2.0.9", "arp-ignore",
     "z"},
    {"Blackhole", "ip -n r route add blackhole 10.2.0.9", "a 10.2.0.9", "blackhole-route", "r"},
    {"ProhibitingRule", "ip -n r rule add from 10.1.0.0/24 prohibit pref 9", "a 10.2.0.9", "prohibit-rule",
     "r"},
    {"EchoIgnored", "ip netns exec z sysctl -qw net.ipv4.icmp_echo_ignore_all=1", "a 10.2.0.9",
     "icmp-echo-ignored", "z"},
    {"DropInForward",
     "ip netns exec r nft 'table inet f { chain c { type filter hook forward priority 0; policy drop; ip "
     "daddr 10.2.0.7 accept; }; }'",
     "a 10.2.0.9", "nft-drop-forward", "r"},
    {"DropOfAnswers",
     "ip netns exec r nft 'table ip f { chain c { type filter hook forward priority 0; ip saddr 10.2.0.9 "
     "drop; }; }'",
     "a 10.2.0.9", "nft-drop-forward", "r"},
    {"TtlTooSmall", "ip netns exec a sysctl -qw net.ipv4.ip_default_ttl=1", "a 10.2.0.9", "ttl-expired", "a"},
    {"PortClosed", ":", "a 10.2.0.9 tcp:4078", "port-closed", "z"},
};

json ask(std::string const& question) {
    auto const outcome = run({"/bin/sh", "-c", program + " why " + question + " --json"});
    auto answer = json::parse(outcome.out, nullptr, false);
    EXPECT_FALSE(answer.is_discarded()) << outcome.out << outcome.err;
    return answer.is_discarded() ? json::object() : answer;
}

void repair(json const& answer) {
    std::string commands;
    for (auto const& command : answer["repair"]) commands += command.get<std::string>() + "\n";
    auto const done = shell(commands);
    EXPECT_EQ(done.status, 0) << commands << done.err;
}

class Why : public testing::TestWithParam<Fault> {
protected:
    void SetUp() override { make_small_network({"ip", "bridge", "nft", "sysctl"}); }
};

TEST_P(Why, NamesPlacesAndMends) {
    auto const& fault = GetParam();
    auto const broken = shell(fault.change);
    ASSERT_EQ(broken.status, 0) << broken.err;
    auto const answer = ask(fault.question);
    EXPECT_EQ(answer.value("verdict", ""), "unreachable") << answer;
    EXPECT_EQ(answer.value("cause", ""), fault.cause) << answer;
    EXPECT_EQ(answer.value("namespace", ""), fault.netns) << answer;
    EXPECT_NE(answer.value("repair_tested", false), answer.contains("repair_not_tested")) << answer;
    bool const has_second =
        std::string_view(fault.name) == "DropInForward";  // of the same kind, for the answers
    EXPECT_EQ(answer.value("repair_tested", false) && !has_second, answer.value("repair_works", false))
        << answer;
    if (std::string_view(fault.cause) == "port-closed") return;  // its repair is a stand-in for a service
    // A filter without a rule for answers is a second fault behind the first.
    auto found = answer;
    for (int round = 0; round < 2 && found.value("verdict", "") != "reachable"; ++round) {
        repair(found);
        found = ask(fault.question);
    }
    bool const routes_lost = std::string_view(fault.name) == "AddressMissing";  // they went with the address
    EXPECT_TRUE(found.value("verdict", "") == "reachable" || routes_lost) << found;
}

INSTANTIATE_TEST_SUITE_P(Faults, Why, testing::ValuesIn(faults),
                         [](auto const& one) { return one.param.name; });

class Trial : public Why {};

TEST_F(Trial, IsMadeOnACopyAndLeavesTheNetworkAsItWas) {
    (void)shell("ip -n z route del default");
    auto const before =
        shell("ip -n z route; ls /run/netns; ip -n r -br link; ip netns exec z nft list ruleset").out;
    auto const answer = ask("a 10.2.0.9");
    EXPECT_TRUE(answer.value("repair_tested", false)) << answer;
    EXPECT_TRUE(answer.value("repair_works", false)) << answer;
    EXPECT_EQ(shell("ip -n z route; ls /run/netns; ip -n r -br link; ip netns exec z nft list ruleset").out,
              before);
    EXPECT_FALSE(ask("a 10.2.0.9 --no-trial").value("repair_tested", true));
}

TEST_F(Trial, TellsWhatACopyDoesNotShow) {
    auto const made = shell("tc -n r qdisc add dev wan root pfifo limit 0");
    if (made.status != 0) GTEST_SKIP() << "no such discipline here: " << made.err;
    auto const answer = ask("a 10.2.0.9");
    EXPECT_EQ(answer.value("cause", ""), "tc-drop") << answer;
    EXPECT_FALSE(answer.value("repair_tested", true)) << answer;
    EXPECT_EQ(answer.value("repair_not_tested", ""), "a copy does not show this fault") << answer;
}

class Fix : public Why {};

TEST_F(Fix, MendsOneFaultBehindTheOther) {
    (void)shell(
        "ip -n a route del default; ip netns exec r sysctl -qw net.ipv4.ip_forward=0; ip -n z route del "
        "default");
    auto const done = shell(program + " why a 10.2.0.9 --fix --yes");
    EXPECT_EQ(done.status, 0) << done.out << done.err;
    EXPECT_EQ(ask("a 10.2.0.9").value("verdict", ""), "reachable");
}

TEST_F(Fix, ChangesNothingWithoutAYes) {
    (void)shell("ip -n z route del default");
    auto const done = shell("echo n | " + program + " why a 10.2.0.9 --fix");
    EXPECT_EQ(done.status, 1) << done.out << done.err;
    EXPECT_THAT(done.err, testing::HasSubstr("carry it out?"));
    EXPECT_EQ(shell("ip -n z route show default").out, "");
}

using Sound = Why;

TEST_F(Sound, NetworkRaisesNoAlarm) {
    for (auto const* const question : {"a 10.2.0.9", "a fd02::9", "o 10.2.0.9", "z 10.1.0.2", "a a"}) {
        auto const answer = ask(question);
        EXPECT_EQ(answer.value("verdict", ""), "reachable") << question << answer;
        EXPECT_EQ(answer.value("cause", ""), "none") << question;
    }
}

TEST_F(Sound, QuestionLeavesNoTrace) {
    auto const look =
        "for n in a r s z; do ip -n $n neigh show nud permanent; ip netns exec $n nft list ruleset; ip netns "
        "pids $n; done";
    auto const before = shell(look).out;
    (void)ask("a 10.2.0.9");
    EXPECT_EQ(shell(look).out, before);
}

TEST_F(Sound, WordsThatMeanNothingAreToldAndLookedUp) {
    auto const unknown = shell(program + " why aa 10.2.0.9");
    EXPECT_EQ(unknown.status, 3);
    EXPECT_THAT(unknown.err, testing::HasSubstr("there is no namespace \"aa\""));
    auto const protocol = shell(program + " why a 10.2.0.9 sctp:9");
    EXPECT_EQ(protocol.status, 3);
    EXPECT_THAT(protocol.err, testing::HasSubstr("icmp, tcp:PORT or udp:PORT"));
}

}  // namespace
}  // namespace vethwork::test
