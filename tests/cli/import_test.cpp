// A pile of namespaces made with the real ip becomes a lab file; what that brings up is the same again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

/// Two hosts at a router that has a bridge; a macvlan, a VXLAN; routes in two tables, a rule, both families.
constexpr auto pile = R"(set -e
for n in red r blue; do ip netns add p-$n; ip -n p-$n link set lo up; done
ip -n p-red link add eth0 type veth peer name west netns p-r
ip -n p-r link add east type veth peer name eth0 netns p-blue
ip -n p-r link add br0 type bridge
ip -n p-r link set west master br0
for l in west br0; do ip -n p-r link set $l up; done
ip -n p-r link set east up mtu 1400
ip -n p-blue link set eth0 up mtu 1400
ip -n p-red link set eth0 up address 02:00:00:00:00:07
ip -n p-r addr add 10.1.0.1/24 dev br0
ip -n p-r addr add 10.2.0.1/24 dev east
ip -n p-r addr add fd00:2::1/64 dev east nodad
ip -n p-red addr add 10.1.0.2/24 dev eth0
ip -n p-blue addr add 10.2.0.2/24 dev eth0
ip -n p-blue addr add fd00:2::2/64 dev eth0 nodad
ip -n p-blue addr add 192.0.2.1/32 dev lo
ip -n p-red route add default via 10.1.0.1
ip -n p-blue route add 10.1.0.0/24 via 10.2.0.1 metric 7
ip -n p-blue route add default via 10.2.0.1 table 100
ip -n p-blue -6 route add default via fd00:2::1
ip -n p-blue route add blackhole 198.51.100.0/24
ip -n p-blue rule add from 192.0.2.1 lookup 100 pref 50
ip netns exec p-r sysctl -qw net.ipv4.ip_forward=1
)";

std::string without_comment(std::string const& text) { return text.substr(text.find('\n')); }

class Import : public testing::Test {
protected:
    void SetUp() override {
        if (!has_program("ip") || !has_program("sysctl"))
            GTEST_SKIP() << "no ip or sysctl to make a pile with";
        auto const made = shell(pile);
        ASSERT_EQ(made.status, 0) << made.err;
    }
    /// Of every named namespace with this prefix what `ip` says, less numbers and times.
    static std::string seen(std::string const& prefix) {
        std::string text;
        for (std::string const node : {"red", "r", "blue"})
            for (std::string const what :
                 {"-4 route show table all", "-6 route show", "rule", "-br link", "-br addr"})
                text +=
                    shell("ip -n " + prefix + node + " " + what + " | sed 's/@if[0-9]*//; /fe80/d' | sort")
                        .out;
        return text;
    }
};

TEST_F(Import, MakesALabThatIsTheSameAgain) {
    (void)shell(
        "ip -n p-red link add m0 link eth0 type macvlan mode bridge && "
        "ip -n p-red link add vx7 type vxlan id 7 local 10.1.0.2 remote 10.1.0.1 dstport 4789 dev eth0 && "
        "ip -n p-red addr add 10.7.0.1/24 dev vx7 && ip -n p-red link set vx7 up");
    auto const first = run({program, "import", "netns", "--prefix", "p-", "--name", "again"});
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_EQ(first.err, "");
    (void)run({"tee", "/run/again.vethwork.yaml"}, first.out);
    EXPECT_EQ(run({program, "fmt", "--check", "/run/again.vethwork.yaml"}).status, 0) << first.out;
    auto const up = run({program, "up", "-f", "/run/again.vethwork.yaml"});
    ASSERT_EQ(up.status, 0) << up.err << first.out;
    EXPECT_EQ(run({program, "status", "-f", "/run/again.vethwork.yaml"}).out,
              "again: up, 3 namespaces\n  as its file says\n");
    auto const second = run({program, "import", "netns", "--prefix", "again.", "--name", "again"});
    EXPECT_EQ(without_comment(second.out), without_comment(first.out));
    EXPECT_EQ(seen("again."), seen("p-"));
    EXPECT_EQ(run({program, "down", "-l", "again"}).status, 0);
}

