// Impairments of links: carried out by the kernel's netem where it has one, and else left out aloud.
#include <chrono>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <vethwork/base/fd.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string const file = "/run/t.vethwork.yaml";

Outcome in_lab(std::vector<std::string> words) {
    words.insert(words.end(), {"-f", file});
    return vethwork(std::move(words));
}

/// Two nodes, and what is said of the cable between them.
void write_lab(std::string const& impair) {
    (void)write_file(file, "vethwork: 1\nname: t\nnodes: { a: , b: }\nlinks:\n  - link: [a, b]\n" +
                               (impair.empty() ? "" : "    impair: " + impair + "\n"));
}

/// The discipline of a's end, as tc(8) tells it.
std::string told_by_tc() { return shell("PATH=$PATH:/usr/sbin:/sbin tc -n t.a qdisc show dev eth0").out; }

std::size_t steps_of_up() {
    auto const up = in_lab({"up", "-j"});
    EXPECT_EQ(up.status, 0) << up.err << up.out;
    return json::parse(up.out).at("steps");
}

class Impair : public testing::Test {
protected:
    void SetUp() override { (void)shell("mkdir -p /run/netns"); }
    void TearDown() override { (void)in_lab({"down"}); }
    /// Whether the kernel has netem: by the real tool.
    static bool kernel_has_netem() {
        return shell(
                   "PATH=$PATH:/usr/sbin:/sbin ip link add probe0 type veth peer name probe1 && "
                   "tc qdisc add dev probe0 root netem delay 1ms; s=$?; ip link delete probe0; exit $s")
                   .status == 0;
    }
};

TEST_F(Impair, IsACommandOfTcInADryRun) {
    write_lab("{ delay: 20ms, from: { b: { loss: 10%, delay: 5ms, jitter: 1ms, distribution: normal } } }");
    auto const script = in_lab({"up", "--dry-run"}).out;
    EXPECT_THAT(script,
                testing::ContainsRegex(
                    "\ntc -n t?.?a qdisc add dev eth0 root netem delay 20ms +# :6  impair: .*link a-b"));
    EXPECT_THAT(script,
                HasSubstr(" qdisc add dev eth0 root handle d151: netem delay 5ms 1ms distribution normal "
                          "loss 10% "));
    EXPECT_THAT(in_lab({"show"}).out, HasSubstr("to b:eth0  delay 20ms\n"));
}

TEST_F(Impair, IsInForceIsChangedInOneStepAndGoes) {
    if (!has_program("tc") || !has_program("ping")) GTEST_SKIP() << "no tc or ping here";
    if (!kernel_has_netem()) GTEST_SKIP() << "this kernel has no netem";
    write_lab("{ from: { a: { delay: 20ms, loss: 10% } } }");
    EXPECT_GT(steps_of_up(), 5u);
    EXPECT_THAT(told_by_tc(), HasSubstr("limit 1000 delay 20ms loss 10%"));
    EXPECT_THAT(shell("PATH=$PATH:/usr/sbin:/sbin tc -n t.b qdisc show dev eth0").out,
                Not(HasSubstr("netem")));
    auto const pinged = shell("ip netns exec t.a ping -i 0.02 -c 20 -W 2 10.0.1.2").out;
    auto const times = pinged.find("rtt min/avg/max/mdev = ");
    ASSERT_NE(times, std::string::npos) << pinged;
    EXPECT_GE(std::stod(pinged.substr(times + 23)), 20.0) << pinged;
    EXPECT_EQ(steps_of_up(), 0u);
    EXPECT_EQ(in_lab({"status"}).out,
              "t: up, 2 namespaces\n  impair  a:eth0 delay 20ms loss 10%\n"
              "  as its file says\n");

    write_lab("{ from: { a: { delay: 7ms, jitter: 1ms, reorder: 5%, corrupt: 1%, rate: 8mbit } } }");
    EXPECT_EQ(steps_of_up(), 1u);
    EXPECT_THAT(told_by_tc(), HasSubstr("delay 7ms  1ms reorder 5% corrupt 1% rate 8Mbit gap 1"));
    write_lab("{ from: { a: { delay: 7ms } } }");
    auto const change = json::parse(in_lab({"plan", "-j"}).out).at(0).at("command").get<std::string>();
    EXPECT_EQ(steps_of_up(), 1u);
    EXPECT_THAT(told_by_tc(), HasSubstr("limit 1000 delay 7ms\n")) << "what is not named is no more";
    EXPECT_EQ(steps_of_up(), 0u);

    (void)shell("PATH=$PATH:/usr/sbin:/sbin; tc -n t.a qdisc del dev eth0 root");
    auto const status = in_lab({"status"});
    EXPECT_EQ(status.status, 1);
    EXPECT_THAT(status.out, HasSubstr("drift   a/qdisc/eth0: is wanted, and not there"));
    EXPECT_EQ(steps_of_up(), 1u);
    write_lab("");
    EXPECT_EQ(steps_of_up(), 1u);
    EXPECT_THAT(told_by_tc(), HasSubstr("noqueue"));
    EXPECT_EQ(steps_of_up(), 0u);
    EXPECT_THAT(change,
                HasSubstr("qdisc change dev eth0 root netem delay 7ms 0ms reorder 0% corrupt 0% rate 0bit"));
}

