#include <vethwork/diagnose/check_neighbour.hpp>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/check_ip.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/check_proxy.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/words.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

namespace {

using topology::InterfaceAddress;
using topology::Link;
using topology::Neighbour;

constexpr std::uint16_t usable_states =
    NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE;

Neighbour const* entry_for(Site& site, std::uint32_t link, IpAddress const& address) {
    for (auto const& entry : site.neighbours())
        if (entry.link.index == link && entry.address == address && (entry.flags & NTF_PROXY) == 0)
            return &entry;
    return nullptr;
}

/// Whether a namespace would answer for the address on this device, the sysctls apart.
bool owns(Landing const& landing, IpAddress const& address) {
    auto const* const found = landing.site->address(address);
    if (!found || (found->flags & (IFA_F_DADFAILED | IFA_F_TENTATIVE)) != 0) return false;
    return address.family == Family::ipv4 || found->link.index == landing.link->index ||
           landing.link->name == "lo";
}

/// A hardware address that the sender believes in and the owner does not have.
std::optional<Finding> wrong_entry(Hop const& hop, IpAddress const& next, Landing const& landing) {
    auto const* const entry = entry_for(*hop.site, hop.out->index, next);
    if (!entry || !entry->link_address || (entry->state & usable_states) == 0) return {};
    if (!landing.link->address || entry->link_address == landing.link->address) return {};
    bool const permanent = (entry->state & (NUD_PERMANENT | NUD_NOARP)) != 0;
    auto finding =
        misleading(permanent ? "neighbour-permanent-wrong-mac" : "neighbour-stale-mac", *hop.site,
                   fmt::format("{} {} at {}, but {} in {} is {}", permanent ? "permanent entry" : "entry",
                               next.to_string(), entry->link_address->to_string(), landing.link->name,
                               landing.site->name(), landing.link->address->to_string()),
                   {ip(*hop.site, fmt::format("neigh del {} dev {}", next.to_string(), hop.out->name))});
    finding.certain_loss = permanent;
    return finding;
}

/// Neither end asks or answers where ARP is off, unless the address is known already.
std::optional<Finding> arp_off(Hop const& hop, IpAddress const& next, Landing const& landing) {
    auto const* const entry = entry_for(*hop.site, hop.out->index, next);
    bool const known = entry && entry->link_address && (entry->state & (NUD_PERMANENT | NUD_NOARP)) != 0;
    if (known || next.family != Family::ipv4) return {};
    auto const off = [&next](Site& site, Link const& link) {
        return stopping("arp-off", site,
                        fmt::format("ARP is off on {}, so {} is not found", link.name, next.to_string()),
                        {ip(site, fmt::format("link set {} arp on", link.name))});
    };
    bool const ethernet = landing.link->address && landing.link->address->size == 6;
    if (!ethernet) return {};
    if (hop.out->flags & IFF_NOARP) return off(*hop.site, *hop.out);
    if (landing.link->flags & IFF_NOARP) return off(*landing.site, *landing.link);
    return {};
}

/// The address that a hop asks with: the packet's own at the sender, else one of the device's.
IpAddress asker_of(Walk const& walk) {
    auto const& hop = *walk.last();
    if (walk.hops.size() == 1 && walk.source) return *walk.source;
    auto const* const own = hop.site->global_address(hop.out->index, hop.next->family);
    return own ? *own->local : walk.source.value_or(*hop.next);
}

/// The answer would leave by another device than the question came in by, and arp_filter minds that.
std::optional<Finding> arp_filtered(Walk const& walk, IpAddress const& next, Landing const& landing) {
    auto& site = *landing.site;
    auto const& dev = landing.link->name;
    if (next.family != Family::ipv4 || site.interface_setting(Family::ipv4, dev, "arp_filter") == 0)
        return {};
    auto const asker = asker_of(walk);
    auto const* const out = exit_towards(site, asker, next, {});
    if (out && out->index == landing.link->index) return {};
    std::vector<Action> repair;
    for (std::string_view const of : {std::string_view("all"), std::string_view(dev)})
        if (auto const name = topology::interface_sysctl(Family::ipv4, of, "arp_filter");
            site.sysctl(name) != "0")
            repair.push_back(sysctl(site, name + "=0"));
    return stopping("arp-ignore", site,
                    fmt::format("arp_filter: {} asks on {}, the way to it is {}", asker.to_string(), dev,
                                out ? out->name : "unknown"),
                    std::move(repair));
}

/// Settings that keep the owner from answering a question that comes in by this device.
std::optional<Finding> arp_ignored(Walk const& walk, IpAddress const& next, Landing const& landing) {
    if (next.family != Family::ipv4) return {};
    auto& site = *landing.site;
    auto const* const address = site.address(next);
    auto const& dev = landing.link->name;
    int const ignore = site.interface_setting(Family::ipv4, dev, "arp_ignore");
    bool const elsewhere = address && address->link.index != landing.link->index;
    bool const foreign = address && !IpPrefix{next, address->prefix_length}.contains(asker_of(walk));
    bool const ignores = ignore == 8 || (ignore >= 1 && elsewhere) || (ignore == 2 && foreign);
    if (ignores) {
        auto const name = topology::interface_sysctl(Family::ipv4, dev, "arp_ignore");
        std::vector<Action> repair;
        if (site.sysctl("net.ipv4.conf.all.arp_ignore") != "0")
            repair.push_back(sysctl(site, "net.ipv4.conf.all.arp_ignore=0"));
        if (site.sysctl(name) != "0") repair.push_back(sysctl(site, name + "=0"));
        return stopping(
            "arp-ignore", site,
            fmt::format("arp_ignore={}: it does not answer for {} on {}", ignore, next.to_string(), dev),
            std::move(repair));
    }
    return {};
}

/// A forwarding entry that sends frames for the owner elsewhere than to his port.
std::optional<Finding> wrong_forwarding(Sites& sites, Landing const& landing) {
    if (!landing.link->address) return {};
    for (auto const& item : landing.way) {
        auto const* const crossing = std::get_if<Crossing>(&item);
        auto* const site = crossing && crossing->way == Way::out ? sites.find(crossing->netns) : nullptr;
        auto const* const port = site ? site->link(crossing->index) : nullptr;
        if (!port || !port->master) continue;
        for (auto const& entry : site->forwarding()) {
            bool const fixed = entry.is_static() || entry.is_permanent();
            bool const is_bridges_own = entry.is_permanent();
            if (entry.master != port->master->index || !fixed || entry.address != *landing.link->address ||
                (entry.link == port->index && !is_bridges_own))
                continue;
            auto const dev = site->device(entry.link);
            return misleading(
                "fdb-static-wrong", *site,
                is_bridges_own ? fmt::format("a permanent entry makes {} the bridge's own, it is at {}",
                                             entry.address.to_string(), port->name)
                               : fmt::format("a fixed entry sends {} to {}, it is at {}",
                                             entry.address.to_string(), dev, port->name),
                {bridge(*site, fmt::format("fdb del {} dev {} master{}", entry.address.to_string(), dev,
                                           entry.vlan ? fmt::format(" vlan {}", *entry.vlan) : ""))});
        }
    }
    return {};
}

/// The address is wanted at `landing`, and is not there.
Finding address_missing(IpAddress const& address, Landing const& landing, unsigned length) {
    auto& site = *landing.site;
    auto const& dev = landing.link->name;
    auto const disabled = topology::interface_sysctl(Family::ipv6, dev, "disable_ipv6");
    auto const add = add_address(site, address, length, dev);
    if (address.family == Family::ipv6 && site.sysctl(disabled) == "1")
        return stopping("ipv6-disabled", site, fmt::format("IPv6 is disabled on {}", dev),
                        {sysctl(site, disabled + "=0"), add});
    if (address.family == Family::ipv6 && landing.link->mtu.value_or(1500) < 1280)
        return stopping("ipv6-mtu-too-small", site,
                        fmt::format("{} has an MTU of {}, IPv6 needs 1280", dev, *landing.link->mtu),
                        {ip(site, fmt::format("link set {} mtu 1500", dev)), add});
    if (auto const* const failed = site.address(address); failed && (failed->flags & IFA_F_DADFAILED) != 0)
        return stopping("ipv6-dad-failed", site,
                        fmt::format("{} failed duplicate address detection", address.to_string()), {});
    auto const* const other = site.global_address(landing.link->index, address.family);
    if (other)
        return stopping("wrong-address", site,
                        fmt::format("{} has {}, not {}", dev, other->local->to_string(), address.to_string()),
                        {add});
    return stopping("address-missing", site,
                    fmt::format("{} has no address; {} is expected there", dev, address.to_string()), {add});
}

unsigned length_at_hand(Hop const& hop, IpAddress const& address) {
    for (auto const& ours : hop.site->addresses())
        if (ours.link.index == hop.out->index && ours.local && ours.local->family == address.family &&
            IpPrefix{*ours.local, ours.prefix_length}.contains(address))
            return ours.prefix_length;
    return address_bits(address.family);
}

bool forwards(Site& site, Family family) {
    return site.sysctl(family == Family::ipv4 ? "net.ipv4.ip_forward" : "net.ipv6.conf.all.forwarding") ==
           "1";
}

/// Of those on the segment who lack the address, the one who was probably meant to have it.
Landing const* probably_meant(Hop const& hop, IpAddress const& address, std::vector<Landing> const& found) {
    auto const rank = [&](Landing const& landing) {
        if (landing.site == hop.site) return 9;
        auto const* const other = landing.site->global_address(landing.link->index, address.family);
        auto const length = length_at_hand(hop, address);
        if (!other) return landing.link->kind_name == "bridge" ? 5 : 0;
        bool const plausible = IpPrefix{*other->local, static_cast<std::uint8_t>(length)}.contains(address);
        return (plausible ? 1 : 3) + (forwards(*landing.site, address.family) ? 1 : 0);
    };
    auto const best = std::ranges::min_element(found, {}, rank);
    return best == found.end() || rank(*best) >= 9 ? nullptr : &*best;
}

NextHop go_to(Landing landing, std::vector<Finding> findings = {}) {
    NextHop verdict;
    verdict.landing = std::move(landing);
    verdict.findings = std::move(findings);
    return verdict;
}

Landing const* landing_of(Leg const& leg, std::vector<Landing> const& found) {
    auto const one = std::ranges::find_if(
        found, [&](auto const& landing) { return landing.site == leg.to && landing.link == leg.in; });
    return one == found.end() ? nullptr : &*one;
}

/// The gateway's address is nobody's here.
NextHop no_such_gateway(RouteContext const& context, Walk const& walk, std::vector<Landing> const& found) {
    auto const& hop = *walk.last();
    auto const family = hop.next->family;
    auto const what = fmt::format("nobody on {} has {}", hop.out->name, hop.next->to_string());
    auto const way = way_on(context, walk);
    NextHop verdict;
    if (!way) {
        if (auto const* const meant = probably_meant(hop, *hop.next, found)) {
            verdict = go_to(*meant, {address_missing(*hop.next, *meant, length_at_hand(hop, *hop.next))});
            if (verdict.findings.front().cause == "address-missing")
                verdict.findings.front().cause = "gateway-unreachable";
            return verdict;
        }
        verdict.route_findings = {misleading("wrong-gateway", *hop.site, what, {})};
        return verdict;
    }
    auto const& leg = way->front();
    auto const gateway = gateway_of(leg, family);
    auto const* const landing = leg.out == hop.out ? landing_of(leg, found) : nullptr;
    bool const has_address = leg.to->global_address(leg.in->index, family) != nullptr;
    if (landing && (!gateway || (gateway->is_link_local() && !has_address))) {
        auto finding = address_missing(*hop.next, *landing, length_at_hand(hop, *hop.next));
        if (finding.cause == "address-missing" || finding.cause == "wrong-address")
            finding.cause = "gateway-unreachable";
        return go_to(*landing, {std::move(finding)});
    }
    auto finding = misleading("wrong-gateway", *hop.site, what, {});
    if (gateway) finding.repair = {replace_gateway(hop, leg, *gateway)};
    verdict.route_findings = {std::move(finding)};
    if (landing) verdict.landing = *landing;
    return verdict;
}

/// The destination is looked for on a segment where it is not, and lives elsewhere.
NextHop destination_elsewhere(RouteContext const& context, Walk const& walk,
                              std::vector<Landing> const& found, Site& target) {
    auto const& hop = *walk.last();
    auto const& to = context.packet->destination;
    NextHop verdict;
    auto const way = way_on(context, walk);
    auto const* const landing =
        way && way->front().out == hop.out ? landing_of(way->front(), found) : nullptr;
    if (landing) verdict.landing = *landing;
    auto const gateway = way ? gateway_of(way->front(), to.family) : std::nullopt;
    bool const connected = hop.route && hop.route->protocol == topology::kernel_protocol;
    if (!connected) {
        auto const words = hop.route ? route_words(*hop.site, *hop.route) : to.to_string();
        verdict.route_findings = {misleading(
            "wrong-interface-route", *hop.site,
            fmt::format("route {}: {} is not there, but in {}", words, to.to_string(), target.name()),
            {ip(*hop.site, to.family, "route del " + words)})};
        return verdict;
    }
    auto const theirs = network_of(target, to);
    if (hop.route->destination && hop.route->destination->length < theirs.length) {
        for (auto const& address : hop.site->addresses())
            if (address.link.index == hop.out->index && address.local &&
                address.prefix_length == hop.route->destination->length)
                verdict.route_findings = {wrong_mask(*hop.site, address, theirs.length)};
        return verdict;
    }
    auto finding = misleading("overlapping-subnet", *hop.site,
                              fmt::format("{} is looked for on {}, which has the same subnet; it is in {}",
                                          to.to_string(), hop.out->name, target.name()),
                              {});
    if (gateway)
        finding.repair = {
            ip(*hop.site, to.family,
               fmt::format("route add {} {}", to.to_string(), via_words(way->front(), *gateway)))};
    verdict.route_findings = {std::move(finding)};
    return verdict;
}

/// The destination, were it not for its address.
NextHop end_at(Landing const& landing, Hop const& hop) {
    auto verdict = go_to(landing, {address_missing(*hop.next, landing, length_at_hand(hop, *hop.next))});
    verdict.ends_there = true;
    return verdict;
}

NextHop nobody(RouteContext const& context, Walk const& walk, std::vector<Landing> const& found) {
    auto const& hop = *walk.last();
    if (*hop.next != context.packet->destination) return no_such_gateway(context, walk, found);
    if (auto* const target = owner_of(*context.sites, context.packet->destination)) {
        // It may be on this very segment, on a device that does not count (failed, or another family's).
        auto const here =
            std::ranges::find_if(found, [&](auto const& landing) { return landing.site == target; });
        if (here == found.end()) {
            if (auto const* const proxy = meant_to_answer(context, walk, found))
                return go_to(*proxy, {proxy_off(*proxy, *hop.next)});
            return destination_elsewhere(context, walk, found, *target);
        }
        return end_at(*here, hop);
    }
    auto const* const meant = probably_meant(hop, *hop.next, found);
    return meant ? end_at(*meant, hop) : NextHop{};
}

/// Two have the address: the one that the sender believes in comes first.
Finding duplicate(WalkedPacket const& packet, IpAddress const& address, Landing const& one,
                  Landing const& another) {
    bool const swap = listens(*another.site, packet.protocol, packet.port) &&
                      !listens(*one.site, packet.protocol, packet.port);
    auto const& first = swap ? another : one;
    auto const& other = swap ? one : another;
    auto const* const theirs = other.site->address(address);
    return misleading(
        "duplicate-address", *other.site,
        fmt::format("{} is also on {} in {}", address.to_string(), other.link->name, other.site->name()),
        {ip(*other.site, fmt::format("addr del {}/{} dev {}", address.to_string(), theirs->prefix_length,
                                     other.site->device(theirs->link.index))),
         ip(*first.site, "neigh flush all")});
}

/// Another device of the segment has the owner's hardware address: bridges send frames to whoever spoke last.
Finding duplicate_hardware(Site& site, Link const& link, Site const& other_site, Link const& other) {
    auto fresh = *link.address;
    fresh.octets[5] = static_cast<std::uint8_t>(fresh.octets[5] ^ 0x5a);
    auto finding = misleading(
        "duplicate-mac", site,
        fmt::format("{} has the hardware address of {} in {}", link.name, other.name, other_site.name()),
        {ip(site, fmt::format("link set {} address {}", link.name, fresh.to_string()))});
    finding.certain_loss = false;
    return finding;
}

/// Bridges on the way to the owner take his address to be where they heard it last, until he speaks.
std::vector<Action> forwarding_to(Sites& sites, Landing const& owner) {
    std::vector<Action> actions;
    for (auto const& item : owner.way) {
        auto const* const crossing = std::get_if<Crossing>(&item);
        auto* const site = crossing && crossing->way == Way::out ? sites.find(crossing->netns) : nullptr;
        auto const* const port = site ? site->link(crossing->index) : nullptr;
        if (!port || !port->master) continue;
        auto const& entries = site->forwarding();
        auto const entry = std::ranges::find_if(entries, [&](observe::ForwardingEntry const& one) {
            return one.master == port->master->index && one.address == *owner.link->address;
        });
        auto const vlan =
            entry != entries.end() && entry->vlan ? fmt::format(" vlan {}", *entry->vlan) : std::string();
        actions.push_back(bridge(*site, fmt::format("fdb replace {} dev {} master dynamic{}",
                                                    owner.link->address->to_string(), port->name, vlan)));
    }
    return actions;
}

std::optional<Finding> same_hardware_address(Sites& sites, Hop const& hop, Landing const& owner,
                                             std::vector<Landing> const& found) {
    if (!owner.link->address || owner.link->address->size != 6) return {};
    for (auto const& other : found)
        if (other.site != owner.site && other.site != hop.site &&
            other.link->address == owner.link->address && other.link->kind_name != "ipvlan") {
            auto finding = duplicate_hardware(*other.site, *other.link, *owner.site, *owner.link);
            for (auto& action : forwarding_to(sites, owner)) finding.repair.push_back(std::move(action));
            return finding;
        }
    if (hop.out->address == owner.link->address && hop.out->kind_name != "ipvlan")
        return duplicate_hardware(*owner.site, *owner.link, *hop.site, *hop.out);
    return {};
}

}  // namespace

