// Our ping and the real one, side by side in the same network: the same words, times masked, and the same
// status.
#include <gtest/gtest.h>

#include <regex.h>

#include <array>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

/// Replaces every match of a POSIX extended expression.
std::string masked(std::string text, char const* expression, std::string_view by) {
    regex_t compiled;
    EXPECT_EQ(::regcomp(&compiled, expression, REG_EXTENDED), 0);
    std::string result;
    regmatch_t match;
    while (::regexec(&compiled, text.c_str(), 1, &match, 0) == 0) {
        result += text.substr(0, static_cast<std::size_t>(match.rm_so));
        result += by;
        text.erase(0, static_cast<std::size_t>(match.rm_eo));
    }
    ::regfree(&compiled);
    return result + text;
}

std::string without_times(std::string text) {
    text = masked(std::move(text), "time=[0-9.]+ ms", "time=T ms");
    text = masked(std::move(text), "time [0-9]+ms", "time Tms");
    text = masked(std::move(text), "mdev = [0-9./]+ ms", "mdev = R ms");
    text = masked(std::move(text), "(, )?pipe [0-9]+", "");  // how late the slowest answer was
    return masked(std::move(text), "\\[[0-9]{10}\\.[0-9]{6}\\]", "[S]");
}

/// This host - router - far host, with addresses of both families; the router prohibits 10.0.4.0/24.
constexpr char const* network = R"(set -e
ip link set lo up; ip netns add router; ip netns add far
ip link add v0 type veth peer name v1 netns router; ip -n router link add w0 type veth peer name w1 netns far
ip addr add 10.0.1.1/24 dev v0; ip addr add fd00:1::1/64 dev v0 nodad; ip link set v0 up
ip -n router addr add 10.0.1.2/24 dev v1; ip -n router addr add fd00:1::2/64 dev v1 nodad; ip -n router link set v1 up
ip -n router addr add 10.0.3.1/24 dev w0; ip -n router addr add fd00:3::1/64 dev w0 nodad; ip -n router link set w0 up
ip -n far addr add 10.0.3.2/24 dev w1; ip -n far addr add fd00:3::2/64 dev w1 nodad; ip -n far link set w1 up
ip -n far route add default via 10.0.3.1; ip -n far -6 route add default via fd00:3::1
ip netns exec router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip netns exec router sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
ip route add 10.0.3.0/24 via 10.0.1.2; ip route add 10.0.4.0/24 via 10.0.1.2
ip -6 route add fd00:3::/64 via fd00:1::2; ip -6 route add fd00:4::/64 via fd00:1::2
ip -n router route add prohibit 10.0.4.0/24)";

class PingTest : public testing::Test {
protected:
    void SetUp() override {
        for (char const* const program : {"ping", "ip", "sysctl"})
            if (!has_program(program)) GTEST_SKIP() << "no " << program << " here";
        Outcome const made = shell(network);
        ASSERT_EQ(made.status, 0) << made.err;
    }
    static Outcome ours(std::string const& words) { return shell(program + " ping " + words); }
    /// Runs both with these words and compares all they say.
    static void expect_same(std::string const& words) {
        Outcome const real = shell("ping " + words), mine = ours(words);
        EXPECT_EQ(without_times(mine.out), without_times(real.out)) << words;
        EXPECT_EQ(mine.err, real.err) << words;
        EXPECT_EQ(mine.status, real.status) << words;
    }
};

TEST_F(PingTest, Answered) {
    expect_same("-c 3 -i 0.2 10.0.1.2");
    expect_same("-c 2 -i 0.2 10.0.3.2");
    expect_same("-c 2 -i 0.2 fd00:1::2");
    expect_same("-c 2 -i 0.2 fd00:3::2");
    expect_same("-c 1 127.0.0.1");
    expect_same("-c 1 0");
    expect_same("-c 1 ::1");
}

TEST_F(PingTest, NobodyHasTheAddress) {
    expect_same("-c 2 -i 0.2 10.0.1.9");
    expect_same("-c 1 -q 10.0.1.9");
    expect_same("-c 1 -W 4 fd00:1::9");
}

