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
    }

    [[nodiscard]] bool has(std::string const& netns, LinkRef const& link) const {
        return links_.contains({netns, link.name});
    }
    [[nodiscard]] bool has(std::string const& netns, std::optional<LinkRef> const& link) const {
        return link && has(netns, *link);
    }
    void add(std::string const& netns, Link const& link) {
        links_.emplace(netns, link.name);
        auto const* const veth = std::get_if<topology::Veth>(&link.kind);
        if (!veth) return;
        for (auto const& peer : veth->peer) links_.emplace(peer.netns ? peer.netns->name : netns, peer.name);
    }

private:
    static bool stays(NamespaceState const* wish, Link const& link) {
        if (!wish) return false;
        auto const found = std::ranges::find(wish->links, link.name, &Link::name);
        return found != wish->links.end() && same_device(*found, link);
    }

    std::set<std::pair<std::string, std::string>> links_;
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

void drop_routes(Going const& going, NamespaceState& netns) {
    for (auto& route : netns.routes)
        std::erase_if(route.hops, [&](auto const& hop) { return going.has(netns.name, hop.link); });
    std::erase_if(netns.routes,
                  [&](topology::Route const& route) { return going.has(netns.name, route.link); });
}

void drop_from(NamespaceState& netns, Going const& going) {
    auto const goes = [&](auto const& thing) { return going.has(netns.name, thing.link); };
    std::erase_if(netns.addresses, goes);
    std::erase_if(netns.neighbours, goes);
    std::erase_if(netns.vlans, goes);
    std::erase_if(netns.qdiscs, goes);
    std::erase_if(netns.offloads, [&](auto const& one) { return going.has(netns.name, LinkRef{one.first}); });
    drop_routes(going, netns);
    for (auto& link : netns.links)
        if (going.has(netns.name, link.master)) link.master.reset();
}

}  // namespace

NetworkState remaining(NetworkState const& wanted, NetworkState actual) {
    Going going(wanted, actual);
    for (auto& netns : actual.namespaces) drop_stacked(going, netns);
    for (auto& netns : actual.namespaces) drop_from(netns, going);
    return actual;
}

}  // namespace vethwork::plan
