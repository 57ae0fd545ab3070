#include "plan/kernel_model.hpp"

#include <linux/if.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/difference.hpp>
#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/topology/link_references.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;
using topology::LinkRef;
using topology::Veth;

constexpr std::uint32_t usual_mtu = 1500;

bool is_up(Link const& link) { return (link.flags & IFF_UP) != 0; }

/// What is wanted of a bridge over what it is.
topology::Bridge merged(topology::Bridge there, topology::Bridge const& wanted) {
    auto const take = [](auto& old, auto const& fresh) {
        if (fresh) old = fresh;
    };
    take(there.stp_state, wanted.stp_state);
    take(there.vlan_filtering, wanted.vlan_filtering);
    take(there.vlan_default_pvid, wanted.vlan_default_pvid);
    take(there.ageing_time, wanted.ageing_time);
    take(there.forward_delay, wanted.forward_delay);
    take(there.priority, wanted.priority);
    take(there.multicast_snooping, wanted.multicast_snooping);
    return there;
}

topology::Bridge fresh_bridge() {
    topology::Bridge bridge;
    bridge.stp_state = 0;
    bridge.vlan_filtering = std::uint8_t{0};
    bridge.multicast_snooping = std::uint8_t{1};
    return bridge;
}

/// `nothing` where the namespace or link is missing is found by these.
constexpr auto no_namespace = "there is no such namespace";
constexpr auto no_link = "there is no such link";

bool is_within(IpPrefix const& subnet, IpAddress const& address) {
    return subnet.family() == address.family &&
           IpPrefix{address, subnet.length}.network() == subnet.network();
}

/// The kind's name, its settings and whom it stands on.
std::string kind_text(Link const& link) {
    if (auto const* const veth = std::get_if<Veth>(&link.kind))
        return fmt::format("veth to {}:{}", veth->peer[0].netns->name, veth->peer[0].name);
    std::vector<std::string> words;
    for (auto const* const row : link_kind_words())
        if (row->place == link.kind.index()) row->print(link.kind, words);
    auto const* const plain = std::get_if<topology::PlainKind>(&link.kind);
    return fmt::format("{} {} {}", link.kind.index(), plain ? plain->name : "", join(words, " "));
}

}  // namespace

KernelModel::Netns* KernelModel::find(std::string const& netns) {
    auto const found = std::ranges::find(state_.namespaces, netns, &Netns::name);
    return found == state_.namespaces.end() ? nullptr : &*found;
}

Link* KernelModel::find(std::string const& netns, std::string const& link) {
    auto* const where = find(netns);
    if (!where) return nullptr;
    auto const found = std::ranges::find(where->links, link, &Link::name);
    return found == where->links.end() ? nullptr : &*found;
}

std::string KernelModel::perform(Step const& step) {
    return std::visit([&](auto const& op) { return apply(step.netns, op); }, step.operation);
}

std::string KernelModel::perform(Plan const& plan, std::size_t count) {
    for (std::size_t i = 0; i < std::min(count, plan.steps.size()); ++i)
        if (auto const why = perform(plan.steps[i]); !why.empty())
            return fmt::format("{}: {}: {}", plan.steps[i].netns,
                               join(words_of(plan.steps[i].operation), " "), why);
    return {};
}

std::string KernelModel::apply(std::string const&, AddNamespace const& op) {
    if (find(op.name)) return "the namespace exists";
    Link lo{.name = "lo"};
    lo.mtu = 65536;
    state_.namespaces.push_back({.name = op.name, .links = {lo}});
    return {};
}

/// All its links end, and so do the other ends of its cables.
std::string KernelModel::apply(std::string const&, DeleteNamespace const& op) {
    if (!find(op.name)) return no_namespace;
    while (find(op.name)->links.size() > 1) remove(op.name, find(op.name)->links.back().name);
    std::erase_if(state_.namespaces, [&](Netns const& netns) { return netns.name == op.name; });
    return {};
}

