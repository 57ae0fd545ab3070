#include <gmock/gmock.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::HasSubstr;

Outcome send(std::vector<std::string> words) {
    words.insert(words.begin(), "send");
    return vethwork(std::move(words), "x");
}

void expect_refusal(std::vector<std::string> words, int status, std::string const& message) {
    Outcome const outcome = send(std::move(words));
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.err, "vethwork send: " + message + "\n");
}

TEST(SendCliTest, BadWordsAreUsage) {
    std::string const help = "; `vethwork send --help` lists the options";
    expect_refusal({}, 2, "PROTOCOL is required" + help);
    expect_refusal({"tcp"}, 2, "ADDRESS:PORT is required" + help);
    expect_refusal({"tcp", "nowhere"}, 2,
                   "\"nowhere\" is no address and port: there is no :PORT; write it as 10.0.2.0:4078 or "
                   "[fd00::2]:4078");
    expect_refusal({"tcp", "name:http"}, 2,
                   "\"name:http\" is no address and port: the port is a number from 0 to 65535; write it as "
                   "10.0.2.0:4078 or [fd00::2]:4078");
    expect_refusal({"tcp", "-4", "-6", "127.0.0.1:1"}, 2, "-4 excludes -6" + help);
}

TEST(SendCliTest, TheFamilyMustFit) {
    expect_refusal({"tcp", "-6", "127.0.0.1:1"}, 1, "127.0.0.1: Address family for hostname not supported");
    expect_refusal({"tcp", "127.0.0.1:1", "-n", "nono"}, 1,
                   "Cannot open network namespace \"nono\": No such file or directory");
}

TEST(SendCliTest, HelpGoesToStdout) {
    Outcome const outcome = send({"--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Exit status: 0"));
}

}  // namespace
}  // namespace vethwork::test
