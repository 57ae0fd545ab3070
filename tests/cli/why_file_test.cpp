// `vethwork why` in a lab quotes the line of its topology file: the one that holds the cause, the one that
// asks for what is missing, or the one where a repair belongs.
#include <algorithm>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr char lab[] = R"(vethwork: 1
name: quote
nodes:
  a:
  r:
    role: router
    nft: |
      table ip f {
        chain f {
          type filter hook forward priority 0; policy accept;
          tcp dport 80 ip ttl 1-255 counter drop
          tcp dport 81 accept
        }
      }
  z:
    services:
      web: { run: "exec $VETHWORK serve tcp 10.0.2.2:8080 --echo", ready: { tcp: 8080 } }
links:
  - link: [a, r]
  - link: [r, z]
)";

struct Case {
    char const* name;
    char const* edit;     ///< of the file, as sed takes it
    char const* by_hand;  ///< what somebody does afterwards
    char const* question;
    char const* cause;
    unsigned line;
    char const* is;
    char const* shown;
};

void PrintTo(Case const& one, std::ostream* to) { *to << one.name; }

constexpr Case cases[] = {
    {"TheFileSaysSo", "s/^  z:/&\\n    gateway: none/", ":", "a z", "no-route-return", 16, "cause",
     "  file    quote.vethwork.yaml:16: gateway: none\n"},
    {"ARuleOfTheFile", "", ":", "a z tcp:80", "nft-drop-forward", 11, "cause",
     "  file    quote.vethwork.yaml:11: tcp dport 80 ip ttl 1-255 counter drop\n"},
    {"ARouteIsGone", "", "ip -n quote.z route del default", "a z", "no-route-return", 15, "taken away",
     "  file    quote.vethwork.yaml:15 asks for it; it was taken away since `up`: z:\n"},
    {"ALinkWasPutDown", "", "ip -n quote.z link set eth0 down", "a 10.0.2.2", "peer-down", 20, "changed",
     "  file    quote.vethwork.yaml:20 asks for something else; it was changed since `up`: - link: [r, z]\n"},
    {"ARouteWasAdded", "", "ip -n quote.r route add blackhole 10.0.2.2", "a z", "blackhole-route", 5, "added",
     "  file    quote.vethwork.yaml:5 does not ask for it; it came since `up`: r:\n"},
    {"ARuleWasAdded", "", "ip netns exec quote.r nft insert rule ip f f icmp type echo-request drop", "a z",
     "icmp-blocked", 8, "added",
     "  file    quote.vethwork.yaml:8 does not ask for it; it came since `up`: table ip f {\n"},
    {"NothingIsSaidAboutIt", "", "ip netns exec quote.z sysctl -qw net.ipv4.icmp_echo_ignore_all=1", "a z",
     "icmp-echo-ignored", 15, "repair", "  file    quote.vethwork.yaml:15 is where a repair belongs: z:\n"},
};

class WhyInALab : public testing::Test {
protected:
    void SetUp() override {
        for (auto const* const tool : {"ip", "nft", "sysctl", "sed"})
            if (!has_program(tool)) GTEST_SKIP() << tool << " is not installed";
        (void)shell("mkdir -p /run/quote");
        Outcome const written = run({"tee", file}, lab);
        ASSERT_EQ(written.status, 0);
        (void)shell("sed -i 's|$VETHWORK|" + program + "|' " + file);
    }
    void TearDown() override { (void)shell(program + " down -l quote -q"); }

    static void up() {
        auto const done = shell(program + " up -q -f " + file);
        ASSERT_EQ(done.status, 0) << done.err;
    }

    static json ask(std::string const& question) {
        auto const outcome = shell(program + " why -l quote " + question + " --json --no-trial");
        auto answer = json::parse(outcome.out, nullptr, false);
        EXPECT_FALSE(answer.is_discarded()) << outcome.out << outcome.err;
        return answer.is_discarded() ? json::object() : answer;
    }

    static constexpr char const* file = "/run/quote/quote.vethwork.yaml";
};

class Quoted : public WhyInALab, public testing::WithParamInterface<Case> {};

TEST_P(Quoted, IsTheLineThatHasToDoWithIt) {
    auto const& one = GetParam();
    if (*one.edit != '\0') {
        auto const edited = shell(std::string("sed -i '") + one.edit + "' " + file);
        ASSERT_EQ(edited.status, 0) << edited.err;
    }
    up();
    auto const broken = shell(one.by_hand);
    ASSERT_EQ(broken.status, 0) << broken.err;
    auto const answer = ask(one.question);
    ASSERT_EQ(answer.value("cause", ""), one.cause) << answer;
    ASSERT_TRUE(answer.contains("source")) << answer;
    auto const& source = answer["source"];
    EXPECT_EQ(source["line"], one.line) << answer;
    EXPECT_EQ(source["is"], one.is) << answer;
    EXPECT_EQ(source["path"], file);
    EXPECT_EQ(source["file_has_changed"], false);
    auto const text = shell(program + " why -l quote " + one.question);
    EXPECT_THAT(text.out, HasSubstr(one.shown)) << text.err;
    EXPECT_LE(std::ranges::count(text.out, '\n'), 12) << text.out;
}

INSTANTIATE_TEST_SUITE_P(Lines, Quoted, testing::ValuesIn(cases),
                         [](auto const& one) { return one.param.name; });

TEST_F(WhyInALab, QuotesTheServiceThatDoesNotRun) {
    up();
    (void)shell(program + " stop -l quote z/web; for p in $(ip netns pids quote.z); do kill $p; done");
    auto const answer = ask("a z tcp:8080");
    ASSERT_EQ(answer.value("cause", ""), "port-closed") << answer;
    EXPECT_EQ(answer["source"]["line"], 17);
    EXPECT_EQ(answer["source"]["is"], "taken away");
}

TEST_F(WhyInALab, SaysThatTheFileHasChanged) {
    up();
    (void)shell("ip -n quote.z route del default; echo '# more' >> " + std::string(file));
    EXPECT_EQ(ask("a z")["source"]["file_has_changed"], true);
    EXPECT_THAT(shell(program + " why -l quote a z --no-trial").out,
                HasSubstr("since `up`: z:   (as `up` read it; the file has changed since)\n"));
}

TEST_F(WhyInALab, KnowsTheLabByItsFile) {
    up();
    auto const other =
        shell("mkdir /run/other && cd /run/other && " + program + " new two --print > other.vethwork.yaml; " +
              "sed -i 's/^name:.*/name: other/' other.vethwork.yaml && " + program + " up -q");
    ASSERT_EQ(other.status, 0) << other.err;
    EXPECT_EQ(shell(program + " why -f " + file + " a z").status, 0);
    EXPECT_EQ(shell("cd /run/quote && " + program + " why a z").status, 0);  // the one of this folder
    EXPECT_EQ(shell("cd /run && " + program + " why -f quote/quote.vethwork.yaml a z").status, 0);
    auto const lost = shell(program + " why -f /run/nosuch.yaml a z");
    EXPECT_EQ(lost.status, 3);
    EXPECT_THAT(lost.err, HasSubstr("no lab of /run/nosuch.yaml is up"));
    EXPECT_EQ(shell(program + " matrix -f " + file).status, 0);
    EXPECT_EQ(shell(program + " down -q -l other").status, 0);
}

TEST_F(WhyInALab, QuotesNothingWhereNothingIsWrong) {
    up();
    EXPECT_FALSE(ask("a z").contains("source"));
    EXPECT_THAT(shell(program + " why -l quote a z").out, Not(HasSubstr("file ")));
}

}  // namespace
}  // namespace vethwork::test
