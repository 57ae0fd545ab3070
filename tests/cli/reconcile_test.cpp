// A lab whose file has changed comes up at once, whatever the kernel takes along on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

constexpr auto before = R"(vethwork: 1
name: again
nodes: { a: {}, b: {}, r: { role: router }, q: { role: router, lo: 10.255.0.1/32 } }
links:
  - link: [{ node: a, if: e0, ip: [10.1.0.1/24, 10.1.0.2/24] }, { node: b, if: e0, ip: 10.1.0.9/24 }]
    mtu: 1400
  - link: [{ node: a, if: e1 }, { node: r, if: e0 }]
  - { link: [r:x0, q:x0] }
  - { link: [r:x1, q:x1] }
)";

/// The first address of a subnet goes, one MTU is the usual one again, a link with IPv6 is put down, and both
/// links of a route of two hops are others.
constexpr auto after = R"(vethwork: 1
name: again
nodes: { a: {}, b: {}, r: { role: router }, q: { role: router, lo: 10.255.0.1/32 } }
links:
  - link: [{ node: a, if: e0, ip: 10.1.0.2/24 }, { node: b, if: e0, ip: 10.1.0.9/24 }]
  - { link: [{ node: a, if: e1 }, { node: r, if: e0 }], up: no }
  - { link: [r:y0, q:x0] }
  - { link: [r:y1, q:x1] }
)";

Outcome in_lab(std::string const& words) { return shell(program + " " + words + " -f /run/again.yaml"); }

void expect_as_the_file_says(std::string const& text) {
    ASSERT_TRUE(write_file("/run/again.yaml", text).ok());
    auto const up = in_lab("up");
    EXPECT_EQ(up.status, 0) << up.out << up.err;
    EXPECT_EQ(in_lab("plan").out, "0 steps.\n");
}

TEST(Reconcile, BringsAChangedFileUpAtOnce) {
    expect_as_the_file_says(before);
    expect_as_the_file_says(after);
    auto const shown = shell(program + " exec a -f /run/again.yaml -- " + program + " ip addr");
    EXPECT_THAT(shown.out, HasSubstr("inet 10.1.0.2/24"));
    EXPECT_THAT(shown.out, HasSubstr("inet6 fd00:0:0:1::2/64"));
    EXPECT_THAT(shown.out, testing::Not(HasSubstr("mtu 1400")));
    expect_as_the_file_says(before);
    EXPECT_EQ(in_lab("down").status, 0);
}

std::string setting(std::string const& node, std::string const& name) {
    return shell("ip netns exec again." + node + " cat /proc/sys/net/" + name).out;
}

/// Sysctls of the whole node, of a link, by a role, and two of which one overwrites the other.
constexpr auto with_settings = R"(vethwork: 1
name: again
nodes:
  a: { sysctls: { net.ipv4.conf.e0.log_martians: 1, net.ipv4.conf.default.log_martians: 1, net.ipv4.tcp_sack: 0 } }
  r: { role: router, sysctls: { net.ipv4.conf.e0.forwarding: 0 } }
links: [{ link: [a:e0, r:e0] }]
)";
constexpr auto with_few_settings = R"(vethwork: 1
name: again
nodes: { a: { sysctls: { net.ipv4.conf.default.log_martians: 1 } }, r: { } }
links: [{ link: [a:e0, r:e0] }]
)";
constexpr auto without_settings = R"(vethwork: 1
name: again
nodes: { a: { }, r: { role: router } }
links: [{ link: [a:e0, r:e0] }]
)";

class Settings : public testing::Test {
protected:
    void SetUp() override {
        if (!has_program("ip")) GTEST_SKIP() << "no ip here to look with";
    }
    void TearDown() override { (void)in_lab("down"); }
    /// All settings of both nodes but for the link-local addresses' chance.
    static std::string all_settings() {
        return shell(
                   "for n in a r; do ip netns exec again.$n grep -rs '' /proc/sys/net; done | "
                   "grep -v 'random\\|conntrack_count\\|flush' | sort")
            .out;
    }
    static void expect_as_if_new(std::string const& text) {
        ASSERT_TRUE(write_file("/run/again.yaml", text).ok());
        ASSERT_EQ(in_lab("down").status, 0);
        ASSERT_EQ(in_lab("up").status, 0);
        auto const fresh = all_settings();
        ASSERT_EQ(in_lab("down").status, 0);
        expect_as_the_file_says(with_settings);
        EXPECT_NE(all_settings(), fresh);
        expect_as_the_file_says(text);
        EXPECT_EQ(all_settings(), fresh);
    }
};

