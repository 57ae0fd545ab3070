// `vethwork matrix` in a network of our own, and in a lab.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "small_network.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Matrix : public testing::Test {
protected:
    void SetUp() override { make_small_network({"ip", "sysctl"}); }
};

TEST_F(Matrix, OfASoundNetworkIsOkAllOver) {
    auto const outcome = shell(program + " matrix");
    EXPECT_EQ(outcome.status, 0) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr("from \\ to  a   o   r   z\n"
                                       "a          ·   ok  ok  ok\n"));
    EXPECT_THAT(outcome.out, HasSubstr("12 of 12 pairs reach each other by icmp"));
    EXPECT_EQ(outcome.err, "left out, without an address: s\n");
}

TEST_F(Matrix, SaysWhatIsWrongOnceForAllPairsThatItKeepsApart) {
    ASSERT_EQ(shell("ip -n z route del default").status, 0);
    auto const outcome = shell(program + " matrix -qj");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_EQ(outcome.err, "");
    auto const answer = json::parse(outcome.out, nullptr, false);
    std::vector<std::string> failed;
    for (auto const& pair : answer["pairs"]) {
        auto const from = pair["from"].get<std::string>(), to = pair["to"].get<std::string>();
        if (pair["verdict"] == "reachable") continue;
        EXPECT_EQ(pair["cause"], from == "z" ? "no-route-forward" : "no-route-return") << pair;
        failed.push_back(from + to);
    }
    EXPECT_THAT(failed, ElementsAre("az", "za", "zr"));
    ASSERT_EQ(answer["explanations"].size(), 2u) << answer;
    EXPECT_EQ(answer["explanations"][0]["pairs"], 2);
    EXPECT_EQ(answer["explanations"][0]["namespace"], "z");
    EXPECT_EQ(answer["explanations"][0]["repair"],
              json::array({"ip -n z route add 10.1.0.0/24 via 10.2.0.1"}));
}

TEST_F(Matrix, AsksForAPortOfChosenNodes) {
    auto const outcome = shell(program + " matrix a,o,z* tcp:81 -q");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.out, HasSubstr("a          ·            port-closed  port-closed\n"));
    EXPECT_THAT(outcome.out, HasSubstr("port-closed (2 pairs): a: nobody listens on tcp:81\n"));
    EXPECT_THAT(outcome.out, HasSubstr("0 of 6 pairs reach each other by tcp:81"));
}

TEST_F(Matrix, WordsThatMeanNothingAreTold) {
    auto const unknown = shell(program + " matrix a,x*");
    EXPECT_EQ(unknown.status, 3);
    EXPECT_THAT(unknown.err, HasSubstr("no namespace's name is like \"x*\""));
    EXPECT_EQ(shell(program + " matrix a").status, 3);  // one alone
    EXPECT_THAT(shell(program + " matrix a,z sctp").err, HasSubstr("\"sctp\" is no protocol"));
}

/// A node that has lost its address is asked for at the one that its file gives it.
TEST(MatrixOfLab, KnowsTheAddressesThatNodesShouldHave) {
    look_for_no_leaks();
    for (std::string const footing : {"", " --rootless"}) {
        auto const asked = [&footing](std::string const& verb) {
            return program + " " + verb + footing + " -l two\n";
        };
        auto const in_b = [&footing](std::string const& words) {
            return program + " exec -q" + footing + " -l two b -- " + program + " ip " + words + "\n";
        };
        auto const outcome =
            shell("cd /run && " + program + " new two -o two.vethwork.yaml >&2 && " + program + " up -q" +
                  footing + " -f two.vethwork.yaml || exit 9\n" + asked("matrix") + program + " why b a" +
                  footing + "\n" + in_b("-4 addr flush dev eth0") + in_b("-6 addr flush dev eth0") +
                  asked("matrix") + "echo status $?\n" + asked("down -q") + "rm two.vethwork.yaml");
        EXPECT_THAT(outcome.out, HasSubstr("2 of 2 pairs reach each other by icmp")) << outcome.err;
        EXPECT_THAT(outcome.out, HasSubstr("icmp   REACHABLE"));
        EXPECT_THAT(outcome.out, HasSubstr("address-missing"));
        EXPECT_THAT(outcome.out, HasSubstr("0 of 2 pairs reach each other by icmp"));
        EXPECT_THAT(outcome.out, HasSubstr("status 1\n"));
    }
}

}  // namespace
}  // namespace vethwork::test
