// Which line of a file is quoted for a fault: the one that asks for it, the one that asked for what was taken
// away, or the place where a repair belongs.
#include <gtest/gtest.h>

#include <vethwork/diagnose/in_file.hpp>
#include <vethwork/plan/written_routes.hpp>
#include <vethwork/topology/build.hpp>
#include <vethwork/topology/read_lab.hpp>

namespace vethwork::diagnose {
namespace {

constexpr char text[] = R"(vethwork: 1
nodes:
  a:
    gateway: 10.0.1.1
    sysctls:
      net.ipv4.conf.all.rp_filter: 1
    services:
      web: { run: "serve tcp 8080" }
      dns: { run: "serve udp 53" }
  r:
    role: router
    routes:
      - 10.9.0.0/24 via 10.0.1.2
      - blackhole 10.8.0.0/24
    rules:
      - from 10.9.0.0/24 lookup 77
    nft: |
      table inet fw {
        chain forward {
          type filter hook forward priority 0; policy accept;
          tcp dport 80 drop
        }
      }
    nat:
      - masquerade: eth0
  b: { gateway: none }
links:
  - link: [ { node: a, ip: 10.0.1.2/30 }, { node: r, ip: 10.0.1.1/24 } ]
  - link: [ r, b ]
    subnet: 10.0.2.0/24
    mtu: 1400
    impair: { loss: 50% }
)";

class PlaceInFile : public testing::Test {
protected:
    void SetUp() override {
        auto reading = topology::read_lab("lab.yaml", text);
        for (auto const& complaint : reading.complaints)
            ASSERT_NE(complaint.severity, topology::Severity::error) << complaint.to_text();
        lab_ = *std::move(reading.lab);
        wanted_ = topology::wanted_state(lab_);
        topology::Names names;
        ASSERT_TRUE(plan::add_written_routes(lab_, wanted_, names).empty());
    }

    topology::NamespaceState& now(std::string const& node) {
        if (actual_.name != node) actual_ = *wanted_.find(node);
        return actual_;
    }

    /// "4 cause"
    std::string place(std::string const& node, std::string cause, std::vector<Action> repair,
                      std::uint16_t port = 0) {
        Finding finding{
            .cause = std::move(cause), .netns = "lab." + node, .what = {}, .repair = std::move(repair)};
        return place(finding, node, port);
    }
    std::string place(Finding const& finding, std::string const& node, std::uint16_t port = 0) {
        constexpr std::string_view roles[] = {"cause", "taken away", "changed", "added", "repair"};
        auto const found = place_in_file(finding, port, {lab_, wanted_, now(node)});
        if (!found) return "nothing";
        return std::to_string(found->origin.line) + " " +
               std::string(roles[static_cast<std::size_t>(found->role)]);
    }

    static Action ip(std::string const& node, std::string words) {
        return {Action::Tool::ip, "lab." + node, std::move(words)};
    }

