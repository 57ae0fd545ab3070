#include <vethwork/topology/build.hpp>

#include <linux/if.h>
#include <linux/if_addr.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/topology/interface_kind.hpp>
#include <vethwork/topology/nat_way_out.hpp>
#include <vethwork/topology/netem.hpp>
#include <vethwork/topology/way_out.hpp>

namespace vethwork::topology {

namespace {

constexpr Family both_families[] = {Family::ipv4, Family::ipv6};

/// How a link comes by its link-local IPv6 address (IN6_ADDR_GEN_MODE_… of linux/if_link.h).
enum class AddressMode : std::uint8_t { of_mac = 0, none = 1 };

class StateBuilder {
public:
    explicit StateBuilder(Lab const& lab) : lab_(lab) {}

    NetworkState run();

private:
    void add_node(LabNode const& node);
    void add_loopback(NamespaceState& netns, LabNode const& node);
    void add_interfaces(NamespaceState& netns, LabNode const& node);
    void add_routes(NamespaceState& netns, LabNode const& node);
    void note_gateways(NamespaceState const& netns, LabNode const& node);
    void add_sysctls(NamespaceState& netns, LabNode const& node);
    void switch_detection_off(NamespaceState& netns, Place const& place);
    /// Whether IPv6 is off in the lab, and IPv4 is not.
    [[nodiscard]] bool has_ipv4_only() const { return lab_.pool_v4 && !lab_.pool_v6; }
    [[nodiscard]] bool does_without_ipv6(LabNode const& node) const;
    /// The same, found out once for each node.
    [[nodiscard]] bool is_without_ipv6(LabNode const& node) const {
        return without_ipv6_[static_cast<std::size_t>(&node - lab_.nodes.data())];
    }
    [[nodiscard]] AddressMode address_mode(LabNode const& node) const;
    void add_ruleset(NamespaceState& netns, LabNode const& node);
    void add_default_out(NamespaceState& netns, IpPrefix const& own, IpAddress const& gateway,
                         std::string_view chains);
    void add_way_out();
    void add_program_out(NamespaceState& netns);
    void add_machine_out(NamespaceState& netns);
    void add_bridge(NamespaceState& netns, SwitchOptions const& options, Place const& place);
    void add_cables();
    void add_cable(LabLink const& link);
    void add_lan(LabLink const& link);
    void add_end(LabLink const& link, LabEnd const& end, std::string_view peer, std::string_view peer_netns);
    void add_vlans(NamespaceState& netns, LabEnd const& end);
    void add_impairment(NamespaceState& netns, LabLink const& link, LabEnd const& end);
    void add_address(NamespaceState& netns, std::string_view link, IpPrefix const& prefix, Place const& place,
                     std::string_view reason);
    Origin origin(Place const& place, std::string reason) const;
    void note(std::string key, Place const& place, std::string reason) {
        state_.origins.insert_or_assign(std::move(key), origin(place, std::move(reason)));
    }
    void note_settings(std::string_view netns, std::string_view link, Place const& mtu, Place const& up) {
        if (mtu.line != 0) note(key_of_link_setting(netns, link, "mtu"), mtu, {});
        if (up.line != 0) note(key_of_link_setting(netns, link, "up"), up, {});
    }
    NamespaceState& of(LabEnd const& end) { return state_.namespaces[end.node]; }