TEST_F(PingTest, ARouterSaysNo) {
    expect_same("-c 2 -i 0.2 -W 2 10.0.4.9");
    expect_same("-c 2 -i 0.2 -W 2 fd00:4::9");
    expect_same("-c 1 -W 4 10.0.3.9");
}

TEST_F(PingTest, TheTimeToLiveIsOver) {
    expect_same("-c 2 -i 0.2 -W 1 -t 1 10.0.3.2");
    expect_same("-c 2 -i 0.2 -W 1 -t 1 fd00:3::2");
}

TEST_F(PingTest, NoRoute) {
    expect_same("-c 1 10.9.9.9");
    expect_same("-c 1 fd09::1");
    expect_same("-c 1 10.0.1.255");
    expect_same("-c 1 -I 10.7.1.1 10.0.1.2");
    expect_same("-c 1 -I nodev 10.0.1.2");
    expect_same("-c 1 -I nodev fd00:1::2");
}

TEST_F(PingTest, SilentlyDropped) {
    if (!has_program("nft")) GTEST_SKIP() << "no nft here";
    Outcome const rules = shell(
        "ip netns exec router nft 'add table ip t; add chain ip t in { type filter hook input priority 0; "
        "policy "
        "drop; }'");
    if (rules.status != 0) GTEST_SKIP() << "nft cannot filter here: " << rules.err;
    expect_same("-c 2 -i 0.2 -W 0.3 10.0.1.2");
    expect_same("-c 3 -i 0.2 -W 0.3 -O 10.0.1.2");
    expect_same("-w 1 -i 0.4 10.0.1.2");
}

TEST_F(PingTest, SizesAndFragments) {
    for (char const* const size : {"0", "4", "15", "16", "1472", "1473", "9000", "60000"})
        expect_same(std::string("-c 1 -s ") + size + " 10.0.1.2");
    expect_same("-c 1 -s 9000 fd00:1::2");
    expect_same("-c 1 -s 2000 -M do 10.0.1.2");
    expect_same("-c 1 -s 2000 -M do fd00:1::2");
    expect_same("-c 1 -s 2000 -M dont 10.0.1.2");
    ASSERT_EQ(shell("ip -n router link set w0 mtu 1280").status, 0);
    std::string const words = "-c 1 -s 1400 -M do 10.0.3.2";
    Outcome const real = shell("ping " + words);  // from now on this host knows the MTU of the way
    ASSERT_EQ(shell("ip route flush cache").status, 0);
    EXPECT_EQ(without_times(ours(words).out), without_times(real.out));
    EXPECT_EQ(ours(words).err, "ping: local error: message too long, mtu=1280\n");
}

TEST_F(PingTest, SourcesAndDevices) {
    expect_same("-c 1 -I v0 10.0.1.2");
    expect_same("-c 1 -I 10.0.1.1 10.0.1.2");
    expect_same("-c 1 -I 10.0.1.1 -I v0 10.0.1.2");
    expect_same("-c 1 -I v0 fd00:1::2");
    expect_same("-c 1 -I fd00:1::1 fd00:1::2");
    expect_same("-c 1 -I lo 10.0.1.2 -W 0.2");
}

TEST_F(PingTest, LooksAndNumbers) {
    expect_same("-c 1 -D 10.0.1.2");
    expect_same("-c 1 -q 10.0.1.2");
    expect_same("-c 1 -n 10.0.1.2");
    expect_same("-c 1 -Q 0x10 10.0.1.2");
    expect_same("-c 1 -4 10.0.1.2");
    expect_same("-c 1 -6 10.0.1.2");
    expect_same("-qc1 10.0.1.2");
    expect_same("-c 5 -w 1 -i 0.3 10.0.1.2");
}