TEST_F(Settings, ThatAreNotNamedAnyMoreAreAsInANewLab) {
    expect_as_the_file_says(with_settings);
    EXPECT_EQ(setting("a", "ipv4/tcp_sack"), "0\n");
    EXPECT_EQ(setting("a", "ipv4/conf/e0/log_martians"), "1\n");
    EXPECT_EQ(setting("r", "ipv4/conf/e0/forwarding"), "0\n") << "though a router forwards";
    expect_as_if_new(with_few_settings);
    EXPECT_EQ(setting("a", "ipv4/conf/e0/log_martians"), "1\n") << "as its default says";
    EXPECT_EQ(setting("r", "ipv4/ip_forward"), "0\n") << "it is no router any more";
    expect_as_if_new(without_settings);
    EXPECT_EQ(setting("r", "ipv4/conf/e0/forwarding"), "1\n");
}

TEST_F(Settings, AreToldOfUntilTheyArePutBack) {
    expect_as_the_file_says(with_settings);
    // An `up` that was killed before it came to settings: the record is new, the kernel as it was.
    ASSERT_TRUE(write_file("/run/again.yaml", without_settings).ok());
    ASSERT_TRUE(write_file("/run/vethwork/again/topology.yaml", without_settings).ok());
    auto const status = in_lab("status");
    EXPECT_EQ(status.status, 1);
    EXPECT_THAT(status.out, HasSubstr("drift   a/sysctl/net.ipv4.tcp_sack: is there, and not as wanted "
                                      "(to set net.ipv4.tcp_sack = 1)"));
    EXPECT_THAT(in_lab("plan").out, HasSubstr("set net.ipv4.tcp_sack = 1"));
    EXPECT_EQ(in_lab("up").status, 0);
    EXPECT_EQ(in_lab("status").status, 0);
    EXPECT_EQ(setting("a", "ipv4/tcp_sack"), "1\n");
}

TEST(Reconcile, RestoresRoutesThatTheKernelMakesForAddresses) {
    expect_as_the_file_says(R"(vethwork: 1
name: again
nodes: { a: {}, r: { role: router }, b: {} }
links: [{ link: [a, r] }, { link: [r, b] }]
)");
    auto const routes = [] {
        return shell("ip netns exec again.a " + program + " ip route; ip netns exec again.a " + program +
                     " ip -6 route | sort")
            .out;
    };
    auto const made = routes();
    EXPECT_THAT(made, HasSubstr("proto kernel scope link src"));
    auto const flush = " ip route flush table main";
    EXPECT_EQ(shell("ip netns exec again.a " + program + flush).status, 0);
    EXPECT_EQ(shell("ip netns exec again.a " + program + " ip -6 route flush table main").status, 0);
    ASSERT_EQ(routes(), "");
    auto const status = in_lab("status");
    EXPECT_EQ(status.status, 1);
    EXPECT_THAT(status.out, HasSubstr("follows from an address, and not there"));
    auto const up = in_lab("up");
    EXPECT_EQ(up.status, 0) << up.err;
    EXPECT_EQ(routes(), made);
    EXPECT_EQ(in_lab("status").status, 0);
    // Where the address itself changes the route comes and goes with it.
    EXPECT_EQ(shell("ip netns exec again.a " + program + flush).status, 0);
    expect_as_the_file_says(R"(vethwork: 1
name: again
nodes: { a: {}, r: { role: router }, b: {} }
links: [{ link: [a, r], subnet: 10.77.0.0/24 }, { link: [r, b] }]
)");
    EXPECT_EQ(in_lab("down").status, 0);
}

TEST(Reconcile, RestoresTheRoutesOfTwoLinksOfOneNetwork) {
    auto const text = R"(vethwork: 1
name: again
nodes: { a: { routes: [10.0.0.0/24 dev e0 table 100] }, b: {} }
links: [{ lan: [a:e0, a:e1, b:e0], subnet: [10.0.0.0/24, fd00:1::/64] }]
)";
    expect_as_the_file_says(text);
    auto const look = program + " ip -n again.a route; " + program + " ip -n again.a -6 route | sort";
    auto const sorted = "{ " + look + "; } | sort";
    auto const made = shell(sorted).out;
    for (std::string const family : {"", "-6 "})
        EXPECT_EQ(shell(program + " ip -n again.a " + family + "route flush table main").status, 0);
    ASSERT_EQ(shell(look).out, "");
    expect_as_the_file_says(text);
    EXPECT_EQ(shell(sorted).out, made);
    // Not where the link is put down at once.
    EXPECT_EQ(shell(program + " ip -n again.a route flush table main").status, 0);
    std::string down = text;
    down.replace(down.find("{ routes"), down.find(", b:") - down.find("{ routes"), "{}");
    down.insert(down.find(", subnet"), ", up: no");
    expect_as_the_file_says(down);
    EXPECT_EQ(in_lab("down").status, 0);
}

