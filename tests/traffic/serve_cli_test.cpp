#include <gmock/gmock.h>

#include <csignal>

#include "support/vethwork.hpp"
#include "traffic/server_process.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

Outcome serve(std::vector<std::string> words) {
    words.insert(words.begin(), "serve");
    return vethwork(std::move(words));
}

void expect_refusal(std::vector<std::string> words, int status, std::string const& message) {
    Outcome const outcome = serve(std::move(words));
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "vethwork serve: " + message + "\n");
}

TEST(ServeCliTest, BadWordsAreUsage) {
    std::string const help = "; `vethwork serve --help` lists the options";
    std::string const forms = "; write it as 10.0.2.0:4078 or [fd00::2]:4078";
    expect_refusal({}, 2, "PROTOCOL is required" + help);
    expect_refusal({"http"}, 2, "PROTOCOL: http not in {tcp,udp}" + help);
    expect_refusal({"tcp", "--nope"}, 2, "The following argument was not expected: --nope" + help);
    expect_refusal({"tcp", "1.2.3.4"}, 2, "\"1.2.3.4\" is no address and port: there is no :PORT" + forms);
    EXPECT_EQ(serve({"tcp", "--idle", "-1"}).status, 2);
    EXPECT_EQ(serve({"tcp", "--idle", "soon"}).status, 2);
}

TEST(ServeCliTest, WhatTheMachineRefusesComesWithAHint) {
    bring_up_loopback();
    expect_refusal(
        {"tcp", "192.0.2.1:80"}, 1,
        "listen at 192.0.2.1:80: Cannot assign requested address; it is no address of this network "
        "namespace: `vethwork ip addr` lists them");
    expect_refusal({"udp", "-n", "nono"}, 1,
                   "Cannot open network namespace \"nono\": No such file or directory");
    for (std::string const protocol : {"tcp", "udp"}) {
        ServerProcess first({protocol, "127.0.0.1:0"});
        std::string const taken = first.endpoint().to_string();
        expect_refusal(
            {protocol, taken}, 1,
            "listen at " + taken +
                ": Address already in use; another program listens there: `ss -lnp` shows it; or choose "
                "another port");
    }
}

TEST(ServeCliTest, ListensWhereTheTutorialDoes) {
    ServerProcess tcp({"tcp"}), udp({"udp"});
    EXPECT_THAT(tcp.log_until("..."), HasSubstr(" listening at 0.0.0.0:4078 (tcp)...\n"));
    EXPECT_THAT(udp.log_until("..."), HasSubstr(" listening at 0.0.0.0:47733 (udp)...\n"));
}

TEST(ServeCliTest, ServesInANamedNamespace) {
    if (!has_program("ip")) GTEST_SKIP() << "no ip here";
    ASSERT_EQ(shell("ip netns add blue && ip -n blue link set lo up").status, 0);
    ServerProcess server({"tcp", "-n", "blue"});
    std::string const send = program + " send tcp 127.0.0.1:4078";
    Outcome const inside = shell("echo hello | " + send + " -n blue");
    EXPECT_EQ(without_stamp(inside.out), "hello\n");
    EXPECT_EQ(shell("echo hello | " + send).status, 1);
}

TEST(ServeCliTest, HelpGoesToStdout) {
    Outcome const outcome = serve({"--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "");
    for (char const* const word : {"--netns", "--idle", "--echo", "--quiet", "0.0.0.0:47733"})
        EXPECT_THAT(outcome.out, HasSubstr(word));
}

}  // namespace
}  // namespace vethwork::test
