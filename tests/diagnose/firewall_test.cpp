#include <gtest/gtest.h>

#include <vethwork/diagnose/firewall.hpp>

namespace vethwork::diagnose {
namespace {

constexpr char const text[] = R"(table inet fw { # handle 1
	set web { # handle 2
		type inet_service
		elements = { 80, 443,
			     8000-8010 }
	}

	chain forward { # handle 3
		type filter hook forward priority filter; policy drop;
		ct state vmap { invalid : drop, established : accept, related : accept } # handle 5
		jump svc # handle 6
		counter packets 0 bytes 0 # handle 7
	}

	chain svc { # handle 4
		ip saddr 10.0.1.0/24 tcp dport @web accept comment "the web" # handle 8
		ip6 saddr fd00::/8 udp dport { 53, 123 } reject with icmpx type admin-prohibited # handle 9
	}

	chain input { # handle 10
		type filter hook input priority filter; policy accept;
		iifname "eth0" icmp type echo-request limit rate over 1/second drop # handle 11
		tcp dport != 22 drop # handle 12
	}
}
table ip nat { # handle 2
	chain pre { # handle 1
		type nat hook prerouting priority dstnat; policy accept;
		iifname "wan" tcp dport 8080 dnat to 192.168.1.20:80 # handle 3
	}
	chain post { # handle 2
		type nat hook postrouting priority srcnat; policy accept;
		oifname "wan" masquerade # handle 4
	}
}
table netdev early { # handle 3
	chain in { # handle 1
		type filter hook ingress device "eth1" priority filter; policy accept;
		ip protocol icmp drop # handle 2
	}
}
)";

FirewallPacket tcp(char const* source, std::uint16_t port) {
    return {.source = *IpAddress::parse(source),
            .destination = *IpAddress::parse("10.0.2.2"),
            .protocol = Protocol::tcp,
            .source_port = 40000,
            .destination_port = port,
            .incoming = "eth0",
            .outgoing = "eth1"};
}

class Firewall : public testing::Test {
protected:
    std::optional<FirewallVerdict> at(std::string_view hook, FirewallPacket const& packet,
                                      std::string_view family = "") {
        return firewall_verdict(rules_, hook, family, packet);
    }
    observe::Ruleset const rules_ = observe::read_ruleset(text);
};

TEST_F(Firewall, ReadsChainsRulesAndSets) {
    ASSERT_EQ(rules_.chains.size(), 6u);
    EXPECT_EQ(rules_.chains[0].words(), "inet fw forward");
    EXPECT_EQ(rules_.chains[0].policy, "drop");
    EXPECT_EQ(rules_.chains[1].rules[0].handle, 8u);
    EXPECT_EQ(rules_.chains[1].rules[0].text,
              R"(ip saddr 10.0.1.0/24 tcp dport @web accept comment "the web")");
    EXPECT_EQ(rules_.chains[5].device, "eth1");
    EXPECT_NE(rules_.sets.at("inet fw web").find("8000-8010"), std::string::npos);
}

TEST_F(Firewall, AJumpMayAcceptAndThePolicyDropsTheRest) {
    EXPECT_FALSE(at("forward", tcp("10.0.1.2", 443)));
    EXPECT_FALSE(at("forward", tcp("10.0.1.2", 8005)));
    auto const other = at("forward", tcp("10.0.1.2", 444));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->rule, nullptr);
    EXPECT_EQ(other->chain->name, "forward");
    EXPECT_TRUE(at("forward", tcp("10.0.9.2", 443)));
}

TEST_F(Firewall, AnswersPassByTheirState) {
    auto answer = tcp("10.0.1.2", 444);
    answer.answers = true;
    EXPECT_FALSE(at("forward", answer));
}

TEST_F(Firewall, RejectIsToldFromDrop) {
    FirewallPacket const packet{.source = *IpAddress::parse("fd00::1"),
                                .destination = *IpAddress::parse("fd00::2"),
                                .protocol = Protocol::udp,
                                .destination_port = 53,
                                .incoming = "a",
                                .outgoing = "b"};
    auto const verdict = at("forward", packet);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->kind, FirewallVerdict::Kind::reject);
    EXPECT_EQ(verdict->rule->handle, 9u);
}

TEST_F(Firewall, ARateIsNoCertainLoss) {
    FirewallPacket echo{.source = *IpAddress::parse("10.0.1.2"),
                        .destination = *IpAddress::parse("10.0.2.2"),
                        .incoming = "eth0",
                        .outgoing = {}};
    auto const verdict = at("input", echo);
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->always);
    echo.incoming = "eth1";
    EXPECT_FALSE(at("input", echo));
    EXPECT_TRUE(at("input", tcp("10.0.1.2", 80)));
    EXPECT_FALSE(at("input", tcp("10.0.1.2", 22)));
}

TEST_F(Firewall, ChainsOfADeviceSeeOnlyItsPackets) {
    FirewallPacket echo{.source = *IpAddress::parse("10.0.1.2"),
                        .destination = *IpAddress::parse("10.0.2.2"),
                        .incoming = "eth1",
                        .outgoing = {}};
    EXPECT_TRUE(at("ingress", echo, "netdev"));
    echo.incoming = "eth0";
    EXPECT_FALSE(at("ingress", echo, "netdev"));
}

TEST_F(Firewall, TranslationsTellWhatTheyPutInPlace) {
    auto packet = tcp("10.0.1.2", 8080);
    packet.incoming = "wan";
    auto const there = translation(rules_, "prerouting", packet);
    ASSERT_TRUE(there);
    EXPECT_EQ(there->address, IpAddress::parse("192.168.1.20"));
    EXPECT_EQ(there->port, 80);
    packet.outgoing = "wan";
    ASSERT_TRUE(translation(rules_, "postrouting", packet));
    EXPECT_EQ(translation(rules_, "postrouting", packet)->kind, Translation::Kind::masquerade);
    packet.outgoing = "lan";
    EXPECT_FALSE(translation(rules_, "postrouting", packet));
}

TEST_F(Firewall, WordsToMatchAPacket) {
    EXPECT_EQ(match_words(tcp("10.0.1.2", 80)), "ip saddr 10.0.1.2 ip daddr 10.0.2.2 tcp dport 80");
}

TEST(Ruleset, AnyTextGivesARuleset) {
    for (auto const* const broken :
         {"", "}\n}\n}", "table", "table inet x {\nchain", "table a b {\nset s {\nelements = {"})
        EXPECT_TRUE(observe::read_ruleset(broken).chains.empty());
}

// As nft lists them on a machine without /etc/protocols.
TEST(FirewallProtocols, AreKnownByNameAndByNumber) {
    auto const drops = [](std::string const& protocol) {
        std::string const rules =
            "table inet t { # handle 1\n\tchain i { # handle 1\n"
            "\t\ttype filter hook input priority filter; policy accept;\n\t\tmeta l4proto " +
            protocol + " drop # handle 2\n\t}\n}\n";
        auto const ruleset = observe::read_ruleset(rules);
        auto const verdict = firewall_verdict(ruleset, "input", "", tcp("10.0.1.2", 80));
        return verdict.has_value();
    };
    EXPECT_TRUE(drops("tcp"));
    EXPECT_TRUE(drops("6"));
    EXPECT_TRUE(drops("{ 1, 6 }"));
    EXPECT_FALSE(drops("17"));
    EXPECT_FALSE(drops("1"));
}

}  // namespace
}  // namespace vethwork::diagnose