std::string KernelModel::add(std::string const& netns, Link link) {
    auto* const where = find(netns);
    if (!where) return no_namespace;
    if (find(netns, link.name)) return "the link exists";
    for (auto const& below : topology::links_below(link))
        if (!find(netns, below)) return "it would stand on no link " + below;
    bool const up = (link.flags & link.flags_mask & IFF_UP) != 0;
    auto const master = std::exchange(link.master, {});
    link.flags = link.flags_mask = 0;
    if (!link.mtu) link.mtu = usual_mtu;
    if (link.address_generation_mode) return "it is told how to come by its address before it is there";
    link.address_generation_mode = std::uint8_t{0};
    if (auto* const bridge = std::get_if<topology::Bridge>(&link.kind))
        *bridge = merged(fresh_bridge(), *bridge);
    where->links.push_back(std::move(link));
    auto& made = where->links.back();
    if (master)
        if (auto why = put_under(*where, made, *master); !why.empty()) return why;
    return up ? put_up(*where, made) : std::string();
}

std::string KernelModel::apply(std::string const& netns, AddLink const& op) {
    auto const* const veth = std::get_if<Veth>(&op.link.kind);
    if (!veth) return add(netns, op.link);
    if (veth->peer.empty()) return "a cable with one end";
    auto other = veth->peer[0];
    std::string const other_netns = other.netns ? other.netns->name : netns;
    if (other.master) return "the other end of a cable cannot be told a master";
    auto link = op.link;
    auto const end = [](std::string const& name, std::string const& where) {
        Link peer{.name = name};
        peer.netns = topology::NamespaceRef{.name = where};
        return Veth{{std::move(peer)}};
    };
    link.kind = end(other.name, other_netns);
    other.kind = end(op.link.name, netns);
    other.netns.reset();
    bool const rises = (link.flags & link.flags_mask & IFF_UP) != 0;
    if (!rises && (other.flags & other.flags_mask & IFF_UP) != 0) return "only the other end would be up";
    auto why = add(other_netns, std::move(other));
    return why.empty() ? add(netns, std::move(link)) : why;
}

std::string KernelModel::put_under(Netns& netns, Link& port, LinkRef const& master) {
    if (master.name.empty()) {
        port.master.reset();
    } else {
        auto const* const over = find(netns.name, master.name);
        if (!over) return "there is no master " + master.name;
        if (!is_master(*over)) return master.name + " takes no ports";
        if (std::holds_alternative<topology::Bond>(over->kind) && is_up(port))
            return "a bond takes no port that is up";
        port.master = LinkRef{master.name};
        if (std::holds_alternative<topology::Vrf>(over->kind) && is_up(port)) {  // cycle_netdev()
            put_down(netns, port);
            return put_up(netns, port);
        }
    }
    std::erase_if(netns.vlans, [&](auto const& vlan) { return vlan.link.name == port.name; });
    return {};
}

/// Links upon another cannot be up before it (vlan_dev_open(), macvlan_open()).
std::string KernelModel::put_up(Netns& netns, Link& link) {
    bool const leans = std::holds_alternative<topology::Vlan>(link.kind) ||
                       std::holds_alternative<topology::Macvlan>(link.kind);
    auto const* const below = link.lower ? find(netns.name, link.lower->name) : nullptr;
    if (leans && below && !is_up(*below)) return "what it stands on is down";
    link.flags |= IFF_UP;
    return {};
}

/// Routes over it go, and its IPv6 addresses (addrconf_ifdown(), keep_addr_on_down is 0).
void KernelModel::put_down(Netns& netns, Link& link) {
    if (!is_up(link)) return;
    link.flags &= ~static_cast<std::uint32_t>(IFF_UP);
    auto const on_it = [&](auto const& thing) { return thing.link && thing.link->name == link.name; };
    for (auto& route : netns.routes) std::erase_if(route.hops, on_it);
    std::erase_if(netns.routes, [&](topology::Route const& route) {
        return on_it(route) ||
               (!route.link && route.hops.empty() && route.type == topology::RouteType::unicast);
    });
    std::erase_if(netns.addresses, [&](auto const& address) {
        return address.link.name == link.name && address.family == Family::ipv6;
    });
}

/// Whether a link is up, and so is the other end of its cable.
bool KernelModel::has_carrier(Link const& link) {
    auto const* const veth = std::get_if<Veth>(&link.kind);
    if (!veth) return is_up(link);
    auto const& peer = veth->peer[0];
    auto const* const other = find(peer.netns->name, peer.name);
    return is_up(link) && other && is_up(*other);
}

