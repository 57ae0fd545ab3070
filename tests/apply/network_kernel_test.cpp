#include <vethwork/apply/network.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/observe/links.hpp>

#include <linux/if.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::apply {
namespace {

topology::Link veth(std::string const& name, std::string const& peer, std::string const& peer_netns) {
    topology::Link other;
    other.name = peer;
    other.netns = topology::NamespaceRef{.name = peer_netns};
    topology::Link link;
    link.name = name;
    link.flags = link.flags_mask = IFF_UP;
    link.kind = topology::Veth{{other}};
    return link;
}

TEST(Network, BuildsACableBetweenTwoNamespacesInOneWindow) {
    Network network("/run/netns", "lab.");
    network.create("a").value();
    network.create("b").value();
    plan::Operation const cable = plan::AddLink{veth("eth0", "eth0", "b")};
    topology::Link named;
    named.name = "eth0";
    named.alias = "the end in a";
    plan::Operation const alias = plan::ChangeLink{named};
    plan::Operation const sysctl = plan::SetSysctl{"net.ipv4.ip_forward", "1"};
    std::vector<Task> tasks{{&cable, {}}, {&alias, {}}, {&sysctl, {}}};
    network.perform("a", tasks);
    for (auto const& task : tasks) EXPECT_TRUE(task.outcome) << task.outcome.error().describe();
    auto const end = observe::link(**network.connection("b"), {.name = "eth0"}).value();
    EXPECT_EQ(end.index, 2u);
    EXPECT_EQ(observe::link(**network.connection("a"), {.name = "eth0"}).value().flags & IFF_UP, IFF_UP);
    network.enter("a").value();
    EXPECT_EQ(get_sysctl("net.ipv4.ip_forward").value(), "1");
    if (test::has_program("ip")) {
        EXPECT_EQ(test::shell("ip netns list | sort").out, "lab.a\nlab.b (id: 0)\n");
    }
    for (std::string const name : {"a", "b"}) network.remove(name).value();
    struct stat facts;
    EXPECT_NE(::stat("/run/netns/lab.a", &facts), 0);
}

TEST(Network, KnowsTheEndsOfACableIntoANamespaceThatWasThereBefore) {
    Network("/run/netns", "lab.").create("old").value();
    Network network("/run/netns", "lab.");
    network.open("old").value();
    network.create("new").value();
    topology::Link bridge;
    bridge.name = "br0";
    bridge.kind = topology::Bridge{};
    plan::Operation const make_bridge = plan::AddLink{bridge};
    auto end = veth("eth0", "eth0", "new");
    end.master = topology::LinkRef{"br0"};  // which is not known before it is there: its request comes twice
    plan::Operation const cable = plan::AddLink{end};
    std::vector<Task> tasks{{&make_bridge, {}}, {&cable, {}}};
    network.perform("old", tasks);
    for (auto const& task : tasks) EXPECT_TRUE(task.outcome) << task.outcome.error().describe();
    topology::InterfaceAddress address{.link = {"eth0"}, .family = Family::ipv4};
    address.local = IpAddress::parse("10.0.0.1").value();
    address.prefix_length = 24;
    plan::Operation const put = plan::PutAddress{address, plan::PutMode::add};
    std::vector<Task> more{{&put, {}}};
    network.perform("new", more);
    EXPECT_TRUE(more[0].outcome) << more[0].outcome.error().describe();
    for (std::string const name : {"old", "new"}) network.remove(name).value();
}

TEST(Network, TellsEachTasksOutcome) {
    Network network("/run/netns", "");
    network.create("a").value();
    plan::Operation const good = plan::SetSysctl{"net.ipv4.ip_forward", "1"};
    plan::Operation const unknown = plan::SetSysctl{"net.ipv4.no_such_thing", "1"};
    plan::Operation const refused = plan::DeleteLink{.link = {"nosuch"}};
    std::vector<Task> tasks{{&unknown, {}}, {&refused, {}}, {&good, {}}};
    network.perform("a", tasks);
    EXPECT_EQ(tasks[0].outcome.error().attempt,
              "set net.ipv4.no_such_thing: this kernel has no such sysctl in a network namespace");
    EXPECT_EQ(tasks[1].outcome.error().attempt, "Cannot find device \"nosuch\"");
    EXPECT_TRUE(tasks[2].outcome);
    std::vector<Task> lost{{&good, {}}};
    network.perform("b", lost);
    EXPECT_FALSE(lost[0].outcome);
}

// So many that settings go through mounts of their own, and these are renewed.
TEST(Network, SetsSysctlsOfManyNamespaces) {
    constexpr int many = 150;
    Network network("/run/netns", "");
    for (int i = 0; i < many; ++i) network.create("n" + std::to_string(i)).value();
    for (int i = 0; i < many; ++i) {
        plan::Operation const ttl = plan::SetSysctl{"net.ipv4.ip_default_ttl", std::to_string(i + 1)};
        std::vector<Task> tasks{{&ttl, {}}};
        network.perform("n" + std::to_string(i), tasks);
        ASSERT_TRUE(tasks[0].outcome) << tasks[0].outcome.error().describe();
    }
    for (int i = 0; i < many; ++i) {
        network.enter("n" + std::to_string(i)).value();
        EXPECT_EQ(get_sysctl("net.ipv4.ip_default_ttl").value(), std::to_string(i + 1));
    }
    plan::Operation const unknown = plan::SetSysctl{"net.ipv4.no_such_thing", "1"};
    std::vector<Task> tasks{{&unknown, {}}};
    network.perform("n0", tasks);
    EXPECT_EQ(tasks[0].outcome.error().attempt,
              "set net.ipv4.no_such_thing: this kernel has no such sysctl in a network namespace");
}

TEST(Ruleset, LoadsAndListsOrSaysWhatIsMissing) {
    auto const loaded = load_ruleset("table inet t {\n chain c {\n accept\n }\n}");
    if (!loaded && loaded.error().fault == Fault::lookup) GTEST_SKIP() << loaded.error().describe();
    EXPECT_TRUE(loaded) << loaded.error().describe();
    EXPECT_NE(list_ruleset().value().find("table inet t"), std::string::npos);
    auto const broken = load_ruleset("table inet t {\n chain c {\n acept\n }\n}");
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().kernel_text.find("syntax error"), std::string::npos);
}

}  // namespace
}  // namespace vethwork::apply
