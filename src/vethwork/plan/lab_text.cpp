#include <vethwork/plan/lab_text.hpp>

#include <linux/if.h>
#include <linux/if_ether.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/plan/route_words.hpp>
#include <vethwork/plan/rule_words.hpp>
#include <vethwork/topology/impairment_yaml.hpp>
#include <vethwork/topology/netem.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;
using topology::NamespaceState;
using topology::NetworkState;
using topology::yaml_scalar;

constexpr std::uint32_t usual_mtu = 1500, v6_priority = 1024;

/// `key: value` pairs of a flow map, in order; values are YAML already.
class FlowMap {
public:
    void add(std::string_view key, std::string value) {
        items_.push_back(std::string(key) + ": " + std::move(value));
    }
    template <class T>
    void number(std::string_view key, std::optional<T> const& value) {
        if (value) add(key, std::to_string(*value));
    }
    void address(std::string_view key, std::optional<IpAddress> const& value) {
        if (value && !value->is_any()) add(key, yaml_scalar(value->to_string()));
    }
    [[nodiscard]] std::string text() const {
        return items_.empty() ? "{}" : "{ " + join(items_, ", ") + " }";
    }

private:
    std::vector<std::string> items_;
};

/// The mode's name of a number; empty where there is none.
template <class Table>
std::string named(Table const& table, std::uint32_t number) {
    for (auto const& row : table)
        if (row.number == number) return std::string(row.name);
    return {};
}

/// Writes one namespace after the other, and remembers what it could not.
class Writer {
public:
    Writer(NetworkState const& state, std::string const& lab) : state_(state), lab_(lab) {}

    LabText run() {
        std::string nodes, links;
        for (auto const& netns : state_.namespaces) nodes += node(netns);
        for (auto const& netns : state_.namespaces)
            for (auto const& link : netns.links) links += cable(netns, link);
        result_.text = fmt::format(
            "# {} namespaces, as they were found.\nvethwork: 1\nname: {}\naddressing: off\nrouting: "
            "connected\n\n"
            "nodes:\n{}",
            state_.namespaces.size(), yaml_scalar(lab_), nodes);
        if (!links.empty()) result_.text += "\nlinks:\n" + links;
        return std::move(result_);
    }

private:
    void leave(NamespaceState const& netns, std::string const& what) {
        result_.left.push_back(netns.name + ": " + what);
    }

    static std::string peer_of(Link const& link) {
        auto const* const veth = std::get_if<topology::Veth>(&link.kind);
        if (!veth || veth->peer.empty() || !veth->peer[0].netns) return {};
        return veth->peer[0].netns->name + ":" + veth->peer[0].name;
    }
    [[nodiscard]] bool is_cable(Link const& link) const {
        auto const* const veth = std::get_if<topology::Veth>(&link.kind);
        return veth && !veth->peer.empty() && veth->peer[0].netns && state_.find(veth->peer[0].netns->name);
    }

    /// Whether a device can be told at all; complains once where not.
    bool can_be_told(NamespaceState const& netns, Link const& link) {
        static std::set<std::string, std::less<>> const kinds{"dummy", "ifb",     "bridge", "vlan", "vxlan",
                                                              "vrf",   "macvlan", "ipvlan", "gre",  "ipip",
                                                              "sit",   "bond",    "ip6gre"};
        if (std::holds_alternative<topology::Veth>(link.kind)) return is_cable(link);
        if (!kinds.contains(link.kind_name) || is_fallback(link)) return false;
        return !link.lower_nsid || (link.lower && find_name(netns, *link.lower) != "");
    }
    /// Those that the kernel makes by itself in each namespace.
    static bool is_fallback(Link const& link) {
        static std::set<std::string, std::less<>> const names{
            "tunl0", "gre0", "gretap0", "erspan0", "sit0", "ip6tnl0", "ip6gre0", "ip_vti0", "ip6_vti0"};
        return names.contains(link.name);
    }

