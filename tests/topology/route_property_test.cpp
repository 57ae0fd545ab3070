// On random labs, the routes deliver every packet over a shortest way, whichever of several next hops is
// taken.
#include <algorithm>
#include <map>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vethwork/topology/read_lab.hpp>

namespace vethwork::topology {
namespace {

/// A connected lab: a random tree of routers and more cables between them, some lans, hosts at the routers.
std::string random_lab(std::mt19937& random, bool costs) {
    auto const below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    std::size_t const routers = 2 + below(12), hosts = 1 + below(8);
    std::string text = "vethwork: 1\nnodes:\n";
    for (std::size_t i = 0; i < routers; ++i)
        text += fmt::format("  r{}: {{ role: router{} }}\n", i,
                            below(4) == 0 ? fmt::format(", lo: 172.16.0.{}/32", i) : "");
    for (std::size_t i = 0; i < hosts; ++i) text += fmt::format("  h{}:\n", i);
    text += "links:\n";
    auto const cost = [&] { return costs ? fmt::format(", cost: {}", 1 + below(5)) : std::string(); };
    for (std::size_t i = 1; i < routers; ++i)
        text += fmt::format("  - {{ link: [r{}, r{}]{} }}\n", below(i), i, cost());
    for (std::size_t i = 0; i < below(routers + 1); ++i) {
        auto const a = below(routers), b = below(routers);
        if (a != b) text += fmt::format("  - {{ link: [r{}, r{}]{} }}\n", a, b, cost());
    }
    if (routers >= 4) text += fmt::format("  - {{ lan: [r0, r{}, r3]{} }}\n", 1 + below(2), cost());
    for (std::size_t i = 0; i < hosts; ++i)
        text += fmt::format("  - {{ link: [r{}, h{}] }}\n", below(routers), i);
    return text;
}

class Forwarder {
public:
    explicit Forwarder(Lab const& lab) : lab_(lab) {
        for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
            for (auto const& which : lab.nodes[i].ends)
                for (auto const& prefix : lab.end(which).addresses) owner_[prefix.address] = i;
            for (auto const& prefix : lab.nodes[i].loopback) owner_[prefix.address] = i;
        }
    }
    [[nodiscard]] std::map<IpAddress, std::size_t> const& owners() const { return owner_; }

    /// The cost of every way that packets to `to` may take from `at`; fails on a loop or a dead end.
    void deliver(std::size_t at, IpAddress const& to, std::uint64_t spent, std::size_t hops,
                 std::vector<std::uint64_t>& costs) const {
        if (owner_.at(to) == at) return costs.push_back(spent);
        ASSERT_LT(hops, lab_.nodes.size()) << "a loop at " << lab_.nodes[at].name << " to " << to.to_string();
        auto const ways = look_up(at, to);
        ASSERT_FALSE(ways.empty()) << "no route at " << lab_.nodes[at].name << " to " << to.to_string();
        for (auto const& way : ways) {
            auto const next = way.via.is_any() ? to : way.via;
            auto const cost = cost_of(at, way.device);
            ASSERT_TRUE(owner_.contains(next));
            deliver(owner_.at(next), to, spent + cost, hops + 1, costs);
        }
    }

private:
    [[nodiscard]] std::uint64_t cost_of(std::size_t node, std::string const& device) const {
        for (auto const& which : lab_.nodes[node].ends)
            if (lab_.end(which).interface == device) return lab_.links[which.first].cost;
        ADD_FAILURE() << "no device " << device;
        return 0;
    }

    /// The longest prefix, among connected subnets and routes.
    [[nodiscard]] std::vector<NextHop> look_up(std::size_t node, IpAddress const& to) const {
        int longest = -1;
        std::vector<NextHop> ways;
        for (auto const& which : lab_.nodes[node].ends)
            for (auto const& prefix : lab_.end(which).addresses)
                if (prefix.contains(to) && prefix.length > longest) {
                    longest = prefix.length;
                    ways = {{IpAddress::any(to.family), lab_.end(which).interface}};
                }
        for (auto const& route : lab_.nodes[node].automatic_routes)
            if (route.destination.contains(to) && route.destination.length > longest) {
                longest = route.destination.length;
                ways = route.next_hops;
            }
        return ways;
    }

