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
  - { name: left out faults, given: [{ down: a-r }], ping: { from: a, to: b, expect: no-reply } }
  - { name: left out rate, throughput: { from: a, to: b, rate: 1mbit..9gbit } }
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
        text.replace(text.find("PROGRAM"), 7, program);
        text += tests;
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
    EXPECT_GE(results.size(), 23u);
    for (auto const& one : results) {
        auto const name = one.at("name").get<std::string>(), result = one.at("result").get<std::string>();
        EXPECT_TRUE(name.starts_with(result)) << one;
    }
}

TEST_P(TestVerb, TellsByTheNamesThatAreAskedFor) {
    auto const good = vethwork("test 'holds p*' 'left out rate'");
    EXPECT_EQ(good.status, 0);
    EXPECT_THAT(good.out, HasSubstr("✓ holds plain  0 % lost, "));
    EXPECT_THAT(good.out, HasSubstr("- left out rate  left out: throughput is not measured yet\n"));
    EXPECT_THAT(good.out, HasSubstr(" hold, 0 fail, 1 left out.\n"));
    auto const bad = vethwork("test 'fails port'");
    EXPECT_EQ(bad.status, 1);
    EXPECT_THAT(bad.out, HasSubstr("✗ fails port  a to b (10.0.2.2): refused\n"));
    EXPECT_EQ(vethwork("test nothing").status, 4);
}

TEST_P(TestVerb, TriesAgainUntilItHolds) {
    (void)shell(
        "sed -i 's|^tests:|tests:\\n  - { name: again, within: 20s, exec: { on: a, argv: [/bin/sh, "
        "/run/again.sh] } }|' " +
        file);
    ASSERT_EQ(vethwork("up").status, 0);
    auto const looked = vethwork("test again");
    EXPECT_EQ(looked.status, 0) << looked.out << looked.err;
    EXPECT_EQ(shell("wc -l < /run/tries").out, "3\n");
}

INSTANTIATE_TEST_SUITE_P(On, TestVerb, testing::Values("", "--rootless"),
                         [](auto const& test) { return test.param.empty() ? "Root" : "Rootless"; });

}  // namespace
}  // namespace vethwork::test