    static std::string find_name(NamespaceState const& netns, topology::LinkRef const& link) {
        for (auto const& one : netns.links)
            if (link.index != 0 ? one.index == link.index : one.name == link.name) return one.name;
        return {};
    }

    std::string node(NamespaceState const& netns) {
        std::string body;
        auto const forwards = netns.sysctls.find("net.ipv4.ip_forward");
        if (forwards != netns.sysctls.end() && forwards->second != "0") body += "    role: router\n";
        if (auto const own = addresses_of(netns, "lo"); !own.empty())
            body += "    lo: " + topology::yaml_one_or_list(own) + "\n";
        body += interfaces(netns);
        if (!netns.sysctls.empty()) {
            body += "    sysctls:\n";
            for (auto const& [name, value] : netns.sysctls)
                body += fmt::format("      {}: {}\n", name, yaml_scalar(value));
        }
        body += routes(netns) + rules(netns);
        if (!netns.ruleset.empty()) body += "    nft: " + topology::yaml_block(netns.ruleset, 6);
        if (!netns.neighbours.empty()) leave(netns, "permanent neighbours");
        leave_qdiscs(netns);
        for (auto const& link : netns.links)
            if (link.name == "lo" && (link.flags & IFF_UP) == 0) leave(netns, "lo is down, and will be up");
        return fmt::format("  {}:{}\n{}", yaml_scalar(netns.name), body.empty() ? " {}" : "", body);
    }

    std::vector<std::string> addresses_of(NamespaceState const& netns, std::string const& link) {
        std::vector<std::string> list;
        for (auto const& address : netns.addresses) {
            if (address.link.name != link || !address.local) continue;
            if (address.peer && address.peer != address.local)
                leave(netns, "the peer address of " + address.local->to_string() + " on " + link);
            list.push_back(yaml_scalar(IpPrefix{*address.local, address.prefix_length}.to_string()));
        }
        return list;
    }

    /// What ends of cables and other devices have in common.
    void add_common(NamespaceState const& netns, Link const& link, FlowMap& map) {
        if (auto const list = addresses_of(netns, link.name); !list.empty())
            map.add("ip", topology::yaml_one_or_list(list));
        if (link.address && link.address->size == ETH_ALEN)
            map.add("mac", yaml_scalar(link.address->to_string()));
        if (link.mtu && *link.mtu != usual_mtu) map.number("mtu", link.mtu);
        if ((link.flags & IFF_UP) == 0) map.add("up", "no");
    }

    std::string interfaces(NamespaceState const& netns) {
        std::string text;
        for (auto const& link : netns.links) {
            if (link.name == "lo") continue;
            if (!can_be_told(netns, link)) {
                if (!is_fallback(link)) untold(netns, link);
                continue;
            }
            if (!std::holds_alternative<topology::Veth>(link.kind)) text += interface(netns, link);
        }
        return text.empty() ? text : "    interfaces:\n" + text;
    }

    void untold(NamespaceState const& netns, Link const& link) {
        bool const cable = std::holds_alternative<topology::Veth>(link.kind);
        leave(netns, cable ? fmt::format("{}: its other end is in none of these namespaces", link.name)
                           : fmt::format("{}: a device of kind {}", link.name,
                                         link.kind_name.empty() ? "hardware" : link.kind_name));
        gone_.insert(netns.name + "/" + link.name);
    }

    std::string interface(NamespaceState const& netns, Link const& link) {
        FlowMap map;
        map.add("kind", link.kind_name);
        add_kind(netns, link, map);
        if (auto const list = ports_of(netns, link); !list.empty())
            map.add("ports", "[" + join(list, ", ") + "]");
        add_common(netns, link, map);
        return fmt::format("      {}: {}\n", yaml_scalar(link.name), map.text());
    }

    static std::vector<std::string> ports_of(NamespaceState const& netns, Link const& master) {
        std::vector<std::string> list;
        for (auto const& link : netns.links)
            if (link.master && find_name(netns, *link.master) == master.name)
                list.push_back(yaml_scalar(link.name));
        return list;
    }

