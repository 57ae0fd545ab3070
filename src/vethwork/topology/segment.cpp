#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include <vethwork/topology/stages.hpp>

namespace vethwork::topology {

namespace {

/// Sets of links that have been joined (union-find with path halving).
class Joined {
public:
    explicit Joined(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }

    std::size_t root(std::size_t at) {
        while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
        return at;
    }
    /// The lower root stays one, so that a segment is called after its first link.
    void join(std::size_t a, std::size_t b) {
        a = root(a);
        b = root(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::size_t> parent_;
};

class SegmentFinder {
public:
    SegmentFinder(Lab& lab, Complaints& complaints)
        : lab_(lab), complaints_(complaints), joined_(lab.links.size()) {}

    void run() {
        for (auto const& node : lab_.nodes)
            if (node.role == NodeRole::switch_)
                for (std::size_t i = 1; i < node.ends.size(); ++i)
                    joined_.join(node.ends[0].first, node.ends[i].first);
        std::vector<std::size_t> segment_of(lab_.links.size(), no_index);
        for (std::size_t link = 0; link < lab_.links.size(); ++link) {
            auto& index = segment_of[joined_.root(link)];
            if (index == no_index) {
                index = lab_.segments.size();
                lab_.segments.push_back({.name = lab_.links[link].name});
            }
            add_link(lab_.segments[index], index, link);
        }
        for (std::size_t i = 0; i < lab_.nodes.size(); ++i) add_switch(i);
    }

private:
    void add_link(Segment& segment, std::size_t index, std::size_t number) {
        auto& link = lab_.links[number];
        segment.links.push_back(number);
        segment.private_families = static_cast<Families>(static_cast<unsigned>(segment.private_families) |
                                                         static_cast<unsigned>(link.private_families));
        for (std::size_t i = 0; i < link.ends.size(); ++i) {
            auto& end = link.ends[i];
            end.segment = index;
            if (lab_.nodes[end.node].role != NodeRole::switch_)
                segment.members.emplace_back(number, i);
            else if (!end.addresses.empty())
                complaints_.error(
                    "E317", end.place,
                    fmt::format("'{}' is a switch; its ports have no addresses", lab_.nodes[end.node].name),
                    "make it a router, or give the address to a node at the switch");
        }
        for (auto const& subnet : link.subnets) add_subnet(segment, link, subnet);
    }

    void add_subnet(Segment& segment, LabLink const& link, IpPrefix const& subnet) {
        if (subnet.network() != subnet)
            complaints_.error("E406", link.subnet_place,
                              fmt::format("{} is an address, not a subnet", subnet.to_string()),
                              fmt::format("its network is {}", subnet.network().to_string()));
        auto const* const other = segment.subnet(subnet.family());
        if (other && *other == subnet.network()) return;
        if (other)
            complaints_.error("E402", link.subnet_place,
                              fmt::format("this segment has two subnets of one family: {} and {}",
                                          other->to_string(), subnet.to_string()));
        segment.subnets.push_back(subnet.network());
    }

    void add_switch(std::size_t index) {
        auto const& node = lab_.nodes[index];
        if (node.role == NodeRole::switch_ && !node.ends.empty())
            lab_.segments[lab_.end(node.ends[0]).segment].switches.push_back(index);
    }

    Lab& lab_;
    Complaints& complaints_;
    Joined joined_;
};

}  // namespace

void find_segments(Lab& lab, Complaints& complaints) { SegmentFinder(lab, complaints).run(); }

}  // namespace vethwork::topology
