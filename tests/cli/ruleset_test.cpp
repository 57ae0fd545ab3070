// nft text in a file: what is wrong with it is told by line, before there is a lab and where `up` fails.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Ruleset : public testing::Test {
protected:
    void SetUp() override {
        look_for_no_leaks();
        if (!has_program("nft")) GTEST_SKIP() << "no nft, and so no libnftables, here";
        (void)shell("mkdir -p /run/rules");
    }

    /// A verb about a lab of a host `a` and a router `r` with these lines below `nft:`.
    static Outcome with(std::vector<std::string> verb, std::string const& lines) {
        return of("    nft: |\n" + lines, std::move(verb));
    }

    static Outcome of(std::string const& ruleset, std::vector<std::string> verb = {"check"}) {
        (void)write_file("/run/rules/rules.vethwork.yaml",
                         "vethwork: 1\n"
                         "nodes:\n"
                         "  a: {}\n"
                         "  r:\n"
                         "    role: router\n" +
                             ruleset + "links: [{ link: [a, 'r:lan'] }]\n");
        verb.insert(verb.end(), {"-f", "/run/rules/rules.vethwork.yaml"});
        return vethwork(verb);
    }
};

TEST_F(Ruleset, IsCheckedWithoutALab) {
    EXPECT_EQ(with({"check"},
                   "      table inet f {\n"
                   "        chain c {\n"
                   "          type filter hook forward priority 0; policy drop;\n"
                   "          iif \"lan\" oifname \"elsewhere\" accept\n"
                   "        }\n"
                   "      }\n")
                  .status,
              0);
    auto const wrong = with({"check"},
                            "      table inet f {\n"
                            "        chain c {\n"
                            "          tcp dport 80 acept\n"
                            "        }\n"
                            "      }\n");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_EQ(wrong.err,
              "rules.vethwork.yaml:9:24: error: nft: syntax error, unexpected newline\n"
              "          tcp dport 80 acept\n"
              "                       ^~~~~\n"
              "  hint: did you mean 'accept'?  [E508]\n");
}

TEST_F(Ruleset, IsToldOfByEachOfItsFaults) {
    auto const wrong = with({"check"},
                            "      table inet f { chain c { iif \"wan\" drop; }; }\n"
                            "      table inet g { chain c { jump nowhere; }; }\n");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("rules.vethwork.yaml:7:36: error: nft: Interface does not exist\n"));
    EXPECT_THAT(wrong.err, HasSubstr("hint: iif and oif take the node's own links (lo, lan), iifname and "
                                     "oifname any name  [E508]\n"));
    auto const refused = with({"check", "-j"}, "      table inet g { chain c { jump nowhere; }; }\n");
    EXPECT_EQ(refused.status, 2);
    auto const list = json::parse(refused.out, nullptr, false);
    ASSERT_EQ(list.size(), 1u) << refused.out;
    EXPECT_EQ(list[0]["code"], "E508");
    EXPECT_EQ(list[0]["line"], 7);
    EXPECT_EQ(list[0]["hint"], "a chain or set of that name is not there, or this kernel lacks a module");
}

TEST_F(Ruleset, OfAFileOfItsOwnIsToldOfThere) {
    (void)write_file("/run/rules/r.nft", "table inet f {\n  chain c { drp; }\n}\n");
    auto const wrong = of("    nft-file: r.nft\n");
    EXPECT_EQ(wrong.status, 2);
    EXPECT_THAT(wrong.err, HasSubstr("r.nft:2:"));
    EXPECT_THAT(wrong.err, HasSubstr("\n  chain c { drp; }\n"));
}

TEST_F(Ruleset, OfManyNodesIsToldOfOnce) {
    (void)write_file("/run/rules/many.vethwork.yaml",
                     "vethwork: 1\n"
                     "nodes:\n"
                     "  h: { count: 5, nft: 'table inet f { chain c { drp; }; }' }\n"
                     "links: [{ lan: ['h*'] }]\n");
    auto const wrong = vethwork({"check", "-f", "/run/rules/many.vethwork.yaml"});
    EXPECT_EQ(wrong.status, 2);
    auto const first = wrong.err.find("[E508]");
    ASSERT_NE(first, std::string::npos) << wrong.err;
    EXPECT_EQ(wrong.err.find("[E508]", first + 1), std::string::npos) << wrong.err;
}

TEST_F(Ruleset, ThatUpFailsOfIsToldOfLikeThat) {
    auto const text =
        "      table inet f {\n"
        "        chain c { jump nowhere; }\n"
        "      }\n";
    auto const checked = with({"check"}, text);
    for (std::string const footing : {"-v", "--rootless"}) {
        auto const up = with({"up", footing}, text);
        EXPECT_EQ(up.status, 5);
        EXPECT_THAT(up.err, HasSubstr("vethwork up: nft does not take the rules of a node\n" + checked.err +
                                      "  everything was taken back; nothing is left.\n"));
    }
}

}  // namespace
}  // namespace vethwork::test