TEST_F(PingTest, ARedirectIsShown) {
    ASSERT_EQ(
        shell("ip -n router addr add 10.0.1.3/24 dev v1 && ip route replace 10.0.5.0/24 via 10.0.1.2 && "
              "ip -n router route add 10.0.5.0/24 via 10.0.1.9 && ip netns exec router sysctl -qw "
              "net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.v1.send_redirects=1 && "
              "ip -n router neigh replace 10.0.1.9 lladdr 02:00:00:00:00:99 dev v1")
            .status,
        0);
    EXPECT_NE(ours("-c 1 -W 0.3 10.0.5.1")
                  .out.find("From 10.0.1.2: icmp_seq=1 Redirect Host(New nexthop: 10.0.1.9)\n"),
              std::string::npos);
}

TEST_F(PingTest, UnprivilegedThroughADatagramSocket) {
    if (!has_program("setpriv")) GTEST_SKIP() << "no setpriv here";
    ASSERT_EQ(shell("sysctl -qw net.ipv4.ping_group_range='0 0'").status, 0);
    std::string const without = "setpriv --bounding-set=-all --inh-caps=-all ";
    std::string const ping = program + " ping ";
    ASSERT_EQ(shell("cp $(command -v ping) /run/ping").status, 0);  // leaves its capability behind
    for (std::string const words : {"-c 2 -i 0.2 10.0.1.2", "-c 1 -i 0.2 10.0.1.9", "-c 1 -t 1 10.0.3.2",
                                    "-c 1 fd00:1::2", "-c 1 -W 1 fd00:4::9", "-c 1 -s 2000 -M do 10.0.1.2"}) {
        Outcome const real = shell(without + "/run/ping " + words), mine = shell(without + ping + words);
        EXPECT_EQ(without_times(mine.out), without_times(real.out)) << words;
        EXPECT_EQ(mine.status, real.status) << words;
    }
}

TEST_F(PingTest, SaysWhyTheKernelDoesNotSend) {
    Outcome const large = ours("-c 1 -W 0.1 -s 70000 10.0.1.2");
    EXPECT_EQ(large.err, "ping: sendmsg: Message too long\n");
    EXPECT_EQ(large.status, 1);
}

TEST_F(PingTest, PingsFromANamedNamespace) {
    Outcome const far = ours("-c 1 -n far 10.0.1.1");
    EXPECT_NE(far.out.find("64 bytes from 10.0.1.1: icmp_seq=1 ttl=63 "), std::string::npos) << far.err;
    EXPECT_EQ(ours("-c 1 --netns far 10.0.1.1").status, 0);
    Outcome const nowhere = ours("-c 1 --netns nowhere 10.0.1.1");
    EXPECT_EQ(nowhere.status, 2);
    EXPECT_EQ(nowhere.err, "ping: Cannot open network namespace \"nowhere\": No such file or directory\n");
}

TEST_F(PingTest, JsonIsOneObject) {
    Outcome const lost = ours("-c 1 -W 4 --json 10.0.4.1");
    EXPECT_EQ(
        lost.out,
        "{\"host\":\"10.0.4.1\",\"address\":\"10.0.4.1\",\"transmitted\":1,\"received\":0,\"duplicates\":0,"
        "\"corrupted\":0,\"errors\":1,\"loss_percent\":100,\"time_ms\":0}\n");
    EXPECT_EQ(lost.status, 1);
    Outcome const answered = ours("-c 2 -i 0.1 --json 10.0.1.2");
    EXPECT_EQ(answered.out.find("{\"host\":\"10.0.1.2\""), 0u);
    EXPECT_NE(answered.out.find(",\"rtt_ms\":{\"min\":0."), std::string::npos) << answered.out;
}

TEST_F(PingTest, AnInterruptEndsItWithTheSummary) {
    // The machine may be slow: how many went out in that time is not ours to say.
    Outcome const outcome = shell("timeout -s INT 2 " + program + " ping -i 0.2 10.0.1.2");
    EXPECT_NE(outcome.out.find("\n--- 10.0.1.2 ping statistics ---\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find(" received, 0% packet loss"), std::string::npos) << outcome.out;
}

}  // namespace
}  // namespace vethwork::test