namespace {

/// A tunnel that no program serves; without the route into it another would be taken.
NextHop dead_tunnel(Hop const& hop, Finding finding) {
    NextHop verdict;
    auto const* const route = hop.route;
    if (route && route->protocol != topology::kernel_protocol)
        finding.repair = {ip(*hop.site, route->family, "route del " + route_words(*hop.site, *route))};
    finding.misleads = true;
    verdict.route_findings = {std::move(finding)};
    return verdict;
}

}  // namespace

NextHop next_hop(RouteContext const& context, Walk const& walk, std::vector<Landing> const& found) {
    auto const& hop = *walk.last();
    for (auto& finding : leaving_obstacles(*hop.site, *hop.out))
        if (finding.cause == "tunnel-down") return dead_tunnel(hop, std::move(finding));
    auto const& next = *hop.next;
    std::vector<Landing const*> owners;
    for (auto const& landing : found)
        if (landing.site != hop.site && owns(landing, next) &&
            std::ranges::none_of(owners, [&](auto const* one) { return one->site == landing.site; }))
            owners.push_back(&landing);
    if (owners.empty()) {
        auto const proxy = std::ranges::find_if(found, [&](auto const& landing) {
            return landing.site != hop.site && answers_for(landing, next);
        });
        if (proxy == found.end()) return nobody(context, walk, found);
        auto verdict = go_to(*proxy);
        verdict.by_proxy = true;
        return verdict;
    }
    auto const& owner = *owners.front();
    NextHop verdict = go_to(owner);
    auto const add = [&verdict](std::optional<Finding> finding) {
        if (finding) verdict.findings.push_back(std::move(*finding));
    };
    add(arp_off(hop, next, owner));
    if (owners.size() == 1) {
        if (auto entry = wrong_entry(hop, next, owner)) verdict.route_findings.push_back(std::move(*entry));
    } else {
        auto finding = duplicate(*context.packet, next, owner, *owners[1]);
        finding.repair.back() = ip(*hop.site, fmt::format("neigh flush dev {}", hop.out->name));
        finding.certain_loss = finding.netns == owner.site->name();
        verdict.findings.push_back(std::move(finding));
    }
    add(same_hardware_address(*context.sites, hop, owner, found));
    add(arp_ignored(walk, next, owner));
    add(arp_filtered(walk, next, owner));
    for (auto& finding :
         discovery_obstacles({hop.site, hop.out->name, asker_of(walk), owner.site, owner.link->name, next}))
        add(std::move(finding));
    if (auto wrong = wrong_forwarding(*context.sites, owner))
        verdict.route_findings.push_back(std::move(*wrong));
    return verdict;
}

}  // namespace vethwork::diagnose