    Lab const& lab_;
    NetworkState state_;
    std::vector<bool> without_ipv6_;  ///< by node
};

Link up_link(std::string name, bool up = true) {
    Link link{.name = std::move(name)};
    link.flags_mask = IFF_UP;
    link.flags = up ? IFF_UP : 0;
    return link;
}

Origin StateBuilder::origin(Place const& place, std::string reason) const {
    if (place.line == 0) return {.reason = std::move(reason)};
    return {lab_.sources.name(place.file), place.line, place.column, std::move(reason)};
}

void StateBuilder::add_address(NamespaceState& netns, std::string_view link, IpPrefix const& prefix,
                               Place const& place, std::string_view reason) {
    InterfaceAddress address{.link = {std::string(link)}};
    address.family = prefix.family();
    address.local = prefix.address;
    address.prefix_length = prefix.length;
    // No address of a lab is there twice: nothing is to be detected.
    if (prefix.family() == Family::ipv6) address.flags = IFA_F_NODAD;
    note(key_of(netns.name, address), place, std::string(reason));
    netns.addresses.push_back(std::move(address));
}

void StateBuilder::add_loopback(NamespaceState& netns, LabNode const& node) {
    if (!netns.outside) {
        netns.links.push_back(up_link("lo"));
        note(key_of(netns.name, netns.links.back()), node.place, "a node's own addresses need lo");
    }
    for (auto const& prefix : node.loopback) add_address(netns, "lo", prefix, node.place, "lo");
}

void StateBuilder::add_interfaces(NamespaceState& netns, LabNode const& node) {
    for (auto const& interface : node.interfaces) {
        Link link = up_link(interface.name, interface.up);
        link.kind = kind_of(interface);
        link.mtu = interface.mtu;
        link.address = interface.mac;
        if (stands_on_link(interface)) link.lower = LinkRef{interface.link};
        if (!interface.master.empty()) link.master = LinkRef{interface.master};
        note(key_of(netns.name, link), interface.place, {});
        netns.links.push_back(std::move(link));
        for (auto const& prefix : interface.addresses)
            add_address(netns, interface.name, prefix, interface.address_place, {});
        note_settings(netns.name, interface.name, interface.mtu_place, interface.up_place);
    }
    for (auto const& interface : node.interfaces)
        for (auto const& port : interface.ports)
            for (auto& link : netns.links)
                if (link.name == port) link.master = LinkRef{interface.name};
}

void StateBuilder::add_routes(NamespaceState& netns, LabNode const& node) {
    for (auto const& automatic : node.automatic_routes) {
        Route route{.family = automatic.destination.family()};
        if (automatic.destination.length > 0) route.destination = automatic.destination;
        auto const& hops = automatic.next_hops;
        bool const on_link = hops.size() == 1 && hops[0].via.is_any();
        if (hops.size() == 1) {
            route.link = LinkRef{hops[0].device};
            if (!on_link) route.via = hops[0].via;
            if (on_link && route.family == Family::ipv4) route.scope = link_scope;
        } else {
            for (auto const& hop : hops) route.hops.push_back({.via = hop.via, .link = LinkRef{hop.device}});
        }
        note(key_of(netns.name, route), node.place,
             automatic.destination.length == 0 ? "gateway" : "automatic route");
        netns.routes.push_back(std::move(route));
    }
    note_gateways(netns, node);
}

/// A line that names a gateway, or says that there is none, decides about the default route.
void StateBuilder::note_gateways(NamespaceState const& netns, LabNode const& node) {
    for (auto const family : both_families)
        for (auto const& gateway : node.gateways) {
            bool const other = gateway.kind == GatewayKind::address && gateway.address.family != family;
            if (other || gateway.kind == GatewayKind::automatic) continue;
            note(key_of(netns.name, Route{.family = family}), gateway.place, {});
            break;
        }
}

/// A default route that leads elsewhere gives way.
void StateBuilder::add_default_out(NamespaceState& netns, IpPrefix const& own, IpAddress const& gateway,
                                   std::string_view chains) {
    auto const& place = lab_.internet->place;
    auto const family = own.family();
    add_address(netns, way_out_device, own, place, "the way out");
    Route route{.family = family};
    route.via = gateway;
    route.link = LinkRef{std::string(way_out_device)};
    std::string const key = key_of(netns.name, route);
    std::erase_if(netns.routes, [&](Route const& other) { return key_of(netns.name, other) == key; });
    note(key, place, "the way out");
    netns.routes.push_back(std::move(route));
    netns.ruleset += fmt::format(
        "table {} vethwork_internet {{\n  chain postrouting {{\n    type nat hook postrouting priority "
        "srcnat; "
        "policy accept;\n    oifname \"{}\" masquerade\n  }}\n{}}}\n",
        family == Family::ipv4 ? "ip" : "ip6", way_out_device, chains);
}

void StateBuilder::add_way_out() {
    if (!has_way_out(lab_)) return;
    auto const& internet = *lab_.internet;
    if (leads_through_machine(lab_))
        add_machine_out(state_.namespaces[internet.via]);
    else
        add_program_out(state_.namespaces[internet.via]);
    auto const key = key_of_ruleset(state_.namespaces[internet.via].name);
    state_.origins.try_emplace(key, origin(internet.place, "the way out"));
}

/// The cable to this machine, and what is set there; which other links of it must forward is not known here.
void StateBuilder::add_machine_out(NamespaceState& netns) {
    auto const& place = lab_.internet->place;
    auto const way = nat_way_out(lab_.name);
    NamespaceState machine{.name = std::string(machine_namespace), .outside = true};
    auto const end = [&](NamespaceState& here, std::string const& name, NamespaceState const& there,
                         std::string const& peer) {
        Link other{.name = peer};
        other.netns = NamespaceRef{there.name, {}, {}, {}};
        Link link = up_link(name);
        link.kind = Veth{{std::move(other)}};
        note(key_of(here.name, link), place, "the way out");
        here.links.push_back(std::move(link));
    };
    end(netns, std::string(way_out_device), machine, way.link);
    end(machine, way.link, netns, std::string(way_out_device));
    add_default_out(netns, way.node, way.machine.address, {});
    add_address(machine, way.link, way.machine, place, "the way out");
    machine.sysctls[forwarding_setting(way.link)] = "1";
    note(key_of_sysctl(machine.name, forwarding_setting(way.link)), place, "the way out");
    machine.ruleset = nat_way_out_ruleset(way, {});
    note(key_of_ruleset(machine.name), place, "the way out");
    state_.namespaces.push_back(std::move(machine));
}

void StateBuilder::add_program_out(NamespaceState& netns) {
    auto const& internet = *lab_.internet;
    Link link = up_link(std::string(way_out_device));
    constexpr std::uint8_t tap = 2;
    Tun kind;
    kind.type = tap;
    link.kind = kind;
    note(key_of(netns.name, link), internet.place, "the way out");
    netns.links.push_back(std::move(link));
    auto const chains = publishing_chains(lab_);
    for (auto const family : both_families)
        if (leads_out(lab_, family))
            add_default_out(netns, way_out_address(family), way_out_gateway(family),
                            family == Family::ipv4 ? chains : "");
    if (!chains.empty()) {
        std::string const name = "net.ipv4.conf.all.route_localnet";
        netns.sysctls[name] = "1";
        note(key_of_sysctl(netns.name, name), internet.place, "what this machine sends to published ports");
    }
}

bool has_ipv6(std::vector<IpPrefix> const& prefixes) {
    return std::ranges::any_of(prefixes,
                               [](IpPrefix const& prefix) { return prefix.family() == Family::ipv6; });
}

/// Whether the lab has IPv4 only, and nothing that is written of a host speaks of IPv6 all the same. Routers
/// keep their link-local addresses: routing protocols use them, whatever they carry.
bool StateBuilder::does_without_ipv6(LabNode const& node) const {
    if (!has_ipv4_only() || node.role == NodeRole::router || node.netns != NetnsKind::own) return false;
    auto const names_ipv6 = [](PlacedText const& text) { return text.text.find(':') != std::string::npos; };
    return !has_ipv6(node.loopback) && std::ranges::none_of(node.routes, names_ipv6) &&
           std::ranges::none_of(node.rules, names_ipv6) &&
           std::ranges::none_of(node.sysctls,
                                [](auto const& one) { return one.first.starts_with("net.ipv6."); }) &&
           std::ranges::none_of(node.interfaces,
                                [](LabInterface const& one) { return has_ipv6(one.addresses); }) &&
           std::ranges::none_of(node.ends,
                                [this](auto const& which) { return has_ipv6(lab_.end(which).addresses); });
}

/// A link-local address makes a link announce itself to the whole segment, several times: hosts that have no
/// IPv6 are spared that, and so are ports of switches, which receive nothing themselves.
AddressMode StateBuilder::address_mode(LabNode const& node) const {
    bool const port = node.role == NodeRole::switch_ && node.netns == NetnsKind::own;
    return port || is_without_ipv6(node) ? AddressMode::none : AddressMode::of_mac;
}

/// What links take over when they are made; that of "all" is off in a new namespace.
void StateBuilder::switch_detection_off(NamespaceState& netns, Place const& place) {
    std::string const name = "net.ipv6.conf.default.accept_dad";
    netns.sysctls[name] = "0";
    note(key_of_sysctl(netns.name, name), place, "IPv6 at once: no address of a lab is there twice");
}

void StateBuilder::add_sysctls(NamespaceState& netns, LabNode const& node) {
    auto const set = [&](std::string const& name, std::string_view value, std::string_view reason) {
        netns.sysctls[name] = value;
        note(key_of_sysctl(netns.name, name), node.place, std::string(reason));
    };
    bool const own = node.netns == NetnsKind::own;
    if (own && !is_without_ipv6(node)) switch_detection_off(netns, node.place);
    if (node.role == NodeRole::router) {
        set("net.ipv4.ip_forward", "1", "a router forwards");
        set("net.ipv6.conf.all.forwarding", "1", "a router forwards");
    }
    if (node.role == NodeRole::router && own) {
        // A new namespace has the machine's own values: packets of equally short ways would be refused.
        set("net.ipv4.conf.all.rp_filter", "0", "answers may come another way");
        set("net.ipv4.conf.default.rp_filter", "0", "answers may come another way");
    }
    if (node.role == NodeRole::host && own && node.ends.size() > 1)
        set("net.ipv4.ip_forward", "0", "a host does not forward");
    for (auto const& [name, value] : node.sysctls) {
        std::string dotted = name;
        if (name.find('/') != std::string::npos && name.find('.') > name.find('/'))
            std::replace(dotted.begin(), dotted.end(), '/', '.');
        netns.sysctls[dotted] = value.text;
        note(key_of_sysctl(netns.name, dotted), value.place, {});
    }
}

void StateBuilder::add_bridge(NamespaceState& netns, SwitchOptions const& options, Place const& place) {
    constexpr std::int64_t tick = 10'000'000;  // USER_HZ is 1/100 s
    Bridge bridge;
    bridge.stp_state = options.stp ? 1 : 0;
    if (options.vlan_aware) {
        bridge.vlan_filtering = std::uint8_t{1};
        bridge.vlan_default_pvid = std::uint16_t{0};  // each port is told what it carries
    }
    if (options.ageing) bridge.ageing_time = static_cast<std::uint32_t>(options.ageing->nanoseconds / tick);
    if (options.forward_delay)
        bridge.forward_delay = static_cast<std::uint32_t>(options.forward_delay->nanoseconds / tick);
    bridge.priority = options.priority;
    Link link = up_link("br0");
    link.kind = bridge;
    if (has_ipv4_only()) link.address_generation_mode = static_cast<std::uint8_t>(AddressMode::none);
    note(key_of(netns.name, link), place, "the bridge of a switch");
    netns.links.push_back(std::move(link));
}

void StateBuilder::add_node(LabNode const& node) {
    state_.namespaces.push_back(
        {.name = node.name, .outside = node.netns != NetnsKind::own, .path = node.netns_path});
    note(key_of(node.name), node.place, {});
    add_loopback(state_.namespaces.back(), node);
    if (node.role == NodeRole::switch_) add_bridge(state_.namespaces.back(), node.switch_options, node.place);
}

void StateBuilder::add_end(LabLink const& link, LabEnd const& end, std::string_view peer,
                           std::string_view peer_netns) {
    auto& netns = of(end);
    auto const& node = lab_.nodes[end.node];
    Link wanted = up_link(end.interface, end.up.value_or(link.up));
    Link other{.name = std::string(peer)};
    other.netns = NamespaceRef{std::string(peer_netns), {}, {}, {}};
    wanted.kind = Veth{{std::move(other)}};
    wanted.mtu = end.mtu ? end.mtu : link.mtu;
    wanted.address = end.mac;
    wanted.address_generation_mode = static_cast<std::uint8_t>(address_mode(node));
    if (node.role == NodeRole::switch_) wanted.master = LinkRef{"br0"};
    if (node.role == NodeRole::switch_ && node.switch_options.vlan_aware) add_vlans(netns, end);
    if (end.offload) {
        netns.offloads[end.interface] = *end.offload;
        note(key_of_offload(netns.name, end.interface), end.place, {});
    }
    add_impairment(netns, link, end);
    note(key_of(netns.name, wanted), end.place, fmt::format("link {}", link.name));
    note_settings(netns.name, end.interface, end.mtu ? end.mtu_place : link.mtu_place,
                  end.up ? end.up_place : link.up_place);
    netns.links.push_back(std::move(wanted));
    for (auto const& prefix : end.addresses)
        add_address(netns, end.interface, prefix, end.addressed ? end.address_place : end.place,
                    end.addressed ? "" : "automatic address");
}

void StateBuilder::add_impairment(NamespaceState& netns, LabLink const& link, LabEnd const& end) {
    auto const netem = netem_of(end.impairment);
    if (!netem) return;
    Qdisc qdisc{.link = {end.interface}, .kind = "netem", .parent = qdisc_root, .options = *netem};
    note(key_of(netns.name, qdisc), link.impair_place, fmt::format("link {}", link.name));
    netns.qdiscs.push_back(std::move(qdisc));
}

/// A port that says nothing is in VLAN 1, untagged, as usual.
void StateBuilder::add_vlans(NamespaceState& netns, LabEnd const& end) {
    auto const put = [&](std::uint16_t id, bool native) {
        BridgeVlan vlan{.link = {end.interface}, .id = id, .pvid = native, .untagged = native};
        note(key_of(netns.name, vlan), end.place, native ? "untagged VLAN" : "tagged VLAN");
        netns.vlans.push_back(std::move(vlan));
    };
    if (end.vlan || end.trunk.empty()) put(end.vlan.value_or(1), true);
    for (auto const id : end.trunk)
        if (id != end.vlan) put(id, false);
}

void StateBuilder::add_cable(LabLink const& link) {
    auto const &left = link.ends[0], &right = link.ends[1];
    add_end(link, left, right.interface, of(right).name);
    add_end(link, right, left.interface, of(left).name);
}

void StateBuilder::add_lan(LabLink const& link) {
    NamespaceState netns{.name = bridge_namespace(link)};
    note(key_of(netns.name), link.place, fmt::format("the bridge of link {}", link.name));
    if (!has_ipv4_only()) switch_detection_off(netns, link.place);
    add_bridge(netns, {}, link.place);
    for (std::size_t i = 0; i < link.ends.size(); ++i) {
        auto const& end = link.ends[i];
        auto const port = fmt::format("port{}", i);
        add_end(link, end, port, netns.name);
        Link wanted = up_link(port, link.up);
        wanted.kind = Veth{{Link{.name = end.interface}}};
        std::get<Veth>(wanted.kind).peer[0].netns = NamespaceRef{of(end).name, {}, {}, {}};
        wanted.mtu = link.mtu;
        wanted.master = LinkRef{"br0"};
        wanted.address_generation_mode = static_cast<std::uint8_t>(AddressMode::none);
        note(key_of(netns.name, wanted), end.place, fmt::format("link {}", link.name));
        note_settings(netns.name, port, link.mtu_place, link.up_place);
        netns.links.push_back(std::move(wanted));
    }
    state_.namespaces.push_back(std::move(netns));
}

void StateBuilder::add_cables() {
    for (auto const& link : lab_.links)
        if (link.needs_bridge())
            add_lan(link);
        else
            add_cable(link);
}

void StateBuilder::add_ruleset(NamespaceState& netns, LabNode const& node) {
    if (node.nft) netns.ruleset = node.nft->text;
    if (!netns.ruleset.empty() && !netns.ruleset.ends_with('\n')) netns.ruleset += '\n';
    netns.ruleset += nat_ruleset(node);
    if (netns.ruleset.empty()) return;
    note(key_of_ruleset(node.name), node.nft ? node.nft->place : node.nat[0].place, node.nft ? "" : "nat");
}

NetworkState StateBuilder::run() {
    state_.namespaces.reserve(lab_.nodes.size() + lab_.links.size());
    for (auto const& node : lab_.nodes) {
        without_ipv6_.push_back(does_without_ipv6(node));
        add_node(node);
    }
    add_cables();
    for (std::size_t i = 0; i < lab_.nodes.size(); ++i) {
        auto const& node = lab_.nodes[i];
        auto& netns = state_.namespaces[i];
        add_interfaces(netns, node);
        add_routes(netns, node);
        add_sysctls(netns, node);
        add_ruleset(netns, node);
    }
    add_way_out();
    return std::move(state_);
}

std::string nat_statement(NatRule const& rule, Family family) {
    std::string text =
        rule.device.empty()
            ? ""
            : fmt::format("{} \"{}\" ", rule.kind == NatKind::dnat ? "iifname" : "oifname", rule.device);
    if (rule.from && rule.from->family() == family)
        text += fmt::format("{} saddr {} ", family == Family::ipv4 ? "ip" : "ip6",
                            rule.from->network().to_string());
    bool const v6 = rule.to && rule.to->family == Family::ipv6;
    auto const to = rule.to ? v6 ? fmt::format("[{}]", rule.to->to_string()) : rule.to->to_string() : "";
    switch (rule.kind) {
        case NatKind::masquerade:
            return text + "masquerade";
        case NatKind::snat:
            return text + "snat to " + rule.to->to_string();
        case NatKind::dnat:
            return text +
                   fmt::format("{} dport {} dnat to {}:{}", rule.protocol, rule.port, to, rule.to_port);
    }
    return text;
}

std::string nat_chain(LabNode const& node, Family family, bool incoming) {
    std::string rules;
    for (auto const& rule : node.nat)
        if (has(rule.families, family) && (rule.kind == NatKind::dnat) == incoming)
            rules += fmt::format("    {}\n", nat_statement(rule, family));
    if (rules.empty()) return {};
    return fmt::format("  chain {0} {{\n    type nat hook {0} priority {1}; policy accept;\n{2}  }}\n",
                       incoming ? "prerouting" : "postrouting", incoming ? "dstnat" : "srcnat", rules);
}

}  // namespace

std::string bridge_namespace(LabLink const& link) { return "switch:" + link.name; }

NetworkState wanted_state(Lab const& lab) { return StateBuilder(lab).run(); }

std::string hosts_text(Lab const& lab) {
    std::string text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";
    for (auto const& node : lab.nodes) {
        for (auto const& which : node.ends)
            for (auto const& prefix : lab.end(which).addresses)
                text += fmt::format("{} {}\n", prefix.address.to_string(), node.name);
        for (auto const& prefix : node.loopback)
            text += fmt::format("{} {}\n", prefix.address.to_string(), node.name);
    }
    return text;
}

std::string nat_ruleset(LabNode const& node) {
    std::string text;
    for (auto const family : both_families) {
        auto const chains = nat_chain(node, family, true) + nat_chain(node, family, false);
        if (!chains.empty())
            text += fmt::format("table {} vethwork_nat {{\n{}}}\n", family == Family::ipv4 ? "ip" : "ip6",
                                chains);
    }
    return text;
}

}  // namespace vethwork::topology