TEST(Reconcile, LetsServicesRunThatStayTheSame) {
    auto const file = [](std::string const& more) {
        return "vethwork: 1\nname: again\nnodes:\n  a: { services: { s: { argv: [sleep, 60] } } }\n  b: { " +
               more + "}\nlinks: [{ link: [a, b] }]\n";
    };
    auto const pid = [] { return shell(program + " status -l again | grep a/s").out; };
    expect_as_the_file_says(file(""));
    auto const first = pid();
    EXPECT_THAT(first, HasSubstr("ready (pid "));
    expect_as_the_file_says(file("services: { t: { argv: [sleep, 61] } } "));
    EXPECT_EQ(pid(), first);
    ASSERT_TRUE(write_file("/run/again.yaml", file("services: { t: { argv: [sleep, 62] } } ")).ok());
    EXPECT_EQ(in_lab("plan").out, "b: restart service \"t\"  (is there, and not as wanted)\n1 step.\n");
    EXPECT_EQ(in_lab("plan -q --exit-code").status, 1);
    auto const changed = in_lab("up");
    EXPECT_THAT(changed.err, HasSubstr("✓ service     b/t stopped\n  ✓ service     b/t ready\nchanged in"));
    EXPECT_EQ(pid(), first);
    EXPECT_THAT(in_lab("up").err, HasSubstr("nothing to do"));
    ASSERT_TRUE(write_file("/run/again.yaml", file("services: { u: { run: \"true\" } } ")).ok());
    EXPECT_EQ(in_lab("plan").out,
              "b: start service \"u\"  (is wanted, and not there)\n"
              "b: stop service \"t\"  (is there, and not wanted)\n2 steps.\n");
    EXPECT_EQ(in_lab("up").status, 0);
    EXPECT_EQ(in_lab("plan --exit-code").status, 0) << "what has done its work is not started again";
    EXPECT_EQ(in_lab("down").status, 0);
}

TEST(Reconcile, NumbersRulesAsTheKernelDoes) {
    std::vector<std::string> const rules{"from 10.1.0.0/16 lookup 11", "from 10.2.0.0/16 lookup 12",
                                         "from 10.3.0.0/16 lookup 13 priority 500",
                                         "from 10.4.0.0/16 lookup 14", "from fd00::/8 lookup 15"};
    std::string list, script = "true";
    for (auto const& rule : rules) {
        list += "\n      - " + rule;
        script +=
            " && " + as_ip() + (rule.find(':') == std::string::npos ? " rule" : " -6 rule") + " add " + rule;
    }
    expect_as_the_file_says("vethwork: 1\nname: again\nnodes:\n  a:\n    rules:" + list + "\n");
    auto const show = as_ip() + " rule; " + as_ip() + " -6 rule";
    auto const by_hand = shell("unshare -n sh -c '" + script + "; " + show + "'");
    EXPECT_EQ(shell(program + " exec -f /run/again.yaml a -- sh -c '" + show + "'").out, by_hand.out)
        << by_hand.err;
    EXPECT_THAT(by_hand.out, HasSubstr("499:\tfrom 10.4.0.0/16 lookup 14"));
    EXPECT_EQ(in_lab("down").status, 0);
}

/// A failed change of a lab that is up is undone: its network and its services.
class Undone : public testing::TestWithParam<char const*> {
protected:
    static constexpr auto standing = R"(vethwork: 1
name: again
nodes:
  a: { services: { s: { argv: [sleep, 60] } }, sysctls: { net.ipv4.tcp_sack: 0 } }
  b: { services: { t: { argv: [sleep, 61] } } }
  c: { lo: 10.255.0.3/32 }
  r: { role: router, rules: [from 10.9.0.0/16 lookup 10] }
links: [{ link: [a, r], mtu: 1400 }, { link: [b, r] }, { link: [c, r] }]
)";

    static std::string changed(std::string const& service, std::string const& sysctl) {
        return R"(vethwork: 1
name: again
nodes:
  a: { services: { s: { argv: [sleep, 60] } }, sysctls: { )" +
               sysctl + R"(: 1 } }
  b: { services: { )" +
               service + R"( } }
  d: { lo: 10.255.0.4/32 }
  r: { role: router }
links:
  - { link: [{ node: a, ip: 10.77.0.2/24 }, { node: r, ip: 10.77.0.1/24 }] }
  - { link: [b, r] }
  - { link: [d, r] }
)";
    }

    static std::string with(std::string const& words) { return words + " -q " + GetParam(); }

    static void expect_that_it_stands() {
        auto const plan = in_lab(with("plan --exit-code"));
        EXPECT_EQ(plan.status, 0) << plan.out;
        auto const status = in_lab(with("status"));
        EXPECT_EQ(status.status, 0) << status.out;
        EXPECT_THAT(status.out, HasSubstr("b/t"));
    }

    static std::string pid_of(std::string const& service) {
        return shell(program + " status -l again " + GetParam() + " | grep " + service).out;
    }

    static void expect_undone(std::string const& text, std::string const& reason) {
        ASSERT_TRUE(write_file("/run/again.yaml", text).ok());
        auto const failed = in_lab(std::string("up ") + GetParam());
        EXPECT_EQ(failed.status, 5) << failed.err;
        EXPECT_THAT(failed.err, HasSubstr(reason));
        EXPECT_THAT(failed.err, HasSubstr("↺ again is made as it was"));
        EXPECT_THAT(failed.err, HasSubstr("what was changed was taken back; the lab is as it was."));
        ASSERT_TRUE(write_file("/run/again.yaml", standing).ok());
        expect_that_it_stands();
    }
};

