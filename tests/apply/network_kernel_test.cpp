#include <vethwork/apply/network.hpp>
#include <vethwork/apply/settings.hpp>
#include <vethwork/observe/links.hpp>

#include <linux/if.h>
#include <sys/stat.h>

#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include <vethwork/netns/create.hpp>
#include <vethwork/netns/name.hpp>

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

/// The inode of the namespace that this thread is in.
ino_t here() {
    struct stat facts {};
    EXPECT_EQ(::stat("/proc/thread-self/ns/net", &facts), 0);
    return facts.st_ino;
}

TEST(NamespaceStock, MakesNamespacesOfTheirOwnByTwoThreads) {
    constexpr std::size_t many = 60;
    NamespaceStock stock(many - 10);
    std::set<ino_t> known{here()};
    std::vector<FreshNamespace> taken;
    for (std::size_t i = 0; i < many; ++i) {  // more than were asked for ahead
        taken.push_back(stock.take().value());
        netns::enter(taken.back().handle).value();
        EXPECT_TRUE(known.insert(here()).second);
        EXPECT_EQ(Resolver(taken.back().socket).index_of("lo").value(), 1u);
    }
}

TEST(NamespaceStock, LeavesNothingThatIsNotTaken) {
    for (int i = 0; i < 20; ++i) (void)NamespaceStock(static_cast<std::size_t>(i)).take().value();
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}), 1);
}

TEST(Network, NamesNamespacesThatAreMadeAhead) {
    Network network("/run/netns", "lab.");
    network.expect(40);
    for (int i = 0; i < 40; ++i) network.create("n" + std::to_string(i)).value();
    std::set<ino_t> known;
    for (int i = 0; i < 40; ++i) {
        netns::enter(netns::open_named("lab.n" + std::to_string(i)).value()).value();
        EXPECT_TRUE(known.insert(here()).second);
        network.enter("n" + std::to_string(i)).value();
        EXPECT_TRUE(known.contains(here()));
        network.remove("n" + std::to_string(i)).value();
    }
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