std::string KernelModel::apply(std::string const& netns, ChangeLink const& op) {
    auto* const link = find(netns, op.changes.name);
    if (!link) return no_link;
    auto& where = *find(netns);
    if (op.changes.mtu) link->mtu = op.changes.mtu;
    if (op.changes.address) link->address = op.changes.address;
    if (auto const mode = op.changes.address_generation_mode) {
        if (has_carrier(*link)) return "it has its link-local address already";
        link->address_generation_mode = mode;
    }
    if (auto const* const bridge = std::get_if<topology::Bridge>(&op.changes.kind))
        link->kind = merged(std::get<topology::Bridge>(link->kind), *bridge);
    if (op.changes.master)
        if (auto why = put_under(where, *link, *op.changes.master); !why.empty()) return why;
    if ((op.changes.flags_mask & IFF_UP) == 0) return {};
    if ((op.changes.flags & IFF_UP) != 0) return put_up(where, *link);
    put_down(where, *link);
    return {};
}

/// With all that is on it, the links upon it, and the other end of a cable.
void KernelModel::remove(std::string const& netns, std::string const& name) {
    auto* const link = find(netns, name);
    if (!link) return;
    auto& where = *find(netns);
    put_down(where, *link);
    auto const kind = link->kind;
    std::erase_if(where.links, [&](Link const& one) { return one.name == name; });
    auto const on_it = [&](auto const& thing) { return thing.link.name == name; };
    std::erase_if(where.addresses, on_it);
    std::erase_if(where.vlans, on_it);
    std::erase_if(where.qdiscs, on_it);
    std::erase_if(where.routes, [&](auto const& route) { return route.link && route.link->name == name; });
    where.offloads.erase(name);
    for (auto& port : where.links)
        if (port.master && port.master->name == name) {
            port.master.reset();
            bool const cycles = std::holds_alternative<topology::Vrf>(kind) && is_up(port);
            if (cycles || std::holds_alternative<topology::Bond>(kind)) put_down(where, port);
            if (cycles) (void)put_up(where, port);
        }
    std::vector<std::string> above;
    for (auto const& one : where.links)
        if (std::ranges::count(topology::links_below(one), name) > 0) above.push_back(one.name);
    for (auto const& one : above) remove(netns, one);
    if (auto const* const veth = std::get_if<Veth>(&kind))
        remove(veth->peer[0].netns->name, veth->peer[0].name);
}

std::string KernelModel::apply(std::string const& netns, DeleteLink const& op) {
    if (!find(netns, op.link.name)) return no_link;
    remove(netns, op.link.name);
    return {};
}

std::string KernelModel::apply(std::string const& netns, AddTunTap const& op) {
    Link link{.name = op.device.name};
    link.kind = topology::Tun{.type = std::uint8_t{2}};
    return add(netns, std::move(link));
}

std::string KernelModel::apply(std::string const& netns, PutAddress const& op) {
    if (!find(netns, op.address.link.name)) return no_link;
    auto& where = *find(netns);
    auto const key = topology::key_of(netns, op.address);
    auto const same = [&](auto const& other) { return topology::key_of(netns, other) == key; };
    bool const there = std::ranges::any_of(where.addresses, same);
    if (there && op.mode == PutMode::add) return "the address exists";
    std::erase_if(where.addresses, same);
    where.addresses.push_back(op.address);
    return {};
}

/// The first of a subnet takes the others of it along, unless promote_secondaries is set (__inet_del_ifa()).
std::string KernelModel::apply(std::string const& netns, DeleteAddress const& op) {
    if (!find(netns, op.address.link.name)) return no_link;
    auto& addresses = find(netns)->addresses;
    auto const key = topology::key_of(netns, op.address);
    auto const found = std::ranges::find_if(
        addresses, [&](auto const& other) { return topology::key_of(netns, other) == key; });
    if (found == addresses.end()) return "there is no such address";
    auto const gone = *found;
    auto const in_its_subnet = [&](auto const& other) {
        return other.link == gone.link && other.prefix_length == gone.prefix_length &&
               is_within({*gone.local, gone.prefix_length}, *other.local);
    };
    bool const first = std::ranges::find_if(addresses, in_its_subnet) == found;
    addresses.erase(found);
    if (first && gone.family == Family::ipv4) std::erase_if(addresses, in_its_subnet);
    if (gone.family == Family::ipv4) take_routes_along(*find(netns), gone.link.name);
    return {};
}

