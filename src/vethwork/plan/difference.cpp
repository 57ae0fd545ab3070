#include <vethwork/plan/difference.hpp>

#include <linux/if.h>

#include <algorithm>

#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/topology/link_references.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;

/// Whether a wanted member that is set differs from what there is.
template <class T>
bool differs(std::optional<T> const& wanted, std::optional<T> const& actual) {
    return wanted && wanted != actual;
}

std::string peer_key(Link const& link) {
    auto const& peer = std::get<topology::Veth>(link.kind).peer;
    if (peer.empty()) return {};
    return (peer.front().netns ? peer.front().netns->name : std::string()) + "/" + peer.front().name;
}

/// The name of a link or, where there is none, nothing.
std::string name_of(std::optional<topology::LinkRef> const& link) {
    return link ? link->name : std::string();
}

bool same_hop(topology::RouteHop const& a, topology::RouteHop const& b) {
    return a.via == b.via && a.weight == b.weight && (!a.link || name_of(a.link) == name_of(b.link));
}

/// A wanted route of one hop, as hops.
std::vector<topology::RouteHop> hops_of(topology::Route const& route) {
    if (!route.hops.empty()) return route.hops;
    if (!route.via && !route.link) return {};
    return {{.via = route.via, .link = route.link}};
}

std::vector<std::string> kind_words_of(Link const& link) {
    std::vector<std::string> words;
    for (auto const* const row : link_kind_words())
        if (row->place == link.kind.index()) row->print(link.kind, words);
    return words;
}

/// Whether `actual` has everything that its kind is wanted to have: both are printed in the same order.
bool has_settings(Link const& wanted, Link const& actual) {
    auto const there = kind_words_of(actual);
    auto place = there.begin();
    for (auto const& word : kind_words_of(wanted)) {
        place = std::find(place, there.end(), word);
        if (place == there.end()) return false;
        ++place;
    }
    return true;
}

}  // namespace

bool same_device(Link const& wanted, Link const& actual) {
    if (wanted.name == "lo") return true;
    // A kind that is wanted by name only fits a device of that kind, whatever its settings.
    if (auto const* const plain = std::get_if<topology::PlainKind>(&wanted.kind);
        plain && !actual.kind_name.empty())
        return plain->name == actual.kind_name;
    if (wanted.kind.index() != actual.kind.index()) return false;
    if (std::holds_alternative<topology::Veth>(wanted.kind)) return peer_key(wanted) == peer_key(actual);
    if (auto const* const plain = std::get_if<topology::PlainKind>(&wanted.kind))
        return plain->name == std::get<topology::PlainKind>(actual.kind).name;
    if (auto const* const tun = std::get_if<topology::Tun>(&wanted.kind))
        return tun->type == std::get<topology::Tun>(actual.kind).type;
    // A bridge's settings can be changed while it is there.
    return std::holds_alternative<topology::Bridge>(wanted.kind) || has_settings(wanted, actual);
}

bool is_stacked(Link const& link) { return link.lower || !topology::links_below(link).empty(); }

bool is_master(Link const& link) {
    return std::holds_alternative<topology::Bridge>(link.kind) ||
           std::holds_alternative<topology::Bond>(link.kind) ||
           std::holds_alternative<topology::Vrf>(link.kind);
}

bool falls(Link const& wanted, Link const& actual) {
    return (wanted.flags_mask & IFF_UP) != 0 && (wanted.flags & IFF_UP) == 0 && (actual.flags & IFF_UP) != 0;
}

std::optional<Link> difference(Link const& wanted, Link const& actual) {
    Link changes;
    bool any = false;
    auto const compare = [&](auto Link::*member) {
        if (!differs(wanted.*member, actual.*member)) return;
        changes.*member = wanted.*member;
        any = true;
    };
    compare(&Link::mtu);
    constexpr std::uint32_t usual_mtu = 1500;
    if (std::holds_alternative<topology::Veth>(wanted.kind) && !wanted.mtu &&
        actual.mtu.value_or(usual_mtu) != usual_mtu) {
        changes.mtu = usual_mtu;
        any = true;
    }
    compare(&Link::address);
    compare(&Link::alias);
    compare(&Link::group);
    compare(&Link::transmit_queue_length);
    compare(&Link::address_generation_mode);
    if (wanted.master && name_of(wanted.master) != name_of(actual.master)) {
        changes.master = wanted.master;
        any = true;
    }
    if (std::holds_alternative<topology::Bridge>(wanted.kind) &&
        std::holds_alternative<topology::Bridge>(actual.kind) && !has_settings(wanted, actual)) {
        changes.kind = wanted.kind;
        any = true;
    }
    std::uint32_t const wrong = (wanted.flags ^ actual.flags) & wanted.flags_mask;
    if (wrong != 0) {
        changes.flags_mask = wrong;
        changes.flags = wanted.flags & wrong;
        any = true;
    }
    if (!any) return {};
    changes.name = wanted.name;
    return changes;
}

bool same_address(topology::InterfaceAddress const& wanted, topology::InterfaceAddress const& actual) {
    return !differs(wanted.scope, actual.scope) && !differs(wanted.label, actual.label) &&
           !differs(wanted.broadcast, actual.broadcast);
}

bool same_vlan(topology::BridgeVlan const& wanted, topology::BridgeVlan const& actual) {
    return wanted == actual;
}

bool same_qdisc(topology::Qdisc const& wanted, topology::Qdisc const& actual) {
    return wanted.kind == actual.kind && wanted.options == actual.options;
}

bool can_become(topology::Qdisc const& wanted, topology::Qdisc const& actual) {
    auto const* const netem = std::get_if<topology::Netem>(&wanted.options);
    auto const* const there = std::get_if<topology::Netem>(&actual.options);
    return netem && there && netem->distribution == there->distribution;
}

bool same_neighbour(topology::Neighbour const& wanted, topology::Neighbour const& actual) {
    return wanted.link_address == actual.link_address && wanted.state == actual.state &&
           wanted.flags == actual.flags;
}

bool same_route(topology::Route const& wanted, topology::Route const& actual) {
    return wanted.type == actual.type && !differs(wanted.preferred_source, actual.preferred_source) &&
           std::ranges::equal(hops_of(wanted), hops_of(actual), same_hop) && wanted.metrics == actual.metrics;
}

bool same_rule(topology::Rule const& wanted, topology::Rule const& actual) {
    return wanted.action == actual.action && wanted.table == actual.table &&
           !differs(wanted.mark, actual.mark) && wanted.incoming == actual.incoming &&
           wanted.outgoing == actual.outgoing && wanted.flags == actual.flags;
}

}  // namespace vethwork::plan