    Lab const& lab_;
    std::map<IpAddress, std::size_t> owner_;
};

/// Costs from router to router by Floyd and Warshall, told apart from the code under test by its plainness.
std::vector<std::vector<std::uint64_t>> distances(Lab const& lab) {
    constexpr std::uint64_t far = 1u << 30;
    std::size_t const n = lab.nodes.size();
    std::vector<std::vector<std::uint64_t>> cost(n, std::vector<std::uint64_t>(n, far));
    for (std::size_t i = 0; i < n; ++i) cost[i][i] = 0;
    for (auto const& link : lab.links)
        for (auto const& a : link.ends)
            for (auto const& b : link.ends)
                if (a.node != b.node)
                    cost[a.node][b.node] = std::min<std::uint64_t>(cost[a.node][b.node], link.cost);
    for (std::size_t k = 0; k < n; ++k) {
        if (lab.nodes[k].role != NodeRole::router) continue;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) cost[i][j] = std::min(cost[i][j], cost[i][k] + cost[k][j]);
    }
    return cost;
}

void check_lab_of(std::uint32_t seed, bool costs) {
    std::mt19937 random(seed);
    auto const text = random_lab(random, costs);
    auto const reading = read_lab("random.yaml", text);
    ASSERT_TRUE(reading.lab) << text << reading.complaints[0].to_text();
    Lab const& lab = *reading.lab;
    Forwarder const forwarder(lab);
    auto const cost = distances(lab);
    for (std::size_t from = 0; from < lab.nodes.size(); ++from)
        for (auto const& [address, owner] : forwarder.owners()) {
            std::vector<std::uint64_t> costs_found;
            forwarder.deliver(from, address, 0, 0, costs_found);
            if (testing::Test::HasFatalFailure()) return (void)(ADD_FAILURE() << text);
            ASSERT_FALSE(costs_found.empty());
            auto const [least, most] = std::minmax_element(costs_found.begin(), costs_found.end());
            ASSERT_GE(*least, cost[from][owner]) << text;
            // A route is to a subnet: to an address of a router in it, the far side may be as near as its
            // own.
            auto const& node = lab.nodes[owner];
            auto const is_it = [&, wanted = address](IpPrefix const& own) { return own.address == wanted; };
            bool const exact =
                node.ends.size() == 1 || std::any_of(node.loopback.begin(), node.loopback.end(), is_it);
            if (exact) {
                ASSERT_EQ(*most, cost[from][owner])
                    << text << lab.nodes[from].name << " to " << address.to_string();
            }
        }
}

TEST(Routes, DeliverOnShortestWaysWhenAllCostTheSame) {
    for (std::uint32_t seed = 0; seed < 30 && !testing::Test::HasFailure(); ++seed) check_lab_of(seed, false);
}

TEST(Routes, DeliverOnShortestWaysOfDifferentCosts) {
    for (std::uint32_t seed = 1000; seed < 1030 && !testing::Test::HasFailure(); ++seed)
        check_lab_of(seed, true);
}

TEST(Routes, OfALineGrowWithItsLengthAndNotItsSquare) {
    auto const routes_of = [](int routers) {
        auto const reading = read_lab(
            "line.yaml", fmt::format("vethwork: 1\nnodes: {{ r: {{ count: {}, role: router }} }}\nlinks: [{{ "
                                     "chain: [r*] }}]\naddressing: {{ v4: 10.0.0.0/8 }}\n",
                                     routers));
        std::size_t count = 0;
        for (auto const& node : reading.lab.value().nodes) count += node.automatic_routes.size();
        return count;
    };
    auto const small = routes_of(32), large = routes_of(256);
    EXPECT_LT(large, small * 16) << "8 times the routers; their square would be 64 times";
    EXPECT_LT(large, 256u * 20);
}

}  // namespace
}  // namespace vethwork::topology
