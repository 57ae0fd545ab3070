// `vethwork why --watch`: each change of the answer is told once, with what brought it about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_network.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

/// Watches while `changes` are made; `told TEXT` in them waits until it is seen.
Outcome watched(std::string const& changes, std::string const& options = "",
                std::string const& question = "a 10.2.0.9") {
    return shell(
        "cd /run && told() { n=0; until grep -q -- \"$1\" seen; do n=$((n+1)); [ $n -lt 9000 ] || return; "
        "done; }\n" +
        program + " why " + question + " --watch " + options + " >seen & watcher=$!\n" + changes +
        "\nkill -INT $watcher; wait $watcher; echo status $?; cat seen");
}

class WhyWatch : public testing::Test {
protected:
    void SetUp() override { make_small_network({"ip", "nft", "sysctl"}); }
};

TEST_F(WhyWatch, NamesTheEventThatBrokeItAndTheOneThatMendedIt) {
    auto const outcome = watched(
        "told ' REACHABLE'; ip -n r link set wan down; told 'reachable → unreachable'\n"
        "ip -n r link set wan up; told 'unreachable → reachable'\n"
        "ip -n a route del default; told 'a route'\n");
    EXPECT_THAT(outcome.out, HasSubstr("status 1\n"));  // as it was at last
    EXPECT_THAT(outcome.out,
                ContainsRegex(
                    "\n[0-9:]{8} reachable → unreachable: r wan went down \\(link-down in r: wan is down\\)\n"
                    "[0-9:]{8} unreachable → reachable: r wan came up\n"
                    "[0-9:]{8} reachable → unreachable: a route default via 10.1.0.1 dev eth0 is gone "
                    "\\(no-route-forward in a: "));
}

TEST_F(WhyWatch, FindsWhatSendsNoEvent) {
    auto const outcome =
        watched("told ' REACHABLE'; ip netns exec r sysctl -qw net.ipv4.ip_forward=0; told ip-forward-off");
    EXPECT_THAT(
        outcome.out,
        HasSubstr("reachable → unreachable: r net.ipv4.conf.lan.forwarding 1 → 0 (ip-forward-off in r: "));
}

TEST(WhyWatchInALab, NamesTheLineOfTheFile) {
    if (!has_program("ip")) GTEST_SKIP() << "ip is not installed";
    EXPECT_EQ(shell("cd /run && " + program + " new two && " + program + " up -q").status, 0);
    auto const outcome = watched(
        "told ' REACHABLE'; ip -n two.b link set eth0 down; told 'reachable → unreachable'", "", "a b");
    EXPECT_EQ(shell("cd /run && sed -n '/link: .a, b./=' two.vethwork.yaml").out, "10\n");
    EXPECT_THAT(outcome.out, HasSubstr("is down) [two.vethwork.yaml:10]\n"));
    EXPECT_EQ(shell("cd /run && " + program + " down -q").status, 0);
}

TEST_F(WhyWatch, IsAJsonObjectALine) {
    auto const outcome =
        watched("told reachable; ip -n z addr flush dev eth0; told address-missing", "--json");
    auto const lines = outcome.out.substr(outcome.out.find('\n') + 1);
    auto const first = nlohmann::json::parse(lines.substr(0, lines.find('\n')), nullptr, false);
    auto const second = nlohmann::json::parse(lines.substr(lines.find('\n') + 1), nullptr, false);
    ASSERT_FALSE(first.is_discarded() || second.is_discarded()) << outcome.out;
    EXPECT_EQ(first["verdict"], "reachable");
    EXPECT_EQ(second["to"], "unreachable");
    EXPECT_EQ(second["event"]["ns"], "z");
    EXPECT_EQ(second["event"]["what"], "address 10.2.0.9/24 dev eth0 is gone");
    EXPECT_EQ(second["diagnosis"]["cause"], "address-missing");
}

}  // namespace
}  // namespace vethwork::test