    topology::Lab lab_;
    topology::NetworkState wanted_;
    topology::NamespaceState actual_;
};

TEST_F(PlaceInFile, OfARouteIsItsLineOrTheGateway) {
    EXPECT_EQ(place("r", "wrong-gateway", {ip("r", "route replace 10.9.0.0/24 via 10.0.2.2")}), "13 cause");
    EXPECT_EQ(place("r", "blackhole-route", {ip("r", "route del blackhole 10.8.0.0/24")}), "14 cause");
    EXPECT_EQ(place("a", "wrong-gateway", {ip("a", "route replace default via 10.0.1.3")}), "4 cause");
    EXPECT_EQ(place("b", "no-route-return", {ip("b", "route add 10.0.1.0/24 via 10.0.2.1")}), "26 cause")
        << "a default route would do";
    EXPECT_EQ(place("b", "no-route-return", {ip("b", "route add default via 10.0.2.1")}), "26 cause")
        << "the file says that there is none";
}

TEST_F(PlaceInFile, TellsARouteThatIsNotAsTheFileWantsIt) {
    std::erase_if(now("r").routes,
                  [](auto const& route) { return route.type == topology::RouteType::unicast; });
    EXPECT_EQ(place("r", "no-route-forward", {ip("r", "route add 10.9.0.0/24 via 10.0.1.2")}),
              "13 taken away");
    now("a").routes.clear();
    EXPECT_EQ(place("a", "no-route-forward", {ip("a", "route add 10.0.2.0/24 via 10.0.1.1")}), "4 taken away")
        << "the default route would do";
    actual_.name.clear();
    now("a").routes.at(0).via = IpAddress::parse("10.0.1.77");
    EXPECT_EQ(place("a", "wrong-gateway", {ip("a", "route replace default via 10.0.1.1")}), "4 changed");
    now("b").routes.push_back({.family = Family::ipv4, .type = topology::RouteType::blackhole});
    now("b").routes.back().destination = IpPrefix::parse("10.0.1.2/32");
    EXPECT_EQ(place("b", "blackhole-route", {ip("b", "route del blackhole 10.0.1.2")}), "26 added");
}

TEST_F(PlaceInFile, OfARuleWhosePriorityTheKernelChose) {
    auto const repair = ip("r", "rule del from 10.9.0.0/24 lookup 77 pref 32765");
    now("r").rules.at(0).priority = 32765;
    EXPECT_EQ(place("r", "policy-rule-wrong-table", {repair}), "16 cause");
    now("r").rules.clear();
    EXPECT_EQ(place("r", "policy-rule-missing", {ip("r", "rule add from 10.9.0.0/24 lookup 77")}),
              "16 taken away");
}

TEST_F(PlaceInFile, OfAnAddressIsWhereItIsGiven) {
    std::vector<Action> const repair{ip("a", "addr add 10.0.1.2/24 dev eth0"),
                                     ip("a", "addr del 10.0.1.2/30 dev eth0")};
    EXPECT_EQ(place("a", "wrong-mask", repair), "28 cause");
    now("a").addresses.at(0).prefix_length = 8;
    EXPECT_EQ(place("a", "wrong-mask", repair), "28 changed");
    now("r").addresses.clear();
    EXPECT_EQ(place("r", "address-missing", {ip("r", "addr add 10.0.1.1/24 dev eth0")}), "28 taken away");
}

TEST_F(PlaceInFile, OfALinkIsTheLineOfItsSetting) {
    EXPECT_EQ(place("b", "mtu-mismatch", {ip("b", "link set eth0 mtu 1500")}), "31 cause");
    EXPECT_EQ(place("a", "mtu-mismatch", {ip("a", "link set eth0 mtu 1500")}), "28 repair");
    now("a").links.at(1).flags = 0;
    EXPECT_EQ(place("a", "link-down", {ip("a", "link set eth0 up")}), "28 changed");
    EXPECT_EQ(place("b", "lossy", {{Action::Tool::tc, "lab.b", "qdisc del dev eth0 root"}}), "32 cause");
    EXPECT_EQ(place("a", "tc-drop", {{Action::Tool::tc, "lab.a", "qdisc del dev eth0 root"}}), "28 added");
}

TEST_F(PlaceInFile, OfASettingIsItsLineOrThatOfTheRole) {
    auto const set = [](std::string const& node, std::string words) {
        return Action{Action::Tool::sysctl, "lab." + node, std::move(words)};
    };
    EXPECT_EQ(place("a", "rp-filter-drop", {set("a", "net.ipv4.conf.eth0.rp_filter=0")}), "6 cause");
    EXPECT_EQ(place("a", "icmp-echo-ignored", {set("a", "net.ipv4.icmp_echo_ignore_all=0")}), "3 repair");
    now("r").sysctls["net.ipv4.ip_forward"] = "0";
    EXPECT_EQ(place("r", "ip-forward-off", {set("r", "net.ipv4.ip_forward=1")}), "10 changed");
}

TEST_F(PlaceInFile, OfARuleOfNftIsItsOwnLine) {
    Finding finding{.cause = "nft-drop-forward", .netns = "lab.r", .what = {}, .repair = {}};
    finding.rule = {.chain = "inet fw forward", .rules = {"tcp dport 80 drop"}, .index = 0};
    EXPECT_EQ(place(finding, "r"), "21 cause");
    finding.rule->rules.insert(finding.rule->rules.begin(), "ip saddr 10.0.1.2 drop");
    EXPECT_EQ(place(finding, "r"), "18 added");
    finding.rule = {
        .chain = "ip vethwork_nat postrouting", .rules = {"oifname \"eth0\" masquerade"}, .index = 0};
    EXPECT_EQ(place(finding, "r"), "25 cause");
    EXPECT_EQ(place("r", "snat-missing", {{Action::Tool::nft, "lab.r", "add rule …"}}), "18 repair");
}

TEST_F(PlaceInFile, OfAServiceIsTheOneThatNamesThePort) {
    Action const serve{Action::Tool::program, "lab.a", "vethwork serve …"};
    EXPECT_EQ(place("a", "port-closed", {serve}, 53), "9 taken away");
    EXPECT_EQ(place("a", "listening-on-loopback-only", {serve}, 8080), "8 cause");
    EXPECT_EQ(place("a", "port-closed", {serve}, 80), "3 repair") << "8080 is not 80";
}

TEST_F(PlaceInFile, OfWhatNothingIsSaidAboutIsTheNode) {
    EXPECT_EQ(place("b", "neighbour-permanent-wrong-mac", {ip("b", "neigh flush all")}), "26 repair");
    EXPECT_EQ(place("r", "xfrm-policy-block", {}), "10 repair");
    Finding const elsewhere{.cause = "no-route-return",
                            .netns = "lab.r",
                            .what = {},
                            .repair = {ip("a", "route add default via 10.0.1.3")}};
    EXPECT_EQ(place(elsewhere, "r"), "10 repair") << "a command in another namespace";
    actual_.name = "nobody";
    EXPECT_FALSE(place_in_file({.cause = "x", .netns = "nobody", .what = {}, .repair = {}}, 0,
                               {lab_, wanted_, actual_}));
}

}  // namespace
}  // namespace vethwork::diagnose
