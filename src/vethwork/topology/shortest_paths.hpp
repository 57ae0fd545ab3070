// Shortest paths from one router over routers and segments, with all equally short first hops.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

/// The part of a lab that forwards packets of one family. Vertices are nodes, then segments.
class RoutingGraph {
public:
    struct Port {
        std::size_t link = 0, end = 0, segment = 0;
        std::uint32_t cost = 1;
    };

    RoutingGraph(Lab const& lab, Family family);

    /// Where packets may leave and arrive: ends with an address of the family.
    [[nodiscard]] std::vector<Port> const& ports(std::size_t node) const { return ports_[node]; }
    /// The nodes at a segment that are vertices: routers, and hosts with an address of their own on lo.
    struct Member {
        std::size_t node = 0, link = 0, end = 0;
    };
    [[nodiscard]] std::vector<Member> const& members(std::size_t segment) const { return members_[segment]; }
    [[nodiscard]] bool forwards(std::size_t node) const { return forwards_[node]; }
    [[nodiscard]] std::size_t nodes() const { return ports_.size(); }
    [[nodiscard]] std::size_t vertices() const { return ports_.size() + members_.size(); }
    /// Whether every cost is the same.
    [[nodiscard]] bool uniform() const { return uniform_; }

private:
    std::vector<std::vector<Port>> ports_;
    std::vector<std::vector<Member>> members_;
    std::vector<bool> forwards_;
    bool uniform_ = true;
};

/// One way out of the source: its own end, and the neighbour's.
struct FirstHop {
    std::size_t link = 0, end = 0;          ///< of the source
    std::size_t via_link = 0, via_end = 0;  ///< of the neighbour
};

class ShortestPaths {
public:
    static constexpr std::uint64_t unreachable = UINT64_MAX;

    explicit ShortestPaths(RoutingGraph const& graph) : graph_(graph) {}

    void run(std::size_t source);
    [[nodiscard]] std::uint64_t distance_to_node(std::size_t node) const { return distance_[node]; }
    [[nodiscard]] std::uint64_t distance_to_segment(std::size_t segment) const {
        return distance_[graph_.nodes() + segment];
    }
    [[nodiscard]] std::vector<FirstHop> const& first_hops() const { return first_hops_; }
    /// A set of first hops, by bits.
    [[nodiscard]] std::span<std::uint64_t const> hops_to_node(std::size_t node) const { return hops(node); }
    [[nodiscard]] std::span<std::uint64_t const> hops_to_segment(std::size_t segment) const {
        return hops(graph_.nodes() + segment);
    }

private:
    [[nodiscard]] std::span<std::uint64_t const> hops(std::size_t vertex) const {
        return std::span(hops_).subspan(vertex * width_, width_);
    }
    void list_first_hops(std::size_t source);
    void find_distances(std::size_t source);
    void spread_hops(std::size_t source);
    void inherit(std::size_t from, std::size_t to);
    template <class Visit>
    void each_edge(std::size_t vertex, std::size_t source, Visit visit) const;

    RoutingGraph const& graph_;
    std::vector<std::uint64_t> distance_, hops_;
    std::vector<std::size_t> order_;  ///< vertices, nearest first
    std::vector<FirstHop> first_hops_;
    std::size_t width_ = 1;
};

}  // namespace vethwork::topology