TEST_F(Impair, IsChangedByTcAsByUp) {
    if (!has_program("tc")) GTEST_SKIP() << "no tc here";
    if (!kernel_has_netem()) GTEST_SKIP() << "this kernel has no netem";
    write_lab("{ delay: 7ms, jitter: 1ms, reorder: 5%, corrupt: 1%, rate: 8mbit, loss: 1% }");
    (void)steps_of_up();
    write_lab("{ loss: { enter: 1%, leave: 10% } }");
    auto const plan = json::parse(in_lab({"plan", "-j"}).out);
    ASSERT_EQ(plan.size(), 2u) << "one at each end";
    for (auto const& step : plan) {
        auto command = step.at("command").get<std::string>();
        command.insert(command.find("-n ") + 3, "t.");
        auto const ran = shell("PATH=$PATH:/usr/sbin:/sbin; " + command);
        EXPECT_EQ(ran.status, 0) << command << ran.err;
    }
    EXPECT_EQ(steps_of_up(), 0u) << told_by_tc();
}

TEST_F(Impair, IsLeftOutAloudWhereTheKernelHasNoNetem) {
    if (!has_program("tc")) GTEST_SKIP() << "no tc here";
    if (kernel_has_netem()) GTEST_SKIP() << "this kernel has netem";
    write_lab("{ from: { a: { delay: 20ms } } }");
    auto const up = in_lab({"up"});
    EXPECT_EQ(up.status, 0);
    EXPECT_THAT(up.err,
                HasSubstr("vethwork up: left out, since this kernel has no netem: a:eth0 delay 20ms\n"
                          "  hint: sudo modprobe sch_netem, or a kernel with CONFIG_NET_SCH_NETEM\n"));
    auto const again = json::parse(in_lab({"up", "-j"}).out);
    EXPECT_EQ(again.at("steps"), 0);
    EXPECT_EQ(again.at("left_out"), json::array({"a:eth0 delay 20ms"}));
    auto const status = in_lab({"status"});
    EXPECT_EQ(status.status, 0);
    EXPECT_THAT(status.out, HasSubstr("  left out, since this kernel has no netem: a:eth0 delay 20ms\n"
                                      "  else as its file says\n"));
}

TEST_F(Impair, SaysWhatNoKernelCanDo) {
    write_lab("{ delay: 20ms, seed: 7, queue: 64kB }");
    auto const checked = in_lab({"check"});
    EXPECT_EQ(checked.status, 0);
    EXPECT_THAT(checked.err, HasSubstr("warning: link 'a-b' goes without a seed: netem takes none"));
    EXPECT_THAT(checked.err,
                HasSubstr("warning: link 'a-b' goes without a queue in bytes: netem counts packets"));
    EXPECT_THAT(checked.err, HasSubstr("[W504]"));
    auto const complaints = json::parse(in_lab({"check", "-j"}).out);
    ASSERT_EQ(complaints.size(), 2u);
    EXPECT_EQ(complaints[0].at("code"), "W504");
}

}  // namespace
}  // namespace vethwork::test