    void add_kind(NamespaceState const& netns, Link const& link, FlowMap& map) {
        auto const lower = [&](std::optional<topology::LinkRef> const& reference) {
            auto const name = reference ? find_name(netns, *reference) : std::string();
            if (!name.empty()) map.add("link", yaml_scalar(name));
        };
        auto const outer = [&](auto const& tunnel) {
            lower(tunnel.underlay);
            map.address("local", tunnel.local);
            map.address("remote", tunnel.remote);
            if constexpr (requires { tunnel.input.key; })
                if (tunnel.input.key && *tunnel.input.key != 0) map.number("key", tunnel.input.key);
        };
        if (auto const* const vlan = std::get_if<topology::Vlan>(&link.kind)) {
            lower(link.lower);
            map.number("id", vlan->id);
            if (vlan->protocol == ETH_P_8021AD) map.add("options", "protocol 802.1ad");
        } else if (auto const* const vxlan = std::get_if<topology::Vxlan>(&link.kind)) {
            add_vxlan(*vxlan, map);
            lower(vxlan->underlay);
        } else if (auto const* const vrf = std::get_if<topology::Vrf>(&link.kind)) {
            map.number("table", vrf->table);
        } else if (auto const* const macvlan = std::get_if<topology::Macvlan>(&link.kind)) {
            lower(link.lower);
            if (macvlan->mode) map.add("mode", named(topology::macvlan_modes, *macvlan->mode));
        } else if (auto const* const ipvlan = std::get_if<topology::Ipvlan>(&link.kind)) {
            lower(link.lower);
            if (ipvlan->mode && *ipvlan->mode < topology::ipvlan_modes.size())
                map.add("mode", std::string(topology::ipvlan_modes[*ipvlan->mode]));
        } else if (auto const* const bridge = std::get_if<topology::Bridge>(&link.kind)) {
            add_bridge(*bridge, map);
        } else if (auto const* const gre = std::get_if<topology::Gre>(&link.kind)) {
            outer(*gre);
        } else if (auto const* const gre6 = std::get_if<topology::Ip6Gre>(&link.kind)) {
            outer(*gre6);
        } else if (auto const* const ipip = std::get_if<topology::IpTunnel>(&link.kind)) {
            outer(*ipip);
        } else if (auto const* const sit = std::get_if<topology::Sit>(&link.kind)) {
            outer(*sit);
        }
    }

    static void add_vxlan(topology::Vxlan const& vxlan, FlowMap& map) {
        map.number("id", vxlan.id);
        map.address("local", vxlan.local);
        bool const many = vxlan.remote && vxlan.remote->is_multicast();
        map.address(many ? "group" : "remote", vxlan.remote);
        map.number("port", vxlan.port);
        if (vxlan.learning == false) map.add("options", "nolearning");
    }

    static void add_bridge(topology::Bridge const& bridge, FlowMap& map) {
        std::vector<std::string> options;
        if (bridge.stp_state.value_or(0) != 0) options.push_back("stp_state 1");
        if (bridge.vlan_filtering.value_or(0) != 0) options.push_back("vlan_filtering 1");
        if (!options.empty()) map.add("options", join(options, " "));
    }

    [[nodiscard]] bool is_gone(NamespaceState const& netns, topology::Route const& route) const {
        auto const gone = [&](std::optional<topology::LinkRef> const& link) {
            return link && gone_.contains(netns.name + "/" + link->name);
        };
        return gone(route.link) ||
               std::ranges::any_of(route.hops, [&](auto const& hop) { return gone(hop.link); });
    }

    std::string routes(NamespaceState const& netns) {
        std::string text;
        for (auto route : netns.routes) {
            if (is_gone(netns, route)) {
                leave(netns, "a route over what is left out");
                continue;
            }
            route.flags &= topology::route_flag::onlink;
            if (route.preference == 0) route.preference.reset();
            if (route.family == Family::ipv6 && route.priority == v6_priority) route.priority.reset();
            auto words = route_words(route, RoutePurpose::put);
            for (auto& word : words)  // by itself "default" is one of IPv4
                if (word == "default" && route.family == Family::ipv6) word = "::/0";
            text += "      - " + yaml_scalar(join(words, " ")) + "\n";
        }
        return text.empty() ? text : "    routes:\n" + text;
    }

