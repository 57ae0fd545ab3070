#include <vethwork/plan/remaining.hpp>

#include <algorithm>
#include <set>

#include <vethwork/plan/difference.hpp>
#include <vethwork/topology/link_references.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;
using topology::LinkRef;
using topology::NamespaceState;
using topology::NetworkState;

/// When they come and when they go.
bool puts_ports_down(Link const* master) {
    return master && (std::holds_alternative<topology::Bond>(master->kind) ||
                      std::holds_alternative<topology::Vrf>(master->kind));
}

/// Links that go, by namespace and name.
class Going {
public:
    Going(NetworkState const& wanted, NetworkState const& actual) {
        for (auto const& netns : actual.namespaces) {
            auto const* const wish = wanted.find(netns.name);
            if (netns.outside || (wish && wish->outside)) continue;
            for (auto const& link : netns.links)
                if (link.name != "lo" && !stays(wish, link)) add(netns.name, link);
        }
        while (add_ports(wanted, actual))
            ;
    }

    [[nodiscard]] bool has(std::string const& netns, LinkRef const& link) const {
        return links_.contains({netns, link.name});
    }
    [[nodiscard]] bool has(std::string const& netns, std::optional<LinkRef> const& link) const {
        return link && has(netns, *link);
    }
    [[nodiscard]] LinkNames take() && { return std::move(links_); }
    void add(std::string const& netns, Link const& link) {
        links_.emplace(netns, link.name);
        auto const* const veth = std::get_if<topology::Veth>(&link.kind);
        if (!veth) return;
        for (auto const& peer : veth->peer) links_.emplace(peer.netns ? peer.netns->name : netns, peer.name);
    }

private:
    static bool stays(NamespaceState const* wish, Link const& link) {
        if (!wish) return false;
        auto const* const wished = wish->link(link.name);
        return wished && same_device(*wished, link);
    }

    /// Ports that cannot keep what they have; true where there was one.
    bool add_ports(NetworkState const& wanted, NetworkState const& actual) {
        auto const before = links_.size();
        for (auto const& netns : actual.namespaces) {
            auto const* const wish = wanted.find(netns.name);
            if (netns.outside || !wish || wish->outside) continue;
            for (auto const& link : netns.links) {
                auto const* const wished = wish->link(link.name);
                if (wished && !has(netns.name, LinkRef{link.name}) &&
                    !stays_as_port(*wish, *wished, netns, link))
                    add(netns.name, link);
            }
        }
        return links_.size() > before;
    }

    bool stays_as_port(NamespaceState const& wish, Link const& wished, NamespaceState const& netns,
                       Link const& link) const {
        auto const* const master = link.master ? netns.link(link.master->name) : nullptr;
        auto const* const next = wished.master ? wish.link(wished.master->name) : nullptr;
        bool const master_goes = has(netns.name, link.master);
        bool const same = master && next && master->name == next->name && !master_goes;
        if (same || (!master && !next)) return true;
        if (puts_ports_down(master) || puts_ports_down(next)) return false;
        return next || master_goes;  // a bridge that goes sets its ports free
    }

    LinkNames links_;
};

/// Links that stand on one that goes end with it, and so on upwards.
void drop_stacked(Going& going, NamespaceState& netns) {
    auto const falls = [&](Link const& link) {
        auto const below = topology::links_below(link);
        return std::ranges::any_of(
            below, [&](auto const& name) { return going.has(netns.name, LinkRef{std::string(name)}); });
    };
    for (auto found = std::ranges::find_if(netns.links, falls); found != netns.links.end();
         found = std::ranges::find_if(netns.links, falls)) {
        going.add(netns.name, *found);
        netns.links.erase(found);
    }
}

/// A route of several hops goes with the last of them.
template <class Gone>
void drop_routes(NamespaceState& netns, Gone const& gone) {
    std::erase_if(netns.routes, [&](topology::Route const& route) {
        bool const lost = !route.hops.empty() &&
                          std::ranges::all_of(route.hops, [&](auto const& hop) { return gone(hop.link); });
        return lost || gone(route.link);
    });
    for (auto& route : netns.routes)
        std::erase_if(route.hops, [&](auto const& hop) { return gone(hop.link); });
}

/// The kernel forgets them when the link is put down.
void drop_routes_over_falling(NetworkState const& wanted, NamespaceState& netns) {
    auto const* const wish = wanted.find(netns.name);
    if (!wish) return;
    drop_routes(netns, [&](std::optional<LinkRef> const& link) {
        auto const* const wished = link ? wish->link(link->name) : nullptr;
        auto const* const there = link ? netns.link(link->name) : nullptr;
        return wished && there && falls(*wished, *there);
    });
}

void drop_from(NamespaceState& netns, Going const& going) {
    auto const goes = [&](auto const& thing) { return going.has(netns.name, thing.link); };
    std::erase_if(netns.addresses, goes);
    std::erase_if(netns.neighbours, goes);
    std::erase_if(netns.vlans, goes);
    std::erase_if(netns.qdiscs, goes);
    std::erase_if(netns.offloads, [&](auto const& one) { return going.has(netns.name, LinkRef{one.first}); });
    drop_routes(netns, [&](std::optional<LinkRef> const& link) { return going.has(netns.name, link); });
    for (auto& link : netns.links)
        if (going.has(netns.name, link.master)) link.master.reset();
}

}  // namespace

Remaining remaining(NetworkState const& wanted, NetworkState actual) {
    Going going(wanted, actual);
    for (auto& netns : actual.namespaces) drop_stacked(going, netns);
    for (auto& netns : actual.namespaces) {
        drop_from(netns, going);
        drop_routes_over_falling(wanted, netns);
    }
    return {std::move(actual), std::move(going).take()};
}

}  // namespace vethwork::plan
