#include <vethwork/topology/shortest_paths.hpp>

#include <algorithm>
#include <queue>

namespace vethwork::topology {

RoutingGraph::RoutingGraph(Lab const& lab, Family family)
    : ports_(lab.nodes.size()), members_(lab.segments.size()), forwards_(lab.nodes.size()) {
    std::uint32_t cost = 0;
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        auto const& node = lab.nodes[i];
        forwards_[i] = node.role == NodeRole::router;
        bool const stub = std::any_of(node.loopback.begin(), node.loopback.end(),
                                      [&](IpPrefix const& prefix) { return prefix.family() == family; });
        if (node.role == NodeRole::switch_ || (!forwards_[i] && !stub)) continue;
        for (auto const& which : node.ends) {
            auto const& end = lab.end(which);
            auto const& link = lab.links[which.first];
            if (!end.address(family) || !end.up.value_or(link.up)) continue;
            ports_[i].push_back({which.first, which.second, end.segment, link.cost});
            members_[end.segment].push_back({i, which.first, which.second});
            if (cost != 0 && cost != link.cost) uniform_ = false;
            cost = link.cost;
        }
    }
}

template <class Visit>
void ShortestPaths::each_edge(std::size_t vertex, std::size_t source, Visit visit) const {
    if (vertex >= graph_.nodes()) {
        for (auto const& member : graph_.members(vertex - graph_.nodes())) visit(member.node, 0u);
    } else if (graph_.forwards(vertex) || vertex == source) {
        for (auto const& port : graph_.ports(vertex)) visit(graph_.nodes() + port.segment, port.cost);
    }
}

void ShortestPaths::find_distances(std::size_t source) {
    distance_.assign(graph_.vertices(), unreachable);
    order_.clear();
    distance_[source] = 0;
    if (graph_.uniform()) {
        // Every edge into a segment costs the same and every edge out of it nothing: breadth first is by
        // distance.
        order_.push_back(source);
        for (std::size_t at = 0; at < order_.size(); ++at)
            each_edge(order_[at], source, [&](std::size_t to, std::uint32_t cost) {
                if (distance_[to] != unreachable) return;
                distance_[to] = distance_[order_[at]] + cost;
                order_.push_back(to);
            });
        return;
    }
    using Entry = std::pair<std::uint64_t, std::size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
    queue.emplace(0, source);
    while (!queue.empty()) {
        auto const [distance, vertex] = queue.top();
        queue.pop();
        if (distance != distance_[vertex]) continue;
        order_.push_back(vertex);
        each_edge(vertex, source, [&, near = distance](std::size_t to, std::uint32_t cost) {
            if (near + cost >= distance_[to]) return;
            distance_[to] = near + cost;
            queue.emplace(near + cost, to);
        });
    }
}

void ShortestPaths::list_first_hops(std::size_t source) {
    first_hops_.clear();
    for (auto const& port : graph_.ports(source))
        for (auto const& member : graph_.members(port.segment))
            if (member.node != source) first_hops_.push_back({port.link, port.end, member.link, member.end});
    width_ = first_hops_.size() / 64 + 1;
    hops_.assign(graph_.vertices() * width_, 0);
}

void ShortestPaths::inherit(std::size_t from, std::size_t to) {
    for (std::size_t i = 0; i < width_; ++i) hops_[to * width_ + i] |= hops_[from * width_ + i];
}

/// In the order of distance, every vertex hands its first hops to those it is on a shortest path to.
void ShortestPaths::spread_hops(std::size_t source) {
    std::size_t index = 0;
    for (auto const& port : graph_.ports(source))
        for (auto const& member : graph_.members(port.segment)) {
            if (member.node == source) continue;
            bool const shortest =
                distance_[member.node] == port.cost && distance_[graph_.nodes() + port.segment] == port.cost;
            if (shortest) hops_[member.node * width_ + index / 64] |= std::uint64_t{1} << (index % 64);
            ++index;
        }
    for (auto const vertex : order_) {
        if (vertex == source) continue;
        auto const distance = distance_[vertex];
        each_edge(vertex, source, [&](std::size_t to, std::uint32_t cost) {
            if (to != source && distance_[to] == distance + cost) inherit(vertex, to);
        });
    }
}

void ShortestPaths::run(std::size_t source) {
    list_first_hops(source);
    find_distances(source);
    spread_hops(source);
}

}  // namespace vethwork::topology