/// IPv4 routes over a link without an IPv4 address go (fib_inetaddr_event(), fib_disable_ip()).
void KernelModel::take_routes_along(Netns& netns, std::string const& link) {
    if (std::ranges::any_of(netns.addresses, [&](auto const& address) {
            return address.link.name == link && address.family == Family::ipv4;
        }))
        return;
    auto const on_it = [&](auto const& thing) { return thing.link && thing.link->name == link; };
    std::erase_if(netns.routes, [&](topology::Route& route) {
        if (route.family != Family::ipv4) return false;
        auto const hops = std::erase_if(route.hops, on_it);
        return on_it(route) || (hops > 0 && route.hops.empty());
    });
}

std::string KernelModel::refusal_of_hop(Netns& netns, std::string const& name,
                                        std::optional<IpAddress> const& via) {
    auto const* const link = find(netns.name, name);
    if (!link) return "there is no link " + name;
    if (!is_up(*link)) return name + " is down";
    if (!via) return {};
    bool const near = std::ranges::any_of(netns.addresses, [&](auto const& address) {
        return address.link.name == name && is_within({*address.local, address.prefix_length}, *via);
    });
    bool const routed = std::ranges::any_of(netns.routes, [&](auto const& route) {
        return route.link && route.link->name == name && !route.via && route.destination &&
               is_within(*route.destination, *via);
    });
    return near || routed ? "" : "the gateway is not at hand";
}

std::string KernelModel::apply(std::string const& netns, PutRoute const& op) {
    auto* const where = find(netns);
    if (!where) return no_namespace;
    bool const onlink = (op.route.flags & topology::route_flag::onlink) != 0;
    if (op.route.link && !onlink)
        if (auto why = refusal_of_hop(*where, op.route.link->name, op.route.via); !why.empty()) return why;
    for (auto const& hop : op.route.hops)
        if (auto why = refusal_of_hop(*where, hop.link ? hop.link->name : "", hop.via); !why.empty())
            return why;
    auto const key = topology::key_of(netns, op.route);
    auto const same = [&](auto const& other) { return topology::key_of(netns, other) == key; };
    bool const there = std::ranges::any_of(where->routes, same);
    if (there && op.mode == RoutePutMode::add) return "the route exists";
    std::erase_if(where->routes, same);
    where->routes.push_back(op.route);
    return {};
}

namespace {

template <class Things, class Thing>
std::string erase_one(Things& things, std::string const& netns, Thing const& thing) {
    auto const key = topology::key_of(netns, thing);
    return std::erase_if(things, [&](auto const& other) { return topology::key_of(netns, other) == key; }) ==
                   1
               ? ""
               : "there is no such thing";
}

}  // namespace

std::string KernelModel::apply(std::string const& netns, DeleteRoute const& op) {
    return find(netns) ? erase_one(find(netns)->routes, netns, op.route) : no_namespace;
}

std::string KernelModel::apply(std::string const& netns, PutRule const& op) {
    auto* const where = find(netns);
    if (!where) return no_namespace;
    auto const key = topology::key_of(netns, op.rule);
    if (std::ranges::any_of(where->rules,
                            [&](auto const& one) { return topology::key_of(netns, one) == key; }))
        return "the rule exists";
    where->rules.push_back(op.rule);
    return {};
}

std::string KernelModel::apply(std::string const& netns, DeleteRule const& op) {
    return find(netns) ? erase_one(find(netns)->rules, netns, op.rule) : no_namespace;
}

/// A port has one VLAN for what comes untagged.
std::string KernelModel::apply(std::string const& netns, PutBridgeVlan const& op) {
    auto const* const port = find(netns, op.vlan.link.name);
    if (!port) return no_link;
    if (!port->master) return "it is no port";
    auto& vlans = find(netns)->vlans;
    if (op.vlan.pvid)
        for (auto& other : vlans)
            if (other.link == op.vlan.link) other.pvid = false;
    (void)erase_one(vlans, netns, op.vlan);
    vlans.push_back(op.vlan);
    return {};
}

