#include <gmock/gmock.h>

#include "support/vethwork.hpp"
#include "traffic/server_process.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SendTest : public testing::Test {
protected:
    void SetUp() override { bring_up_loopback(); }
    static Outcome send(std::vector<std::string> words, std::string_view input) {
        words.insert(words.begin(), "send");
        return vethwork(std::move(words), input);
    }
};

TEST_F(SendTest, SendsALineAndPrintsTheAnswer) {
    for (std::string const protocol : {"tcp", "udp"}) {
        ServerProcess server({protocol, "127.0.0.1:0"});
        Outcome const outcome = send({protocol, server.endpoint().to_string()}, "hello\n");
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_EQ(without_stamp(outcome.out), "hello\n");
    }
}

TEST_F(SendTest, AMegabyteComesBackWhole) {
    ServerProcess server({"tcp", "127.0.0.1:0"});
    std::string const payload(1 << 20, 'x');
    Outcome const outcome = send({"tcp", server.endpoint().to_string()}, payload);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_TRUE(without_stamp(outcome.out) == payload);
}

TEST_F(SendTest, WorksWithTheRealNetcatBothWays) {
    if (!has_program("nc")) GTEST_SKIP() << "no nc here";
    ServerProcess server({"tcp", "127.0.0.1:0"});
    std::string const port = std::to_string(server.endpoint().port);
    Outcome const theirs = run({"nc", "-q1", "127.0.0.1", port}, "hello\n");
    EXPECT_EQ(without_stamp(theirs.out), "hello\n");
    Outcome const ours = shell(
        "nc -l 127.0.0.1 4079 > /run/got < /dev/null & for i in 1 2 3 4 5 6 7 8 9; do ss -ltn | "
        "grep -q :4079 && break; sleep 0.1; done; echo hi | " +
        program + " send tcp 127.0.0.1:4079; echo $?; cat /run/got");
    EXPECT_EQ(ours.out, "0\nhi\n") << ours.err;
}

TEST_F(SendTest, SaysWhenNobodyListens) {
    Outcome const tcp = send({"tcp", "127.0.0.1:9"}, "x");
    EXPECT_EQ(tcp.status, 1);
    EXPECT_EQ(
        tcp.err,
        "vethwork send: connect to 127.0.0.1:9: Connection refused; the host is there, but nobody listens at "
        "that port\n");
    Outcome const udp = send({"udp", "127.0.0.1:9"}, "x");
    EXPECT_EQ(udp.status, 1);
    EXPECT_EQ(udp.err,
              "vethwork send: receive: Connection refused; the host is there, but nobody receives at that "
              "UDP port\n");
}

TEST_F(SendTest, SaysWhenThereIsNoRoute) {
    Outcome const outcome = send({"tcp", "10.9.9.9:1"}, "x");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.err,
                StartsWith("vethwork send: connect to 10.9.9.9:1: Network is unreachable; there is no"));
}

TEST_F(SendTest, GivesUpConnectingAndWaiting) {
    if (!has_program("nft")) GTEST_SKIP() << "no nft here";
    Outcome const rules = shell(
        "nft add table ip t && nft 'add chain ip t in { type filter hook input priority 0; }' && "
        "nft add rule ip t in tcp dport 4070 drop");
    if (rules.status != 0) GTEST_SKIP() << "nft cannot filter here: " << rules.err;
    Outcome const connecting = send({"tcp", "127.0.0.1:4070", "-w", "0.2"}, "x");
    EXPECT_EQ(connecting.status, 1);
    EXPECT_THAT(connecting.err,
                HasSubstr("connect to 127.0.0.1:4070: Connection timed out; the host may be down"));
}

TEST_F(SendTest, AnEmptyInputOverUdpSendsNothingAndWaitsForNothing) {
    Outcome const outcome = send({"udp", "127.0.0.1:9"}, "");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
}

}  // namespace
}  // namespace vethwork::test
