#include <gtest/gtest.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

void expect_refusal(std::vector<std::string> words, std::string const& message) {
    words.insert(words.begin(), "ping");
    Outcome const outcome = vethwork(std::move(words));
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, "ping: " + message + "\n");
}

TEST(PingCliTest, BadWordsAreUsage) {
    expect_refusal({}, "usage error: Destination address required");
    expect_refusal({"-c", "x", "10.0.1.2"}, "invalid argument: 'x'");
    expect_refusal({"-c0", "10.0.1.2"},
                   "invalid argument: '0': out of range: 1 <= value <= 9223372036854775807");
    expect_refusal({"-t", "256", "10.0.1.2"}, "invalid argument: '256': out of range: 0 <= value <= 255");
    expect_refusal({"-i", "soon", "10.0.1.2"}, "bad timing interval: soon; write seconds, as 1 or 0.2");
    expect_refusal({"-W", "-1", "10.0.1.2"}, "bad linger time: -1; write seconds, as 1 or 0.2");
    expect_refusal({"-M", "x", "10.0.1.2"}, "invalid -M argument: x; it is one of do, want and dont");
    expect_refusal({"-Q", "900", "10.0.1.2"}, "the decimal value of TOS bits must be in range 0-255: 900");
    expect_refusal({"-4", "-6", "10.0.1.2"}, "only one -4 or -6 option may be specified");
    expect_refusal({"-c"}, "option requires an argument -- 'c'");
    expect_refusal({"-z"}, "invalid option -- 'z'; `vethwork ping --help` lists the options");
    expect_refusal({"10.0.1.2", "10.0.1.3"}, "unexpected word \"10.0.1.3\"; one destination is enough");
}

TEST(PingCliTest, WithoutANetworkThereIsNoRoute) {
    expect_refusal({"10.0.1.2"}, "connect: Network is unreachable");
}

TEST(PingCliTest, HelpGoesToStdout) {
    Outcome const outcome = vethwork({"ping", "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.out.find("Usage: vethwork ping [OPTIONS] DESTINATION\n"), 0u);
}

}  // namespace
}  // namespace vethwork::test
