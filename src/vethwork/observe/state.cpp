#include <vethwork/observe/state.hpp>

#include <linux/fib_rules.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <map>
#include <set>

#include <vethwork/netlink/namespace_id.hpp>
#include <vethwork/netlink/route.hpp>
#include <vethwork/netlink/rule.hpp>
#include <vethwork/observe/addresses.hpp>
#include <vethwork/observe/bridge.hpp>
#include <vethwork/observe/links.hpp>
#include <vethwork/observe/neighbours.hpp>
#include <vethwork/observe/qdiscs.hpp>
#include <vethwork/topology/link_references.hpp>

namespace vethwork::observe {

namespace {

using topology::NamespaceState;

/// Modules of tunnels put a device of their own into every namespace; it cannot be removed.
bool is_made_by_the_kernel(topology::Link const& link) {
    constexpr std::string_view names[] = {"tunl0",   "gre0",    "gretap0", "erspan0", "sit0",
                                          "ip6tnl0", "ip6gre0", "ip_vti0", "ip6_vti0"};
    return !link.kind_name.empty() && std::ranges::find(names, link.name) != std::end(names);
}

/// A namespace that is being read.
struct Reading {
    Member const* member;
    NamespaceState state;
    std::map<std::uint32_t, std::string> names;  ///< of links by number
    std::map<int, std::string> neighbours;       ///< names of other members by their id here
    std::vector<topology::InterfaceAddress> link_local;
    std::set<std::string> on_link;  ///< networks that the kernel has routes to: on_link_key()
    bool asked_all = false;
};

std::string on_link_key(std::string_view link, std::uint32_t table, IpPrefix const& network) {
    return std::string(link) + " " + std::to_string(table) + " " + network.to_string();
}

/// The table that the routes of a link are in: that of its VRF, else the main one.
std::uint32_t table_of(NamespaceState const& netns, topology::Link const& link) {
    if (auto const* const vrf = std::get_if<topology::Vrf>(&link.kind); vrf && vrf->table) return *vrf->table;
    auto const* const master = link.master ? netns.link(link.master->name) : nullptr;
    auto const* const vrf = master ? std::get_if<topology::Vrf>(&master->kind) : nullptr;
    return vrf && vrf->table ? *vrf->table : topology::main_table;
}

/// The route that the kernel makes along with an address; nothing where it makes none. Source: kernel,
/// fib_add_ifaddr() and addrconf_prefix_route().
std::optional<topology::Route> route_along_with(NamespaceState const& netns,
                                                topology::InterfaceAddress const& address) {
    auto const* const link = netns.link(address.link.name);
    if (!link || link->name == "lo" || (link->flags & IFF_UP) == 0 || address.peer) return {};
    if ((address.flags & (IFA_F_NOPREFIXROUTE | IFA_F_SECONDARY)) != 0) return {};
    bool const is_ipv4 = address.local->family == Family::ipv4;
    if (is_ipv4 && address.prefix_length == 32) return {};
    topology::Route route{.family = address.local->family,
                          .destination = IpPrefix{*address.local, address.prefix_length}.network(),
                          .table = table_of(netns, *link),
                          .protocol = topology::kernel_protocol,
                          .link = topology::LinkRef{link->name}};
    constexpr std::uint32_t usual_ipv6_metric = 256;
    if (is_ipv4)
        route.scope = topology::link_scope, route.preferred_source = address.local,
        route.priority = address.metric;
    else
        route.priority = address.metric.value_or(usual_ipv6_metric);
    return route;
}

class Reader {
public:
    Reader(std::span<Member const> members, topology::NetworkState const& expected)
        : members_(members), expected_(expected) {}

    Result<topology::NetworkState> run() {
        for (auto const& member : members_) TRY(read(member));
        topology::NetworkState state;
        for (auto& reading : readings_) {
            TRY(name_peers(reading));
            state.namespaces.push_back(std::move(reading.state));
        }
        return state;
    }

private:
    Result<> read(Member const& member) {
        Reading reading{.member = &member, .state = {.name = member.name, .outside = member.outside}};
        auto set = TRY(links(*member.connection, {.statistics = false}));
        for (auto const& link : set.links) reading.names[link.index] = link.name;
        std::erase_if(set.links, is_made_by_the_kernel);
        for (auto& link : set.links) {
            for (auto const& one : topology::link_references(link))
                if (one.role != topology::LinkRole::lower || !link.lower_nsid)
                    if (one.link->index != 0) name(reading, *one.link);
        }
        reading.state.links = std::move(set.links);
        TRY(read_vlans(reading));
        TRY(read_qdiscs(reading));
        TRY(read_addresses(reading));
        TRY(read_routes(reading));
        find_lost_routes(reading);
        TRY(read_rules(reading));
        TRY(read_neighbours(reading));
        places_[member.name] = readings_.size();
        readings_.push_back(std::move(reading));
        return {};
    }