TEST_F(Import, SaysHowLinksAreImpaired) {
    auto const impaired = shell(
        "PATH=$PATH:/usr/sbin:/sbin; set -e; tc -n p-red qdisc add dev eth0 root netem delay 20ms 1ms loss "
        "10%; "
        "tc -n p-r qdisc add dev west root netem loss gemodel 1% 10% 70% 0.1% rate 8mbit limit 50; "
        "tc -n p-blue qdisc add dev eth0 root netem corrupt 1% 50%; tc -n p-r qdisc add dev br0 root pfifo");
    if (impaired.status != 0) GTEST_SKIP() << "no netem here: " << impaired.err;
    auto const some = run({program, "import", "netns", "--prefix", "p-"});
    EXPECT_THAT(
        some.out,
        HasSubstr("    impair: { from: { r: { loss: { enter: 1%, leave: 10%, bad: 70%, good: 0.1% }, rate: "
                  "8mbit, queue: 50packets }, red: { delay: 20ms, jitter: 1ms, loss: 10% } } }\n"));
    EXPECT_THAT(some.err, HasSubstr("left out: blue: eth0: a part of its netem\n"));
    EXPECT_THAT(some.err, HasSubstr("left out: r: br0: queueing discipline pfifo\n"));
    (void)run({"tee", "/run/some.vethwork.yaml"}, some.out);
    ASSERT_EQ(run({program, "up", "-f", "/run/some.vethwork.yaml"}).status, 0);
    EXPECT_THAT(shell("PATH=$PATH:/usr/sbin:/sbin; tc -n imported.red qdisc show dev eth0").out,
                HasSubstr("limit 1000 delay 20ms  1ms loss 10%"));
    EXPECT_EQ(run({program, "status", "-f", "/run/some.vethwork.yaml"}).status, 0);
    EXPECT_EQ(run({program, "down", "-f", "/run/some.vethwork.yaml"}).status, 0);
}

TEST_F(Import, TellsWhatAFileCannotSay) {
    ASSERT_EQ(shell("ip netns add other && ip -n other link add x type veth peer name lost netns p-red && "
                    "ip -n p-red addr add 10.9.0.1/24 dev lost && ip -n p-red link set lost up && "
                    "ip -n other link set x up && ip -n p-red route add 10.10.0.0/16 via 10.9.0.2 && "
                    "ip -n p-red neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev eth0")
                  .status,
              0);
    auto const some = run({program, "import", "netns", "p-red", "p-r"});
    EXPECT_EQ(some.status, 0);
    EXPECT_THAT(some.err, HasSubstr("left out: p-red: lost: its other end is in none of these namespaces\n"));
    EXPECT_THAT(some.err, HasSubstr("left out: p-red: a route over what is left out\n"));
    EXPECT_THAT(some.err, HasSubstr("left out: p-red: permanent neighbours\n"));
    EXPECT_THAT(some.err, HasSubstr("left out: p-r: east: its other end"));
    (void)run({"tee", "/run/some.vethwork.yaml"}, some.out);
    auto const checked = run({program, "check", "/run/some.vethwork.yaml"});
    EXPECT_EQ(checked.status, 0) << checked.err << some.out;
}

TEST_F(Import, ComplainsWhereThereIsNothing) {
    auto const none = run({program, "import", "netns", "--prefix", "q-"});
    EXPECT_EQ(none.status, 4);
    EXPECT_EQ(none.out, "");
    EXPECT_THAT(none.err, HasSubstr("no network namespace begins with \"q-\""));
    EXPECT_EQ(run({program, "import", "netns", "absent"}).status, 4);
    EXPECT_EQ(run({program, "import", "containers"}).status, 2);
}

TEST(Files, AreFormattedAndPinnedInPlace) {
    std::string const file = "/run/two.vethwork.yaml";
    (void)run({"tee", file},
              "vethwork: 1\nname: two\nnodes: {a: {},b: {}}\nlinks:\n- link: [a,b]  # the cable\n");
    EXPECT_EQ(run({program, "fmt", "--check", file}).status, 1);
    EXPECT_EQ(run({program, "fmt", file}).err, file + "\n");
    EXPECT_EQ(run({program, "fmt", "--check", file}).status, 0);
    auto const pinned = run({program, "pin", file, "--mac"});
    EXPECT_EQ(pinned.status, 0) << pinned.err;
    EXPECT_EQ(pinned.err, "two: 2 ends are written out.\n");
    auto const text = shell("cat " + file).out;
    EXPECT_THAT(text, HasSubstr("  - link: [{ node: a, if: eth0, ip: [10.0.1.1/24, "));
    EXPECT_THAT(text, HasSubstr(" # the cable\n"));
    EXPECT_EQ(run({program, "fmt", "--check", file}).status, 0) << text;
    EXPECT_EQ(run({program, "fmt", "/run/absent.yaml"}).status, 4);
}

}  // namespace
}  // namespace vethwork::test