TEST_P(Undone, LeavesNetworkAndServicesAsTheyWere) {
    if (*GetParam()) look_for_no_leaks();
    ASSERT_TRUE(write_file("/run/again.yaml", standing).ok());
    EXPECT_EQ(in_lab(with("up")).status, 0);
    expect_that_it_stands();
    auto const stays = pid_of("a/s");
    expect_undone(changed("t: { run: exit 3, ready: { tcp: 8 } }", "net.ipv4.tcp_sack"),
                  "service b/t failed");
    EXPECT_EQ(pid_of("a/s"), stays) << "what was not to change runs on";
    expect_undone(changed("u: { run: exit 3, ready: { tcp: 8 } }", "net.ipv4.tcp_dsack"),
                  "service b/u failed");
    expect_undone(changed("t: { argv: [sleep, 61] }", "net.ipv4.no_such_thing"), "no_such_thing");
    EXPECT_EQ(pid_of("a/s"), stays);
    EXPECT_EQ(in_lab(with("down")).status, 0);
}

INSTANTIATE_TEST_SUITE_P(As, Undone, testing::Values("", "--rootless"),
                         [](auto const& test) { return *test.param ? "Rootless" : "Root"; });

TEST(Reconcile, PutsBackRulesThatSomebodyHasChanged) {
    if (!has_program("nft")) GTEST_SKIP() << "no nft here to change rules with";
    expect_as_the_file_says(R"(vethwork: 1
name: again
nodes:
  a: {}
  r:
    role: router
    nft: |
      table inet f {
        chain c { type filter hook forward priority 0; counter; }
      }
links: [{ link: [a, r] }]
)");
    auto const nft = [](std::string const& words) {
        return shell(program + " exec -f /run/again.yaml r -- nft " + words).out;
    };
    auto const loaded = nft("-s list ruleset");
    EXPECT_THAT(loaded, HasSubstr("counter"));
    EXPECT_EQ(in_lab("status").status, 0);
    for (std::string const change : {"flush ruleset", "add rule inet f c drop", "add table ip other"}) {
        (void)nft(change);
        auto const status = in_lab("status");
        EXPECT_EQ(status.status, 1) << change;
        EXPECT_THAT(status.out, HasSubstr("drift   r/ruleset: is there, and not as wanted"));
        EXPECT_EQ(in_lab("up").status, 0);
        EXPECT_EQ(nft("-s list ruleset"), loaded);
        EXPECT_EQ(in_lab("status").status, 0) << change;
    }
    EXPECT_EQ(in_lab("down").status, 0);
}

/// Some things only the lab's folder knows: rulesets, and settings that are not named any more.
TEST(Reconcile, FindsTheFolderOfAnOrdinaryUsersLab) {
    look_for_no_leaks();
    if (!has_program("nft")) GTEST_SKIP() << "no nft here";
    std::string const as_user =
        "XDG_RUNTIME_DIR=/run/user unshare --user --map-user=1000 --map-group=1000 -- ";
    if (shell("mkdir /run/user && " + as_user + "true").status != 0)
        GTEST_SKIP() << "unshare maps no users here";
    ASSERT_TRUE(write_file("/run/user/lab.yaml", R"(vethwork: 1
nodes: { a: { sysctls: { net.ipv4.tcp_sack: 0 } }, r: { role: router, nat: [{ masquerade: eth0 }] } }
links: [{ link: [a, r] }]
)")
                    .ok());
    auto const outcome = shell(as_user + "sh -c 'for v in up plan status down; do echo $v:; " + program +
                               " $v /run/user/lab.yaml || echo $?; done'");
    EXPECT_THAT(outcome.err, HasSubstr("rootless"));
    EXPECT_EQ(outcome.out,
              "up:\nplan:\n0 steps.\nstatus:\nlab: up, 2 namespaces\n  as its file says\ndown:\n")
        << outcome.err;
}

}  // namespace
}  // namespace vethwork::test
