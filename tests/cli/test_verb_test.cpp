// vethwork test: what a file says must hold, looked at in the running lab.
#include <map>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::string const file = "/run/t.vethwork.yaml";

/// Every test is named after what is to become of it.
constexpr auto head = R"(vethwork: 1
name: t
nodes:
  a: { tags: [near, odd] }
  c: { lo: 10.9.9.9/32 }
  d: { tags: [odd] }
  b:
    tags: [near]
    services:
      echo: { argv: [PROGRAM, serve, tcp, "0.0.0.0:4078"], ready: { tcp: 4078 } }
      page:
        run: "while :; do printf 'HTTP/1.0 404 No\r\n\r\nnot there' | nc -l -N -p 80 >/dev/null; done"
        ready: { tcp: 80 }
  r:
    role: router
    tags: [near]
    nft: |
      table inet g { chain forward { type filter hook forward priority filter; tcp dport 22 drop; iifname "eth2" drop; }; }
links: [{ link: [a, r] }, { link: [r, b] }, { link: [d, r] }]
tests:
)";
constexpr auto tests = R"(
  - { name: holds plain, within: 10s, ping: { from: a, to: b } }
  - { name: holds both, within: 10s, ping: { from: a, to: b, family: both, count: 5, loss: <= 20%, rtt: 0ms..900ms } }
  - { name: fails in time, ping: { from: a, to: b, rtt: 5s..6s } }
  - { name: holds silent, within: 10s, ping: { from: a, to: 10.77.0.1, expect: no-reply } }
  - { name: holds without a way, ping: { from: c, to: 10.0.1.1, expect: no-reply } }
  - { name: fails reach, reach: "tag:odd" }
  - { name: fails silent, ping: { from: a, to: b, expect: no-reply } }
  - { name: holds reach, within: 10s, reach: "tag:near" }
  - { name: holds way, within: 10s, path: { from: a, to: b, via: [r] } }
  - { name: fails way, path: { from: a, to: b, via: [r, r] } }
  - { name: holds port, within: 10s, tcp: { from: a, to: b, port: 4078, send: hello, receive: hello } }
  - { name: fails answer, tcp: { from: a, to: b, port: 4078, send: hello, receive: goodbye } }
  - { name: holds refused, within: 10s, tcp: { from: a, to: b, port: 99, expect: refused } }
  - { name: holds timeout, within: 10s, tcp: { from: a, to: b, port: 22, expect: timeout } }
  - { name: fails port, tcp: { from: a, to: b, port: 99 } }
  - { name: holds datagram, within: 10s, udp: { from: a, to: b, port: 99, expect: refused } }
  - { name: holds drop, within: 10s, drop: { from: a, to: b, proto: tcp, port: 22, at: r } }
  - { name: fails drop, drop: { from: a, to: b, at: r } }
  - { name: holds command, within: 10s, exec: { on: a, run: "echo hi; exit 3", status: 3, output: hi } }
  - { name: fails command, exec: { on: all, argv: [/bin/false] } }
  - { name: holds long, within: 10s, hold: 100ms, ping: { from: a, to: b } }
  - { name: holds rate, throughput: { from: a, to: b, for: 300ms, rate: ">= 1mbit" } }
  - { name: holds slow, throughput: { from: a, to: b, for: 300ms, rate: ">= 4kbit" } }
  - { name: holds background, exec: { on: a, run: "sleep 20 & exit 0" } }
  - { name: fails over, throughput: { from: a, to: b, for: 300ms, rate: 1mbit..3mbit } }
  - { name: fails rate, throughput: { from: b, to: a, for: 300ms, rate: ">= 900gbit" } }
  - { name: fails through, throughput: { from: d, to: b, for: 300ms, rate: ">= 1mbit" } }
  - { name: holds cut, given: [{ down: a-r }], ping: { from: a, to: b, expect: no-reply } }
  - { name: holds cut end, given: [{ down: "a:eth0" }, { up: "a:eth0" }, { down: "b:eth0" }], ping: { from: a, to: b, expect: no-reply } }
  - { name: holds script, given: [{ run: "PROGRAM ip route flush all", on: b }], ping: { from: a, to: b, expect: no-reply } }
  - { name: fails script, given: [{ run: "exit 7", on: b }], ping: { from: a, to: b } }
  - { name: holds killed, given: [{ kill: b/echo }], tcp: { from: a, to: b, port: 4078, expect: refused } }
)";
constexpr auto page_tests = R"(
  - { name: holds page, within: 10s, http: { from: a, url: http://b/x, family: v4, status: 404, body: not there } }
  - { name: fails page, http: { from: a, url: http://b/x, family: v4 } }
)";

class TestVerb : public testing::TestWithParam<std::string> {
protected:
    void SetUp() override {
        look_for_no_leaks();
        std::string text = head;
        text += tests;
        for (auto at = text.find("PROGRAM"); at != std::string::npos; at = text.find("PROGRAM"))
            text.replace(at, 7, program);
        if (has_program("nc"))
            text += page_tests;
        else
            text.erase(text.find("      page:"), text.find("  r:") - text.find("      page:"));
        ASSERT_TRUE(write_file(file, text).ok());
        // Before a rootless lab has its view of /run.
        (void)write_file("/run/again.sh", "echo x >> /run/tries; [ $(wc -l < /run/tries) -ge 3 ]\n");
        (void)write_file("/run/tries", "");
        auto const up = vethwork("up");
        ASSERT_EQ(up.status, 0) << up.err;
    }
    void TearDown() override { (void)vethwork("down"); }
    /// Puts one more in front of the file's tests, and brings the lab up with it.
    static void add_test(std::string const& test) {
        auto text = read_file(file).value();
        text.insert(text.find("\ntests:\n") + 8, "  - " + test + "\n");
        ASSERT_TRUE(write_file(file, text).ok());
        ASSERT_EQ(vethwork("up").status, 0);
    }
    static Outcome vethwork(std::string const& words) {
        auto const space = words.find(' ');
        return shell(program + " " + words.substr(0, space) + " " + GetParam() + " -f " + file +
                     (space == std::string::npos ? "" : words.substr(space)));
    }
};

TEST_P(TestVerb, LooksWhetherEachHolds) {
    auto const looked = vethwork("test -j");
    EXPECT_EQ(looked.status, 1) << looked.err;
    auto const results = json::parse(looked.out).at("tests");
    EXPECT_GE(results.size(), 30u);
    for (auto const& one : results) {
        auto const name = one.at("name").get<std::string>(), result = one.at("result").get<std::string>();
        EXPECT_TRUE(name.starts_with(result)) << one;
    }
    EXPECT_EQ(vethwork("status").status, 0) << "a fault is left";
    EXPECT_EQ(vethwork("test 'holds port' 'holds plain'").status, 0);
}

TEST_P(TestVerb, SetsNoFaultsWhereTheLabIsNotAsItsFileSays) {
    ASSERT_EQ(vethwork("exec a -- " + program + " ip route add 10.5.0.0/16 dev eth0").status, 0);
    auto const looked = vethwork("test 'holds cut'");
    EXPECT_EQ(looked.status, 0);
    EXPECT_THAT(
        looked.out,
        HasSubstr("- holds cut  left out: the lab is not as its file says (1 difference); `vethwork up`"));
    EXPECT_THAT(vethwork("exec a -- " + program + " ip route").out, HasSubstr("10.5.0.0/16")) << "undone";
}

TEST_P(TestVerb, UndoesFaultsWhenItIsInterrupted) {
    add_test("{ name: long, given: [{ down: a-r }], hold: 60s, ping: { from: a, to: b, expect: no-reply } }");
    auto const ended = shell("timeout -s INT 3 " + program + " test long -f " + file + " " + GetParam());
    EXPECT_EQ(ended.status, 124) << ended.err;  // as timeout tells that it was too long
    EXPECT_EQ(vethwork("status").status, 0) << "a fault is left";
}

TEST_P(TestVerb, LeavesALabToThoseWhoChangeItMeanwhile) {
    add_test("{ name: long, given: [{ down: a-r }], hold: 60s, ping: { from: a, to: b, expect: no-reply } }");
    auto const options = " -f " + file + " " + GetParam();
    auto const begin = program + " test long" + options + " >/run/said 2>&1 & for i in $(seq 200); do " +
                       program + " status" + options + " >/dev/null 2>&1 || break; sleep 0.02; done; ";
    EXPECT_EQ(shell(begin + program + " down" + options + "; wait").status, 0);
    EXPECT_EQ(vethwork("status").status, 4) << "the lab is up again: " << shell("cat /run/said").out;
    EXPECT_THAT(shell("cat /run/said").out, HasSubstr("✗ long"));
    EXPECT_EQ(vethwork("up").status, 0);
}

TEST_P(TestVerb, SaysThatTheKernelCannotImpair) {
    if (shell("tc qdisc add dev lo root netem loss 1%").status == 0) GTEST_SKIP() << "this kernel has netem";
    add_test(
        "{ name: lossy, given: [{ impair: a-r, to: { loss: 100% } }], ping: { from: a, to: b, expect: "
        "no-reply } }");
    EXPECT_THAT(vethwork("test lossy").out, HasSubstr("- lossy  left out: this kernel has no netem"));
}

TEST_P(TestVerb, ImpairsLinksAndUndoesThat) {
    if (shell("tc qdisc add dev lo root netem loss 1%").status != 0)
        GTEST_SKIP() << "not possible here: tc qdisc add dev lo root netem loss 1%";
    add_test(
        "{ name: lossy, given: [{ impair: a-r, to: { loss: 100% } }], ping: { from: a, to: b, expect: "
        "no-reply } }");
    auto const looked = vethwork("test lossy");
    EXPECT_THAT(looked.out, HasSubstr("✓ lossy")) << looked.err;
    EXPECT_EQ(vethwork("status").status, 0) << "a fault is left";
}

TEST_P(TestVerb, TellsByTheNamesThatAreAskedFor) {
    auto const good = vethwork("test 'holds p*' 'holds rate'");
    EXPECT_EQ(good.status, 0);
    EXPECT_THAT(good.out, HasSubstr("✓ holds plain  0 % lost, "));
    EXPECT_THAT(good.out, testing::ContainsRegex("✓ holds rate  [0-9]+ of [0-9]+ datagrams, [0-9.]+mbit\n"));
    EXPECT_THAT(good.out, HasSubstr(" hold, 0 fail, 0 left out.\n"));
    auto const bad = vethwork("test 'fails port'");
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(bad.out, HasSubstr("✗ fails port  a to b (10.0.2.2): refused\n"));
    EXPECT_EQ(vethwork("test nothing").status, 4);
}

TEST_P(TestVerb, TriesAgainUntilItHolds) {
    add_test("{ name: again, within: 20s, exec: { on: a, argv: [/bin/sh, /run/again.sh] } }");
    auto const looked = vethwork("test again");
    EXPECT_EQ(looked.status, 0) << looked.out << looked.err;
    EXPECT_EQ(shell("wc -l < /run/tries").out, "3\n");
}

INSTANTIATE_TEST_SUITE_P(On, TestVerb, testing::Values("", "--rootless"),
                         [](auto const& test) { return test.param.empty() ? "Root" : "Rootless"; });

}  // namespace
}  // namespace vethwork::test
