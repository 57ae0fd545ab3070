#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include <vethwork/topology/prefix_tree.hpp>
#include <vethwork/topology/shortest_paths.hpp>
#include <vethwork/topology/stages.hpp>

namespace vethwork::topology {

namespace {

constexpr Family both_families[] = {Family::ipv4, Family::ipv6};

std::string_view name_of(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Somewhere a prefix is: a segment, or a node's lo.
struct PrefixOrigin {
    std::size_t segment = no_index, node = no_index;
    std::vector<bool> known_to;  ///< nodes that may have a route to it; empty: all
};

/// Routes of one family.
class FamilyRouter {
public:
    FamilyRouter(Lab& lab, Family family, Complaints& complaints)
        : lab_(lab),
          family_(family),
          complaints_(complaints),
          graph_(lab, family),
          paths_(graph_),
          tree_(find_origins()) {
        for (auto const& prefix : tree_.prefixes()) origins_in_order_.push_back(&origins_.at(prefix));
    }

    void route_routers();
    void route_hosts(bool automatic);

private:
    std::vector<IpPrefix> find_origins();
    std::vector<bool> hidden_behind_nat(std::size_t segment);
    void route_router(std::size_t index);
    HopChoice choose(std::size_t index, std::size_t leaf);
    HopChoice intern(std::span<std::uint64_t const> hops);
    HopChoice add_hop(NextHop hop);
    [[nodiscard]] bool is_connected(std::size_t node, IpPrefix const& prefix) const;
    [[nodiscard]] LabEnd const* end_at(std::size_t node, std::size_t segment) const;
    void write(LabNode& node, std::vector<HopChoice> const& choices, std::optional<HopChoice> fallback);

    void route_host(std::size_t index, bool automatic);
    std::optional<NextHop> written_gateway(LabNode const& node, Gateway const& gateway);
    std::optional<NextHop> next_router(LabNode const& node) const;
    /// The end that reaches the address, and how.
    using Way = std::pair<std::pair<std::size_t, std::size_t>, NextHop>;
    std::optional<Way> on_link(LabNode const& node, IpAddress const& address) const;
    /// No route leads over an end that is down.
    [[nodiscard]] bool is_up(std::pair<std::size_t, std::size_t> const& which) const {
        return lab_.end(which).up.value_or(lab_.links[which.first].up);
    }
    Gateway const* gateway_of(LabNode const& node) const;
    void add_default(LabNode& node, NextHop hop);
    void add_lab_routes(std::size_t index, NextHop hop);

    struct Hash {
        std::size_t operator()(std::vector<std::uint64_t> const& words) const {
            std::size_t hash = 0;
            for (auto const word : words) hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
            return hash;
        }
    };

    Lab& lab_;
    Family family_;
    Complaints& complaints_;
    RoutingGraph graph_;
    ShortestPaths paths_;
    std::map<IpPrefix, std::vector<PrefixOrigin>> origins_;
    PrefixTree tree_;
    std::vector<std::vector<PrefixOrigin> const*> origins_in_order_;

    // Of the node that is being routed.
    std::vector<std::vector<NextHop>> hop_sets_;
    std::unordered_map<std::vector<std::uint64_t>, HopChoice, Hash> interned_;
    std::vector<std::uint64_t> key_;
};

/// A private segment is known to the routers at it and those behind them, up to and with the first that does
/// NAT.
std::vector<bool> FamilyRouter::hidden_behind_nat(std::size_t segment) {
    std::vector<bool> known(lab_.nodes.size());
    std::vector<std::size_t> open;
    auto const translates = [&](std::size_t node) {
        auto const& nat = lab_.nodes[node].nat;
        return std::any_of(nat.begin(), nat.end(), [&](NatRule const& rule) {
            return rule.kind != NatKind::dnat && has(rule.families, family_);
        });
    };
    auto const visit = [&](std::size_t at) {
        for (auto const& member : graph_.members(at))
            if (!known[member.node]) {
                known[member.node] = true;
                open.push_back(member.node);
            }
    };
    visit(segment);
    bool const guarded = std::any_of(open.begin(), open.end(), translates);
    bool any = guarded;
    while (!open.empty()) {
        auto const node = open.back();
        open.pop_back();
        if (translates(node)) {
            any = true;
            continue;
        }
        // Beside a router that does NAT, another at the same segment is no way out either.
        if (!guarded && graph_.forwards(node))
            for (auto const& port : graph_.ports(node))
                if (has(lab_.segments[port.segment].private_families, family_)) visit(port.segment);
    }
    if (!any && lab_.routing == RoutingMode::automatic && !graph_.members(segment).empty())
        complaints_.warning(
            "W501", lab_.links[lab_.segments[segment].links[0]].place,
            fmt::format("link '{}' is private for {}, and no router of it does NAT",
                        lab_.segments[segment].name, name_of(family_)),
            "its nodes cannot be answered from beyond; add nat: [{masquerade: …}] to the router");
    return known;
}

std::vector<IpPrefix> FamilyRouter::find_origins() {
    for (std::size_t i = 0; i < lab_.segments.size(); ++i) {
        auto const& segment = lab_.segments[i];
        PrefixOrigin origin{.segment = i};
        bool const hidden = has(segment.private_families, family_) && segment.subnet(family_);
        if (hidden) origin.known_to = hidden_behind_nat(i);
        for (auto const& subnet : segment.subnets)
            if (subnet.family() == family_) origins_[subnet].push_back(origin);
    }
    for (std::size_t i = 0; i < lab_.nodes.size(); ++i)
        for (auto const& prefix : lab_.nodes[i].loopback)
            if (prefix.family() == family_) origins_[prefix.network()].push_back({.node = i});
    std::vector<IpPrefix> prefixes;
    for (auto const& [prefix, origins] : origins_) prefixes.push_back(prefix);
    return prefixes;
}

LabEnd const* FamilyRouter::end_at(std::size_t node, std::size_t segment) const {
    for (auto const& which : lab_.nodes[node].ends)
        if (auto const& end = lab_.end(which); end.segment == segment && end.address(family_)) return &end;
    return nullptr;
}

bool FamilyRouter::is_connected(std::size_t node, IpPrefix const& prefix) const {
    auto const has_it = [&](std::vector<IpPrefix> const& addresses) {
        return std::any_of(addresses.begin(), addresses.end(),
                           [&](IpPrefix const& own) { return own.network() == prefix; });
    };
    for (auto const& which : lab_.nodes[node].ends)
        if (has_it(lab_.end(which).addresses)) return true;
    return has_it(lab_.nodes[node].loopback);
}

HopChoice FamilyRouter::add_hop(NextHop hop) {
    for (std::size_t i = 0; i < hop_sets_.size(); ++i)
        if (hop_sets_[i].size() == 1 && hop_sets_[i][0] == hop) return static_cast<HopChoice>(i);
    hop_sets_.push_back({std::move(hop)});
    return static_cast<HopChoice>(hop_sets_.size() - 1);
}

HopChoice FamilyRouter::intern(std::span<std::uint64_t const> hops) {
    key_.assign(hops.begin(), hops.end());
    auto const found = interned_.find(key_);
    if (found != interned_.end()) return found->second;
    std::vector<NextHop> set;
    for (std::size_t i = 0; i < paths_.first_hops().size(); ++i) {
        if ((hops[i / 64] >> (i % 64) & 1) == 0) continue;
        auto const& hop = paths_.first_hops()[i];
        set.push_back({lab_.links[hop.via_link].ends[hop.via_end].address(family_)->address,
                       lab_.links[hop.link].ends[hop.end].interface});
    }
    hop_sets_.push_back(std::move(set));
    auto const choice = hop_sets_.back().empty() ? no_route : static_cast<HopChoice>(hop_sets_.size() - 1);
    interned_.emplace(key_, choice);
    return choice;
}

HopChoice FamilyRouter::choose(std::size_t index, std::size_t leaf) {
    PrefixOrigin const* best = nullptr;
    auto nearest = ShortestPaths::unreachable;
    for (auto const& origin : *origins_in_order_[leaf]) {
        if (!origin.known_to.empty() && !origin.known_to[index]) continue;
        auto const distance = origin.segment != no_index ? paths_.distance_to_segment(origin.segment)
                                                         : paths_.distance_to_node(origin.node);
        if (distance >= nearest) continue;
        nearest = distance;
        best = &origin;
    }
    if (!best) return no_route;
    // Only where there is an end at the segment can the prefix be connected, or at least on the link.
    if (best->node == index) return connected_route;
    auto const* const own = best->segment != no_index ? end_at(index, best->segment) : nullptr;
    if (own)
        return is_connected(index, tree_.prefixes()[leaf])
                   ? connected_route
                   : add_hop({IpAddress::any(family_), own->interface});
    return intern(best->segment != no_index ? paths_.hops_to_segment(best->segment)
                                            : paths_.hops_to_node(best->node));
}

void FamilyRouter::write(LabNode& node, std::vector<HopChoice> const& choices,
                         std::optional<HopChoice> fallback) {
    auto routes = tree_.aggregate(choices, fallback);
    std::sort(routes.begin(), routes.end(),
              [](ChosenRoute const& a, ChosenRoute const& b) { return a.prefix < b.prefix; });
    for (auto const& route : routes) node.automatic_routes.push_back({route.prefix, hop_sets_[route.hops]});
}

void FamilyRouter::route_router(std::size_t index) {
    auto& node = lab_.nodes[index];
    if (graph_.ports(index).empty()) return;
    paths_.run(index);
    hop_sets_.clear();
    interned_.clear();
    std::vector<HopChoice> choices(tree_.prefixes().size());
    for (std::size_t leaf = 0; leaf < choices.size(); ++leaf) choices[leaf] = choose(index, leaf);
    std::optional<HopChoice> fallback;
    if (auto const* const gateway = gateway_of(node); gateway && gateway->kind != GatewayKind::automatic) {
        if (auto const hop = written_gateway(node, *gateway)) fallback = add_hop(*hop);
    } else if (lab_.internet && lab_.internet->via != no_index && lab_.internet->via != index) {
        auto const via = lab_.internet->via;
        auto const hops = paths_.distance_to_node(via) != ShortestPaths::unreachable
                              ? intern(paths_.hops_to_node(via))
                              : no_route;
        if (hops >= 0) fallback = hops;
    }
    write(node, choices, fallback);
}

void FamilyRouter::route_routers() {
    if (tree_.prefixes().empty()) return;
    for (std::size_t i = 0; i < lab_.nodes.size(); ++i)
        if (lab_.nodes[i].role == NodeRole::router) route_router(i);
}

/// The one for this family: an address tells its family, the rest is for both.
Gateway const* FamilyRouter::gateway_of(LabNode const& node) const {
    for (auto const& gateway : node.gateways)
        if (gateway.kind != GatewayKind::address || gateway.address.family == family_) return &gateway;
    return nullptr;
}

std::optional<FamilyRouter::Way> FamilyRouter::on_link(LabNode const& node, IpAddress const& address) const {
    for (auto const& which : node.ends)
        for (auto const& own : lab_.end(which).addresses)
            if (own.contains(address) && own.address != address)
                return Way{which, {address, lab_.end(which).interface}};
    return {};
}

std::optional<NextHop> FamilyRouter::written_gateway(LabNode const& node, Gateway const& gateway) {
    if (gateway.kind == GatewayKind::address) {
        auto const way = on_link(node, gateway.address);
        if (!way)
            complaints_.error(
                "E307", gateway.place,
                fmt::format("{} is in no subnet of node '{}'", gateway.address.to_string(), node.name));
        return way && is_up(way->first) ? std::optional(way->second) : std::nullopt;
    }
    if (gateway.kind != GatewayKind::node || gateway.node == no_index) return {};
    auto const& other = lab_.nodes[gateway.node];
    bool shared = false;
    for (auto const& which : node.ends)
        for (auto const& theirs : other.ends) {
            if (&node == &other || lab_.end(which).segment != lab_.end(theirs).segment) continue;
            shared = true;
            auto const* const address = lab_.end(theirs).address(family_);
            if (address && lab_.end(which).address(family_) && is_up(which))
                return NextHop{address->address, lab_.end(which).interface};
        }
    if (!shared)
        complaints_.error("E307", gateway.place,
                          fmt::format("node '{}' has no link with '{}'", node.name, other.name),
                          "a gateway is a neighbour");
    return {};
}

std::optional<NextHop> FamilyRouter::next_router(LabNode const& node) const {
    for (auto const& which : node.ends) {
        auto const& end = lab_.end(which);
        if (!end.address(family_) || !is_up(which)) continue;
        for (auto const& member : graph_.members(end.segment)) {
            auto const& router = lab_.links[member.link].ends[member.end];
            if (graph_.forwards(member.node)) return NextHop{router.address(family_)->address, end.interface};
        }
    }
    return {};
}

void FamilyRouter::add_default(LabNode& node, NextHop hop) {
    node.automatic_routes.push_back({{IpAddress::any(family_), 0}, {std::move(hop)}});
}

/// The caller's own namespace keeps its default route: it gets routes to the lab, and to nothing else.
void FamilyRouter::add_lab_routes(std::size_t index, NextHop hop) {
    hop_sets_.clear();
    auto const choice = add_hop(std::move(hop));
    std::vector<HopChoice> choices(tree_.prefixes().size(), choice);
    for (std::size_t leaf = 0; leaf < choices.size(); ++leaf) {
        bool const known = std::any_of(origins_in_order_[leaf]->begin(), origins_in_order_[leaf]->end(),
                                       [](PrefixOrigin const& origin) { return origin.known_to.empty(); });
        if (is_connected(index, tree_.prefixes()[leaf]))
            choices[leaf] = connected_route;
        else if (!known)
            choices[leaf] = no_route;
    }
    write(lab_.nodes[index], choices, {});
}

void FamilyRouter::route_host(std::size_t index, bool automatic) {
    auto& node = lab_.nodes[index];
    auto const* const gateway = gateway_of(node);
    if (gateway && gateway->kind == GatewayKind::absent) return;
    if (gateway && gateway->kind != GatewayKind::automatic) {
        if (auto hop = written_gateway(node, *gateway)) add_default(node, std::move(*hop));
        return;
    }
    auto hop = automatic ? next_router(node) : std::nullopt;
    if (!hop) return;
    if (node.netns == NetnsKind::own)
        add_default(node, std::move(*hop));
    else
        add_lab_routes(index, std::move(*hop));
}

void FamilyRouter::route_hosts(bool automatic) {
    for (std::size_t i = 0; i < lab_.nodes.size(); ++i)
        if (lab_.nodes[i].role == NodeRole::host || (!automatic && lab_.nodes[i].role == NodeRole::router))
            route_host(i, automatic);
}

}  // namespace

void compute_routes(Lab& lab, Complaints& complaints) {
    bool const automatic = lab.routing == RoutingMode::automatic;
    for (auto const family : both_families) {
        FamilyRouter router(lab, family, complaints);
        if (automatic) router.route_routers();
        router.route_hosts(automatic);
    }
}

}  // namespace vethwork::topology