std::string KernelModel::apply(std::string const& netns, DeleteBridgeVlan const& op) {
    return find(netns) ? erase_one(find(netns)->vlans, netns, op.vlan) : no_namespace;
}

std::string KernelModel::apply(std::string const& netns, SetOffload const& op) {
    if (!find(netns, op.link)) return no_link;
    find(netns)->offloads[op.link] = op.on;
    return {};
}

std::string KernelModel::apply(std::string const& netns, AddQdisc const& op) {
    if (!find(netns, op.qdisc.link.name)) return no_link;
    auto& qdiscs = find(netns)->qdiscs;
    for (auto const& other : qdiscs)
        if (other.link == op.qdisc.link) return "the discipline exists";
    qdiscs.push_back(op.qdisc);
    return {};
}

std::string KernelModel::apply(std::string const& netns, ChangeQdisc const& op) {
    if (!find(netns)) return no_namespace;
    for (auto& other : find(netns)->qdiscs)
        if (other.link == op.qdisc.link) return other = op.qdisc, std::string();
    return "there is no such discipline";
}

std::string KernelModel::apply(std::string const& netns, DeleteQdisc const& op) {
    return find(netns) ? erase_one(find(netns)->qdiscs, netns, op.qdisc) : no_namespace;
}

std::string KernelModel::apply(std::string const& netns, SetSysctl const& op) {
    if (!find(netns)) return no_namespace;
    constexpr std::string_view conf = "net.ipv6.conf.", mode = ".addr_gen_mode";
    if (op.name.starts_with(conf) && op.name.ends_with(mode)) {
        auto* const link =
            find(netns, op.name.substr(conf.size(), op.name.size() - conf.size() - mode.size()));
        if (!link) return no_link;
        link->address_generation_mode = static_cast<std::uint8_t>(op.value == "0" ? 0 : 1);
        return {};
    }
    find(netns)->sysctls[op.name] = op.value;
    return {};
}

std::string KernelModel::apply(std::string const& netns, LoadRuleset const& op) {
    if (!find(netns)) return no_namespace;
    constexpr std::string_view flush = "flush ruleset\n";
    auto& ruleset = find(netns)->ruleset;
    if (op.text.starts_with(flush))
        ruleset = op.text.substr(flush.size());
    else
        ruleset += op.text;
    return {};
}

std::vector<std::string> KernelModel::lines() const {
    std::vector<std::string> lines;
    for (auto const& netns : state_.namespaces) {
        lines.push_back(netns.name);
        for (auto const& link : netns.links)
            lines.push_back(fmt::format("{} {} mtu {} master {} {} {}", topology::key_of(netns.name, link),
                                        kind_text(link), link.mtu.value_or(0),
                                        link.master ? link.master->name : "-", is_up(link) ? "up" : "down",
                                        link.lower ? "on " + link.lower->name : ""));
        for (auto const& address : netns.addresses) lines.push_back(topology::key_of(netns.name, address));
        for (auto const& route : netns.routes) {
            auto line = topology::key_of(netns.name, route);
            if (route.link)
                line +=
                    fmt::format(" via {} dev {}", route.via ? route.via->to_string() : "-", route.link->name);
            for (auto const& hop : route.hops)
                line += fmt::format(" via {} dev {}", hop.via ? hop.via->to_string() : "-",
                                    hop.link ? hop.link->name : "-");
            lines.push_back(line);
        }
        for (auto const& rule : netns.rules)
            lines.push_back(fmt::format("{} table {}", topology::key_of(netns.name, rule), rule.table));
        for (auto const& vlan : netns.vlans)
            lines.push_back(
                fmt::format("{} {} {}", topology::key_of(netns.name, vlan), vlan.pvid, vlan.untagged));
        for (auto const& qdisc : netns.qdiscs)
            lines.push_back(topology::key_of(netns.name, qdisc) + " " + join(words_of(AddQdisc{qdisc}), " "));
        for (auto const& [link, on] : netns.offloads)
            lines.push_back(fmt::format("{} offload {} {}", netns.name, link, on));
        lines.push_back(netns.name + "/ruleset " + netns.ruleset);
    }
    std::ranges::sort(lines);
    return lines;
}

}  // namespace vethwork::plan
