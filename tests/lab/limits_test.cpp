#include <vethwork/lab/limits.hpp>

#include <gtest/gtest.h>

namespace vethwork::lab {
namespace {

std::vector<std::string> lacking(Needs const& needs, Machine const& machine) {
    std::vector<std::string> list;
    for (auto const& error : shortages(needs, machine)) {
        EXPECT_EQ(error.fault, Fault::limit);
        EXPECT_NE(error.hint, "");
        list.push_back(error.attempt);
    }
    return list;
}

TEST(Limits, CountNamespacesLinksAndPortsOfTheBusiestBridge) {
    topology::NetworkState state;
    state.namespaces = {{.name = "a"}, {.name = "host", .outside = true}, {.name = "sw"}};
    for (int i = 0; i < 3; ++i) {
        topology::Link port;
        port.name = "p" + std::to_string(i);
        port.master = topology::LinkRef{i < 2 ? "br0" : "br1"};
        state.namespaces[2].links.push_back(port);
    }
    auto const needs = needs_of(state);
    EXPECT_EQ(needs.namespaces, 2u);
    EXPECT_EQ(needs.links, 3u);
    EXPECT_EQ(needs.bridge_ports, 2u);
    EXPECT_EQ(needs.bridge, "sw/br0");
}

TEST(Limits, AreToldWithWhatWouldHelp) {
    Machine const roomy, tight{.descriptors = 264, .net_namespaces = 100, .memory = 23'000'000};
    Needs const fits{.namespaces = 100, .links = 100, .bridge_ports = 1023, .bridge = "sw/br0"};
    EXPECT_EQ(lacking(fits, roomy), std::vector<std::string>{});
    EXPECT_EQ(lacking(fits, tight), std::vector<std::string>{});
    Needs const large{.namespaces = 101, .links = 101, .bridge_ports = 1024, .bridge = "sw/br0"};
    EXPECT_EQ(lacking(large, roomy),
              std::vector<std::string>{"sw/br0 would have 1024 ports, and a bridge has at most 1023"});
    EXPECT_EQ(lacking(large, tight),
              (std::vector<std::string>{"sw/br0 would have 1024 ports, and a bridge has at most 1023",
                                        "101 namespaces take 266 open files, and this process may have 264",
                                        "101 network namespaces are wanted, and a user may have 100",
                                        "some 23 MB of memory are wanted, and 23 MB are free"}));
}

TEST(Limits, AreReadFromThisMachine) {
    auto const machine = this_machine();
    EXPECT_GT(machine.memory, 1'000'000u);
    EXPECT_NE(machine.memory, Machine::unlimited);
    EXPECT_GE(machine.descriptors, 64u);
    EXPECT_GE(neighbour_limit(), 1u);
}

}  // namespace
}  // namespace vethwork::lab