    static void name(Reading const& reading, topology::LinkRef& link) {
        auto const found = reading.names.find(link.index);
        link.name = found == reading.names.end() ? "if" + std::to_string(link.index) : found->second;
    }

    static Result<> read_vlans(Reading& reading) {
        std::set<std::uint32_t> filtering;
        for (auto const& link : reading.state.links)
            if (auto const* const bridge = std::get_if<topology::Bridge>(&link.kind);
                bridge && bridge->vlan_filtering.value_or(0) != 0)
                filtering.insert(link.index);
        if (filtering.empty()) return {};
        for (auto const& member : TRY(bridge_members(*reading.member->connection))) {
            if (member.is_bridge() || !filtering.contains(member.master)) continue;
            for (auto const& range : member.vlans)
                for (unsigned id = range.first; id <= range.last; ++id) {
                    topology::BridgeVlan vlan{.link = {.name = {}, .index = member.link},
                                              .id = static_cast<std::uint16_t>(id),
                                              .pvid = range.pvid,
                                              .untagged = range.untagged};
                    name(reading, vlan.link);
                    reading.state.vlans.push_back(std::move(vlan));
                }
        }
        return {};
    }

    /// Those that have a handle: others are the kernel's own.
    static Result<> read_qdiscs(Reading& reading) {
        for (auto& qdisc : TRY(qdiscs(*reading.member->connection))) {
            if (qdisc.parent != topology::qdisc_root || qdisc.handle == 0) continue;
            name(reading, qdisc.link);
            topology::Qdisc kept{.link = {qdisc.link.name}, .kind = qdisc.kind, .parent = qdisc.parent};
            if (auto* const netem = std::get_if<topology::Netem>(&qdisc.options)) kept.options = *netem;
            reading.state.qdiscs.push_back(std::move(kept));
        }
        return {};
    }

    static Result<> read_addresses(Reading& reading) {
        for (auto& address : TRY(addresses(*reading.member->connection, {})).addresses) {
            name(reading, address.link);
            if (!address.local) address.local = address.peer;
            bool const is_own = address.link.name == "lo" && address.local->is_loopback();
            bool const is_link_local =
                address.local->family == Family::ipv6 && address.local->is_link_local();
            if (is_own) continue;
            (is_link_local ? reading.link_local : reading.state.addresses).push_back(std::move(address));
        }
        return {};
    }

    static Result<> read_routes(Reading& reading) {
        for (auto const family : {Family::ipv4, Family::ipv6}) {
            netlink::MessageWriter message(RTM_GETROUTE, 0, "list routes");
            message.fixed(rtmsg{.rtm_family = static_cast<unsigned char>(family)});
            (void)TRY(reading.member->connection->dump(
                std::move(message), [&](netlink::Message const& part) -> Result<> {
                    if (part.header.nlmsg_type == RTM_NEWROUTE)
                        keep_route(reading, TRY(netlink::read_route(part)));
                    return {};
                }));
        }
        return {};
    }

    static void find_lost_routes(Reading& reading) {
        for (auto const* const addresses : {&reading.state.addresses, &reading.link_local})
            for (auto const& address : *addresses) {
                auto route = route_along_with(reading.state, address);
                if (!route) continue;
                auto const key = on_link_key(route->link->name, route->table, *route->destination);
                if (!reading.on_link.contains(key)) reading.state.lost_routes.push_back(*std::move(route));
            }
    }

