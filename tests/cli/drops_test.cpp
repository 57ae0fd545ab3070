// `vethwork drops`: needs root of the machine, for bpf(2) is not for root of a user namespace. All packets
// stay in namespaces made here, under a /run of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <vethwork/observe/bpf.hpp>

#include "small_network.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::ContainsRegex;
using testing::HasSubstr;

/// Runs shell lines beside the network, in namespaces that end with them.
Outcome in_network(std::string const& lines) {
    return run(
        {"unshare", "-mn", "/bin/sh", "-c",
         std::string("mount -t tmpfs none /run && mkdir /run/netns\n") + small_network + "set +e\n" + lines});
}

class Drops : public testing::Test {
protected:
    void SetUp() override {
        auto probe = observe::create_bpf_map({BPF_MAP_TYPE_HASH, 4, 8, 1});
        if (!probe) GTEST_SKIP() << "no BPF here: " << probe.error().describe();
        for (auto const* const tool : {"ip", "nft", "ping", "unshare", "sysctl"})
            if (!has_program(tool)) GTEST_SKIP() << tool << " is not installed";
    }
};

constexpr char const filter[] =
    "ip netns exec r nft 'table inet f { chain c { type filter hook forward priority 0; policy drop; }; }'\n";
constexpr char const ping[] = " -- sh -c 'ip netns exec a ping -nqc1 -W0.1 10.2.0.9 >/dev/null; exit 7'\n";

TEST_F(Drops, TellWhenWhereAndWhyAsLongAsACommandRuns) {
    auto const outcome = in_network(filter + program + " drops" + ping);
    EXPECT_EQ(outcome.status, 7) << outcome.err;  // the command's
    EXPECT_THAT(outcome.out,
                ContainsRegex("[0-9:.]{15}  r             lan       NETFILTER_DROP in nft_do_chain  IP "
                              "10.1.0.2 > 10.2.0.9: ICMP echo request, id [0-9]+, seq 1, length 64\n"));
    EXPECT_THAT(outcome.err, HasSubstr("watching 5 nodes; Ctrl-C ends.\n"));
    EXPECT_THAT(outcome.err, ContainsRegex("\n[0-9]+ drop"));
}

TEST_F(Drops, AreJsonWhereAskedFor) {
    auto const outcome = in_network(filter + program + " drops -qj --netns r" + ping);
    auto const line = outcome.out.substr(0, outcome.out.find('\n'));
    auto const drop = json::parse(line, nullptr, false);
    ASSERT_FALSE(drop.is_discarded()) << outcome.out << outcome.err;
    EXPECT_EQ(drop["node"], "r");
    EXPECT_EQ(drop["device"], "lan");
    EXPECT_EQ(drop["reason"], "NETFILTER_DROP");
    EXPECT_THAT(drop["packet"].get<std::string>(), HasSubstr("10.1.0.2 > 10.2.0.9: ICMP echo request"));
    EXPECT_EQ(outcome.err, "");
}

/// Echo replies that a raw socket gets are dropped once they are copied.
TEST_F(Drops, OfSoundNetworksAreHidden) {
    auto const sound = in_network(program + " drops" + ping);
    EXPECT_EQ(sound.out, "");
    EXPECT_THAT(sound.err, HasSubstr("\n0 drops"));
    auto const all = in_network(program + " drops -a" + ping);
    if (all.out.find("ICMP echo reply") == std::string::npos)
        GTEST_SKIP() << "this kernel tells none: " << all.out;
    EXPECT_THAT(sound.err, HasSubstr("that sound networks have too (-a shows them)\n"));
}

TEST_F(Drops, AreFollowedUntilASignal) {
    auto const outcome = in_network(std::string(filter) + "mkfifo /run/told\n" + program +
                                    " drops -f >/run/seen 2>/run/told & watcher=$!\n"
                                    "exec 3</run/told; read -r line <&3\n"
                                    "ip netns exec a ping -nqc1 -W0.1 10.2.0.9 >/dev/null\n"
                                    "until grep -q NETFILTER_DROP /run/seen; do :; done\n"
                                    "kill -INT $watcher; wait $watcher; echo status $?; cat /run/seen");
    EXPECT_THAT(outcome.out, HasSubstr("status 0\n"));
    EXPECT_THAT(outcome.out, HasSubstr("  r             lan       NETFILTER_DROP"));
}

TEST_F(Drops, EndWhereTheirTimeIsOver) {
    auto const outcome = in_network(program + " drops -t 0.05 --netns a");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, testing::StartsWith("watching 1 node for 0.05 s; Ctrl-C ends.\n0 drops"));
}

TEST(DropsWithoutRoot, SayWhatIsMissing) {
    if (!has_program("unshare")) GTEST_SKIP() << "unshare is not installed";
    auto const outcome =
        run({"unshare", "-Urmn", "/bin/sh", "-c",
             "mount -t tmpfs none /run && " + program + " ip netns add a && " + program + " drops"});
    if (outcome.err.find("unshare:") != std::string::npos) GTEST_SKIP() << outcome.err;
    EXPECT_EQ(outcome.status, 3);
    EXPECT_THAT(outcome.err, HasSubstr("vethwork drops: "));
    EXPECT_THAT(outcome.err, HasSubstr("`vethwork why FROM TO` finds losses by the packets it sees"));
}

TEST(DropsWithoutRoot, WordsThatAreNoOptionsAreRefused) {
    auto const outcome = run({program, "drops", "lab"});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, HasSubstr("\"lab\" is no option"));
}

}  // namespace
}  // namespace vethwork::test