    std::string rules(NamespaceState const& netns) {
        std::string text;
        for (auto const& rule : netns.rules)
            text += "      - " + yaml_scalar(join(rule_words(rule, RulePurpose::put), " ")) + "\n";
        return text.empty() ? text : "    rules:\n" + text;
    }

    std::string end(NamespaceState const& netns, Link const& link) {
        FlowMap map;
        map.add("node", yaml_scalar(netns.name));
        map.add("if", yaml_scalar(link.name));
        if (addresses_of(netns, link.name).empty()) map.add("ip", "none");
        add_common(netns, link, map);
        return map.text();
    }

    /// Both ends, from the side that comes first.
    std::string cable(NamespaceState const& netns, Link const& link) {
        if (!is_cable(link) || told_.contains(netns.name + ":" + link.name)) return {};
        auto const& peer = std::get<topology::Veth>(link.kind).peer[0];
        auto const* const there = state_.find(peer.netns->name);
        auto const* const other = there->link(peer.name);
        if (!other) return {};
        told_.insert(peer_of(link));
        auto const near = impairment(netns, link.name), far = impairment(*there, peer.name);
        return fmt::format("  - link:\n      - {}\n      - {}\n    subnet: none\n{}", end(netns, link),
                           end(*there, *other), impair(netns.name, near, there->name, far));
    }

    static std::string impair(std::string const& near_node, std::string const& near,
                              std::string const& far_node, std::string const& far) {
        if (near == far) return near.empty() ? near : fmt::format("    impair: {}\n", near);
        FlowMap from;
        if (near_node == far_node) return {};
        if (!near.empty()) from.add(yaml_scalar(near_node), near);
        if (!far.empty()) from.add(yaml_scalar(far_node), far);
        return fmt::format("    impair: {{ from: {} }}\n", from.text());
    }

    /// Of a cable within one node a file cannot say which end is meant.
    static bool is_unequal_loop(NamespaceState const& netns, Link const& link) {
        auto const& peer = std::get<topology::Veth>(link.kind).peer[0];
        return peer.netns->name == netns.name && impairment(netns, link.name) != impairment(netns, peer.name);
    }

    /// What leaves by this end suffers, as a map; empty where that is nothing.
    static std::string impairment(NamespaceState const& netns, std::string const& link) {
        auto const found = std::ranges::find(netns.qdiscs, topology::LinkRef{link}, &topology::Qdisc::link);
        if (found == netns.qdiscs.end()) return {};
        auto const* const netem = std::get_if<topology::Netem>(&found->options);
        return netem ? topology::impairment_yaml(topology::impairment_of(*netem)) : std::string();
    }

    /// Disciplines that a file cannot say, or not all of it.
    void leave_qdiscs(NamespaceState const& netns) {
        for (auto const& qdisc : netns.qdiscs) {
            auto const* const link = netns.link(qdisc.link.name);
            bool const is_end = link && is_cable(*link);
            auto const* const netem = std::get_if<topology::Netem>(&qdisc.options);
            if (!is_end || !netem || is_unequal_loop(netns, *link))
                leave(netns, fmt::format("{}: queueing discipline {}", qdisc.link.name, qdisc.kind));
            else if (!topology::can_be_written(*netem))
                leave(netns, fmt::format("{}: a part of its netem", qdisc.link.name));
        }
    }

    NetworkState const& state_;
    std::string const& lab_;
    std::set<std::string> told_, gone_;
    LabText result_;
};

}  // namespace

LabText lab_text(NetworkState const& state, std::string const& lab) { return Writer(state, lab).run(); }

}  // namespace vethwork::plan