    static void keep_route(Reading& reading, topology::Route route) {
        if (route.type == topology::RouteType::unicast && route.destination && route.link && !route.via) {
            auto const found = reading.names.find(route.link->index);
            if (found != reading.names.end())
                reading.on_link.insert(on_link_key(found->second, route.table, *route.destination));
        }
        if (route.protocol != topology::boot_protocol && route.protocol != topology::static_protocol) return;
        if ((route.flags & topology::route_flag::cloned) != 0) return;
        if (route.link) name(reading, *route.link);
        for (auto& hop : route.hops)
            if (hop.link) name(reading, *hop.link);
        reading.state.routes.push_back(std::move(route));
    }

    static Result<> read_rules(Reading& reading) {
        for (auto const family : {Family::ipv4, Family::ipv6}) {
            netlink::MessageWriter message(RTM_GETRULE, 0, "list rules");
            message.fixed(fib_rule_hdr{.family = static_cast<std::uint8_t>(family)});
            (void)TRY(reading.member->connection->dump(std::move(message),
                                                       [&](netlink::Message const& part) -> Result<> {
                                                           auto rule = TRY(netlink::read_rule(part));
                                                           if (rule.protocol != topology::kernel_protocol)
                                                               reading.state.rules.push_back(std::move(rule));
                                                           return {};
                                                       }));
        }
        return {};
    }

    static Result<> read_neighbours(Reading& reading) {
        for (auto& neighbour : TRY(neighbours(*reading.member->connection, {})).neighbours) {
            if ((neighbour.state & NUD_PERMANENT) == 0) continue;
            name(reading, neighbour.link);
            reading.state.neighbours.push_back(std::move(neighbour));
        }
        return {};
    }

    /// Says of each cable's end where the other one is.
    Result<> name_peers(Reading& reading) {
        for (auto& link : reading.state.links) {
            auto* const veth = std::get_if<topology::Veth>(&link.kind);
            if (!veth || !link.lower) continue;
            auto const* const other = TRY(other_side(reading, link));
            if (!other) continue;
            auto const found = other->names.find(link.lower->index);
            if (found == other->names.end()) continue;
            topology::Link peer;
            peer.name = found->second;
            peer.netns = topology::NamespaceRef{.name = other->member->name};
            veth->peer = {peer};
        }
        return {};
    }

    Result<Reading const*> other_side(Reading& reading, topology::Link const& link) {
        if (!link.lower_nsid) return &reading;
        int const nsid = *link.lower_nsid;
        if (!reading.neighbours.contains(nsid)) TRY(ask_expected(reading, link));
        if (!reading.neighbours.contains(nsid) && !reading.asked_all) {
            reading.asked_all = true;
            for (auto const& member : members_) TRY(ask(reading, member));
        }
        auto const name = reading.neighbours.find(nsid);
        if (name == reading.neighbours.end()) return nullptr;
        auto const found = places_.find(name->second);
        return found == places_.end() ? nullptr : &readings_[found->second];
    }

    /// The member where the cable should lead.
    Result<> ask_expected(Reading& reading, topology::Link const& link) {
        auto const* const netns = expected_.find(reading.member->name);
        if (!netns) return {};
        auto const* const wanted = netns->link(link.name);
        auto const* const veth = wanted ? std::get_if<topology::Veth>(&wanted->kind) : nullptr;
        if (!veth || veth->peer.empty() || !veth->peer.front().netns) return {};
        auto const place = places_.find(veth->peer.front().netns->name);
        if (place == places_.end()) return {};
        return ask(reading, *readings_[place->second].member);
    }

    static Result<> ask(Reading& reading, Member const& member) {
        netlink::MessageWriter message(RTM_GETNSID, 0, "ask for the id of namespace \"" + member.name + "\"");
        netlink::write_namespace_id({.fd = member.netns}, message);
        auto const answer = TRY(reading.member->connection->get(std::move(message)));
        netlink::MessageReader reader(answer);
        auto const part = reader.next();
        if (!part) return malformed_error("read the id of a namespace: the kernel's answer is cut short");
        auto const id = TRY(netlink::read_namespace_id(*part));
        if (id.nsid) reading.neighbours[*id.nsid] = member.name;
        return {};
    }

    std::span<Member const> members_;
    topology::NetworkState const& expected_;
    std::vector<Reading> readings_;
    std::map<std::string, std::size_t> places_;  ///< in readings_, by name
};

}  // namespace

Result<topology::NetworkState> network_state(std::span<Member const> members,
                                             topology::NetworkState const& expected) {
    return Reader(members, expected).run();
}

}  // namespace vethwork::observe
