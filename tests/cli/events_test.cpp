// What changes in a running lab is told as it changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Brings a lab up, watches it while `changes` are made by `vethwork ip` in node a, and gives what was told.
std::string watched(std::string const& footing, std::string const& changes, std::string const& more = "") {
    auto const outcome = shell("exec 2>&1; cd /run && " + program +
                               " new two -o two.vethwork.yaml 2>/dev/null; mkfifo told || exit 1\n" +
                               program + " up -q " + footing + " -f two.vethwork.yaml || exit 1\n" + program +
                               " events two --for 30 " + more + footing +
                               " >seen 2>told & watcher=$!\n"
                               "read -r line <told\n"  // when it says that it watches, it does
                               "in_a() { " +
                               program + " exec -q " + footing + " -f two.vethwork.yaml a -- " + program +
                               " ip \"$@\"; }\n" + changes +
                               "\nin_a link add last type bridge\n"
                               "until grep -q 'last' seen; do :; done\n"
                               "kill -INT $watcher; wait $watcher; echo status $? >>seen\n" +
                               program + " down -q " + footing + " -f two.vethwork.yaml; cat seen");
    return outcome.out;
}

TEST(Events, TellLinksAddressesRoutesNeighboursAndRulesOfEachNode) {
    look_for_no_leaks();
    for (std::string const footing : {"", "--rootless "}) {
        auto const text =
            watched(footing,
                    "in_a addr add 192.0.2.1/24 dev eth0; in_a route add 198.51.100.0/24 via 192.0.2.2\n"
                    "in_a neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev eth0\n"
                    "in_a rule add from 192.0.2.0/24 lookup 7 pref 9; in_a rule del pref 9\n"
                    "in_a link set eth0 mtu 1400; in_a link set eth0 down\n"
                    "in_a addr del 10.0.1.1/24 dev eth0\n"
                    "until grep -q 'no carrier' seen; do :; done");
        EXPECT_THAT(text, HasSubstr("  a             address    192.0.2.1/24 dev eth0\n"));
        EXPECT_THAT(text, HasSubstr("  a             route      198.51.100.0/24 via 192.0.2.2 dev eth0\n"));
        EXPECT_THAT(
            text, HasSubstr("  a             neighbour  192.0.2.9 dev eth0  02:00:00:00:00:09, permanent\n"));
        EXPECT_THAT(text, HasSubstr("  a             rule       from 192.0.2.0/24 pref 9 lookup 7"));
        EXPECT_THAT(text,
                    testing::ContainsRegex("  a             rule       from 192.0.2.0/24 [^\n]*  gone\n"));
        EXPECT_THAT(text, HasSubstr("  a             link       eth0  up, mtu 1400, veth, "));
        EXPECT_THAT(text, HasSubstr("  a             link       eth0  down, mtu 1400, veth, "));
        EXPECT_THAT(text, HasSubstr("  b             link       eth0  up, no carrier, mtu 1500, veth, "));
        EXPECT_THAT(text, HasSubstr("  a             address    10.0.1.1/24 dev eth0  gone\n"));
        EXPECT_THAT(text, HasSubstr("\nstatus 0\n"));
        (void)shell("rm -f /run/told /run/seen /run/two.vethwork.yaml");
    }
}

TEST(Events, AreJsonLinesWhereAskedFor) {
    auto const text = watched("", "in_a addr add 192.0.2.1/24 dev eth0", "--json ");
    // Carriers and link-local addresses of the fresh lab may still be told before it.
    auto const end = text.find('\n', text.find("192.0.2.1/24"));
    auto const begin = text.rfind('\n', end - 1) + 1;
    auto const line = text.substr(begin, end - begin);
    auto const data = json::parse(line, nullptr, false);
    ASSERT_FALSE(data.is_discarded()) << text;
    EXPECT_EQ(data["node"], "a");
    EXPECT_EQ(data["event"], "new");
    EXPECT_THAT(text, HasSubstr(R"("kind":"address","object":"192.0.2.1/24 dev eth0")"));
}

TEST(Events, EndWhereTheirTimeIsOver) {
    (void)shell("cd /run && " + program + " new two && " + program + " up -q");
    auto const outcome = run({program, "events", "-l", "two", "--for", "0.05"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.err, "watching 2 nodes; Ctrl-C ends.\n");
    EXPECT_EQ(run({program, "events", "-l", "absent"}).status, 4);
    (void)run({program, "down", "-q", "-l", "two"});
}

}  // namespace
}  // namespace vethwork::test
