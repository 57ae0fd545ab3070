#include <vethwork/plan/lab_plan.hpp>

#include <linux/if.h>
#include <linux/if_tun.h>

#include <algorithm>
#include <functional>
#include <set>
#include <span>

#include <vethwork/plan/difference.hpp>
#include <vethwork/plan/order.hpp>
#include <vethwork/plan/remaining.hpp>
#include <vethwork/topology/link_references.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::plan {

namespace {

using topology::Link;
using topology::NamespaceState;
using topology::NetworkState;

constexpr std::string_view absent = "is wanted, and not there";
constexpr std::string_view surplus = "is there, and not wanted";
constexpr std::string_view different = "is there, and not as wanted";
constexpr std::string_view no_address = "is to have no link-local address";

/// What a new namespace holds: a loopback that is down.
NamespaceState fresh_namespace(std::string const& name) {
    Link lo;
    lo.name = "lo";
    return {.name = name, .links = {lo}};
}

/// Compares one wanted namespace with what there is, and collects steps.
class NamespacePlanner {
public:
    NamespacePlanner(std::vector<Step>& steps, std::set<std::string>& cables, NetworkState const& everything,
                     Remaining const& was, NamespaceState const& wanted, NamespaceState const& actual)
        : steps_(steps),
          cables_(cables),
          everything_(everything),
          was_(was),
          wanted_(wanted),
          actual_(actual) {}

    void run() {
        end_surplus_links();
        for (auto const& link : wanted_.links) plan_link_once(link);
        plan_vlans();
        plan_offloads();
        plan_qdiscs();
        plan_routes();  // those that go, before the addresses that take them along
        plan_addresses();
        plan_neighbours();
        plan_rules();
        plan_sysctls();
        if (wanted_.ruleset != actual_.ruleset)
            add(Phase::rulesets, LoadRuleset{flush_of_old() + wanted_.ruleset},
                topology::key_of_ruleset(wanted_.name), actual_.ruleset.empty() ? absent : different);
    }

private:
    void add(Phase phase, Operation operation, std::string key, std::string_view reason) {
        steps_.push_back({phase, wanted_.name, std::move(operation), std::move(key), std::string(reason)});
    }

    /// Loading adds to what is there: where a namespace is the lab's own and not new, that goes first.
    [[nodiscard]] std::string flush_of_old() const {
        bool const is_new = !was_.state.find(wanted_.name);
        return is_new || wanted_.outside ? "" : "flush ruleset\n";
    }

    /// In a namespace that is not the lab's own, what others have made stays.
    [[nodiscard]] bool is_ours(std::optional<topology::LinkRef> const& link) const {
        return !wanted_.outside || (link && wanted_.link(link->name));
    }
    [[nodiscard]] bool is_ours(topology::Route const& route) const {
        return is_ours(route.link) ||
               std::ranges::any_of(route.hops, [this](auto const& hop) { return is_ours(hop.link); });
    }

    void end_surplus_links() {
        if (wanted_.outside) return;
        for (auto const& link : actual_.links) {
            if (link.name == "lo" || wanted_.link(link.name)) continue;
            end_link(link, surplus);
        }
    }

    /// A cable has two ends, and goes with either.
    void end_link(Link const& link, std::string_view reason) {
        if (auto const* const veth = std::get_if<topology::Veth>(&link.kind); veth && !veth->peer.empty()) {
            auto const& peer = veth->peer.front();
            std::string const other =
                fmt::format("{}/link/{}", peer.netns ? peer.netns->name : wanted_.name, peer.name);
            if (cables_.contains("end " + other)) return;
            cables_.insert("end " + topology::key_of(wanted_.name, link));
        }
        add(Phase::end_things, DeleteLink{.link = {link.name}}, topology::key_of(wanted_.name, link), reason);
    }

    /// What a link stands on comes before it, wherever it is written.
    void plan_link_once(Link const& link) {
        if (!planned_.insert(link.name).second) return;
        for (auto const& name : topology::links_below(link))
            if (auto const* const below = wanted_.link(name)) plan_link_once(*below);
        plan_link(link);
    }

    void plan_link(Link const& link) {
        auto const* const there = actual_.link(link.name);
        if (!there) return make_link(link);
        if (!same_device(link, *there) || was_.going.contains({wanted_.name, link.name})) {
            if (!wanted_.outside) end_link(*there, different);
            return make_link(link);
        }
        change_link(link, *there);
    }

    void make_link(Link const& link) {
        if (std::holds_alternative<topology::Veth>(link.kind)) return make_cable(link);
        if (auto const* const tun = std::get_if<topology::Tun>(&link.kind)) return make_tun(link, *tun);
        auto created = link;
        Phase const phase = is_stacked(link)  ? Phase::stacked_links
                            : is_master(link) ? Phase::masters
                                              : Phase::links;
        if (std::holds_alternative<topology::Bridge>(link.kind)) put_up_later(created, Phase::bridges_up);
        if (created.lower) put_up_later(created, Phase::up);  // what is below may be put up later itself
        hold_back(created);
        if (created.master) master_later(created);
        snoop_later(created);
        auto const mode = take_address_mode(created);
        add(phase, AddLink{created}, topology::key_of(wanted_.name, link), absent);
        if (mode) add(phase, ChangeLink{*mode}, topology::key_of(wanted_.name, link), no_address);
    }

    /// Whenever a port comes, a bridge that listens to multicast groups looks at all its ports: of a wide one
    /// that takes longer than all the rest, so it begins to listen when all are there.
    void snoop_later(Link& link) {
        constexpr std::ptrdiff_t wide = 64;
        auto* const bridge = std::get_if<topology::Bridge>(&link.kind);
        if (!bridge || bridge->multicast_snooping == std::uint8_t{0}) return;
        auto const is_port = [&](Link const& other) {
            return other.master && other.master->name == link.name;
        };
        if (std::ranges::count_if(wanted_.links, is_port) < wide) return;
        bridge->multicast_snooping = std::uint8_t{0};
        topology::Bridge listening;
        listening.multicast_snooping = std::uint8_t{1};
        Link change{.name = link.name};
        change.kind = listening;
        add(Phase::snooping, ChangeLink{change}, topology::key_of(wanted_.name, link), "all ports are there");
    }

    /// The kernel takes it of links that are there only; a new one has 0.
    static std::optional<Link> take_address_mode(Link& link) {
        auto const mode = std::exchange(link.address_generation_mode, {});
        if (mode.value_or(0) == 0) return {};
        Link change{.name = link.name};
        change.address_generation_mode = mode;
        return change;
    }

    /// A program's device is made by another way than links, and then is one.
    void make_tun(Link const& link, topology::Tun const& tun) {
        unsigned const type = tun.type == std::uint8_t{1} ? IFF_TUN : IFF_TAP;
        AddTunTap const made{{.name = link.name, .flags = static_cast<std::uint16_t>(type | IFF_NO_PI)}};
        add(Phase::links, made, topology::key_of(wanted_.name, link), absent);
        auto settings = link;
        settings.kind = topology::PlainKind{};
        if (settings.master) master_later(settings);
        auto nothing = Link{.name = link.name};
        if (auto changes = difference(settings, nothing))
            add(Phase::links, ChangeLink{*std::move(changes)}, topology::key_of(wanted_.name, link), absent);
    }

    /// A bond takes only ports that are down, and a VRF puts its ports down and up, which a cable that is
    /// only half there cannot.
    void hold_back(Link& port) {
        if (!port.master) return;
        auto const* const master = wanted_.link(port.master->name);
        if (master && (std::holds_alternative<topology::Bond>(master->kind) ||
                       std::holds_alternative<topology::Vrf>(master->kind))) {
            put_up_later(port, Phase::up);
            master_later(port);
        }
    }

    /// One request makes both ends; the one that has a master tells it then. The other end cannot be up
    /// before this one is.
    void make_cable(Link const& link) {
        auto const& veth = std::get<topology::Veth>(link.kind);
        std::string const key = topology::key_of(wanted_.name, link);
        if (veth.peer.empty() || cables_.contains("made " + key)) return;
        auto const& peer_ref = veth.peer.front();
        std::string const peer_netns = peer_ref.netns ? peer_ref.netns->name : wanted_.name;
        auto const* const other_side = everything_.find(peer_netns);
        auto const* const peer = other_side ? other_side->link(peer_ref.name) : nullptr;
        if (!other_side) return;  // a check has complained of that
        bool const from_outside =
            other_side->outside && !wanted_.outside;  // the nodes have names, it has none
        if (peer && ((peer->master && !link.master) || from_outside))
            return make_cable_from(*other_side, *peer, link, wanted_.name);
        make_cable_from(wanted_, link, peer ? *peer : peer_ref, peer_netns);
    }

    void make_cable_from(NamespaceState const& side, Link main, Link other, std::string const& other_netns) {
        cables_.insert("made " + topology::key_of(side.name, main));
        cables_.insert("made " + topology::key_of(other_netns, other));
        NamespacePlanner there(steps_, cables_, everything_, was_, *everything_.find(other_netns), actual_);
        there.put_up_later(other, Phase::up);
        NamespacePlanner(steps_, cables_, everything_, was_, side, actual_).hold_back(main);
        if (other.master) there.master_later(other);
        auto const other_key = topology::key_of(other_netns, other);
        if (auto const mode = take_address_mode(other))
            there.add(Phase::ports, ChangeLink{*mode}, other_key, no_address);
        auto const mode = take_address_mode(main);
        other.kind = topology::PlainKind{};
        other.netns = topology::NamespaceRef{.name = other_netns};
        if (other_netns == side.name) other.netns.reset();
        Link created = main;
        created.kind = topology::Veth{{other}};
        auto const key = topology::key_of(side.name, main);
        steps_.push_back({Phase::links, side.name, AddLink{created}, key, std::string(absent)});
        if (mode)
            steps_.push_back({Phase::links, side.name, ChangeLink{*mode}, key, std::string(no_address)});
    }

    void put_up_later(Link& link, Phase phase) {
        if ((link.flags & link.flags_mask & IFF_UP) == 0) return;
        link.flags_mask &= ~static_cast<std::uint32_t>(IFF_UP);
        Link up;
        up.name = link.name;
        up.flags = up.flags_mask = IFF_UP;
        add(phase, ChangeLink{up}, topology::key_of(wanted_.name, link), "is to be up");
    }

    void master_later(Link& link) {
        Link port;
        port.name = link.name;
        port.master = std::exchange(link.master, {});
        add(Phase::ports, ChangeLink{port}, topology::key_of(wanted_.name, link), "is to be a port");
    }

    void change_link(Link const& link, Link const& there) {
        auto changes = difference(link, there);
        if (!changes) return;
        if (auto const mode = std::exchange(changes->address_generation_mode, {})) {
            set_address_mode(link, *mode);
            if (*changes == Link{.name = link.name}) return;
        }
        bool const rises = (changes->flags & changes->flags_mask & IFF_UP) != 0;
        Phase const phase = changes->master ? Phase::ports : rises ? Phase::up : Phase::links;
        add(phase, ChangeLink{*std::move(changes)}, topology::key_of(wanted_.name, link), different);
    }

    /// By the setting: told over netlink, a link that is up would come by its address at its next fall only.
    void set_address_mode(Link const& link, std::uint8_t mode) {
        auto const name = topology::interface_sysctl(Family::ipv6, link.name, "addr_gen_mode");
        add(Phase::sysctls, SetSysctl{name, std::to_string(mode)}, topology::key_of(wanted_.name, link),
            different);
    }

    void plan_vlans() {
        plan_set(
            wanted_.vlans, actual_.vlans, &same_vlan,
            [this](auto const& vlan, bool is_there) {
                add(Phase::port_vlans, PutBridgeVlan{vlan}, topology::key_of(wanted_.name, vlan),
                    is_there ? different : absent);
            },
            [this](auto const& vlan) {
                bool const told = std::ranges::any_of(wanted_.vlans,
                                                      [&](auto const& one) { return one.link == vlan.link; });
                if (told)  // ports that nothing is said of keep theirs
                    add(Phase::port_vlans, DeleteBridgeVlan{vlan}, topology::key_of(wanted_.name, vlan),
                        surplus);
            });
    }

    void plan_offloads() {
        for (auto const& [link, on] : wanted_.offloads) {
            auto const there = actual_.offloads.find(link);
            if (there != actual_.offloads.end() && there->second == on) continue;
            add(Phase::port_vlans, SetOffload{link, on}, topology::key_of_offload(wanted_.name, link),
                different);
        }
    }

    /// Disciplines of other kinds are those of others: they give way to a netem, and else stay.
    void plan_qdiscs() {
        plan_set(
            wanted_.qdiscs, actual_.qdiscs, &same_qdisc,
            [this](auto const& qdisc, bool) { put_qdisc(qdisc); },
            [this](auto const& qdisc) {
                if (qdisc.kind == "netem" && wanted_.link(qdisc.link.name))
                    add(Phase::end_things, DeleteQdisc{qdisc}, topology::key_of(wanted_.name, qdisc),
                        surplus);
            });
    }

    void put_qdisc(topology::Qdisc const& qdisc) {
        std::string const key = topology::key_of(wanted_.name, qdisc);
        auto const there = std::ranges::find(actual_.qdiscs, qdisc.link, &topology::Qdisc::link);
        if (there == actual_.qdiscs.end()) return add(Phase::impairments, AddQdisc{qdisc}, key, absent);
        if (can_become(qdisc, *there))
            return add(Phase::impairments, ChangeQdisc{qdisc, *there}, key, different);
        add(Phase::end_things, DeleteQdisc{*there}, key, different);
        add(Phase::impairments, AddQdisc{qdisc}, key, different);
    }

    /// What goes goes before what stays: the first IPv4 address of a subnet may take the others of it along.
    void plan_addresses() {
        std::vector<topology::InterfaceAddress const*> surplus_ones;
        plan_set(
            wanted_.addresses, actual_.addresses, &same_address,
            [this](auto const& address, bool is_there) {
                put_address(address, is_there ? PutMode::replace : PutMode::add,
                            is_there ? different : absent);
            },
            [&](auto const& address) {  // others go with their links
                if (wanted_.link(address.link.name)) surplus_ones.push_back(&address);
            });
        std::ranges::sort(surplus_ones, std::greater<>{});  // the last ones first
        for (auto const* const address : surplus_ones)
            add(Phase::end_things, DeleteAddress{*address}, topology::key_of(wanted_.name, *address),
                surplus);
        for (auto const& address : wanted_.addresses)
            if (goes_along(address, surplus_ones) && is_there(address))
                put_address(address, PutMode::replace,
                            "goes along with another, or with its link's being up");
    }

    void put_address(topology::InterfaceAddress const& address, PutMode mode, std::string_view reason) {
        add(Phase::addresses, PutAddress{address, mode}, topology::key_of(wanted_.name, address), reason);
    }

    [[nodiscard]] bool is_there(topology::InterfaceAddress const& wanted) const {
        auto const key = topology::key_of(wanted_.name, wanted);
        return std::ranges::any_of(actual_.addresses, [&](auto const& address) {
            return topology::key_of(wanted_.name, address) == key && same_address(wanted, address);
        });
    }

    /// The kernel takes it away, though it is wanted and there.
    [[nodiscard]] bool goes_along(topology::InterfaceAddress const& address,
                                  std::span<topology::InterfaceAddress const* const> surplus_ones) const {
        if (address.family == Family::ipv6) {
            auto const* const wanted = wanted_.link(address.link.name);
            auto const* const there = actual_.link(address.link.name);
            return wanted && there && falls(*wanted, *there);
        }
        return std::ranges::any_of(surplus_ones, [&](auto const* const other) {
            return other->link.name == address.link.name && other->prefix_length == address.prefix_length &&
                   IpPrefix{*other->local, other->prefix_length}.contains(*address.local);
        });
    }

    void plan_neighbours() {
        plan_set(
            wanted_.neighbours, actual_.neighbours, &same_neighbour,
            [this](auto const& neighbour, bool is_there) {
                add(Phase::neighbours, PutNeighbour{neighbour, PutMode::replace},
                    topology::key_of(wanted_.name, neighbour), is_there ? different : absent);
            },
            [this](auto const& neighbour) {
                if (!is_ours(neighbour.link)) return;
                add(Phase::end_things, DeleteNeighbour{neighbour}, topology::key_of(wanted_.name, neighbour),
                    surplus);
            });
    }

    void plan_routes() {
        plan_set(
            wanted_.routes, actual_.routes, &same_route,
            [this](auto const& route, bool is_there) {
                add(is_far(route) ? Phase::far_routes : Phase::routes,
                    PutRoute{.mode = is_there ? RoutePutMode::replace : RoutePutMode::add, .route = route},
                    topology::key_of(wanted_.name, route), is_there ? different : absent);
            },
            [this](auto const& route) {
                if (!is_ours(route)) return;
                add(Phase::end_things, delete_route(route), topology::key_of(wanted_.name, route), surplus);
            });
        renew_routes(links_without_addresses());
        restore_routes();
    }

    /// Those that the kernel makes along with addresses, where these stay. Another link may have the same.
    void restore_routes() {
        std::set<std::string> staying;
        for (auto const& address : actual_.addresses) staying.insert(topology::key_of(wanted_.name, address));
        for (auto const& route : actual_.lost_routes) {
            auto const follows = [&](topology::InterfaceAddress const& address) {
                return address.link.name == route.link->name && address.local &&
                       IpPrefix{*address.local, address.prefix_length}.network() == *route.destination &&
                       staying.contains(topology::key_of(wanted_.name, address));
            };
            bool const is_wanted =
                route.destination->address.is_link_local() || std::ranges::any_of(wanted_.addresses, follows);
            if (is_ours(route) && stays_up(route.link->name) && is_wanted)
                add(Phase::routes, PutRoute{.mode = RoutePutMode::append, .route = route},
                    topology::key_of(wanted_.name, route), "follows from an address, and not there");
        }
    }

    [[nodiscard]] bool stays_up(std::string const& name) const {
        auto const* const wanted = wanted_.link(name);
        auto const* const there = actual_.link(name);
        return wanted && there && (wanted->flags & there->flags & IFF_UP) != 0;
    }

    /// Links that for a moment have no IPv4 address: none of those there is wanted.
    [[nodiscard]] std::set<std::string> links_without_addresses() const {
        std::set<std::string> wanted, keep, lose;
        for (auto const& address : wanted_.addresses) wanted.insert(topology::key_of(wanted_.name, address));
        for (auto const& address : actual_.addresses)
            if (address.family == Family::ipv4)
                (wanted.contains(topology::key_of(wanted_.name, address)) ? keep : lose)
                    .insert(address.link.name);
        std::erase_if(lose,
                      [&](std::string const& link) { return keep.contains(link) || !wanted_.link(link); });
        return lose;
    }

    /// The kernel takes away the IPv4 routes over a link that has no IPv4 address any more.
    void renew_routes(std::set<std::string> const& links) {
        if (links.empty()) return;
        std::map<std::string, topology::Route const*> there;
        for (auto const& route : actual_.routes) there[topology::key_of(wanted_.name, route)] = &route;
        for (auto const& route : wanted_.routes) {
            auto const key = topology::key_of(wanted_.name, route);
            auto const found = there.find(key);
            if (found == there.end() || !same_route(route, *found->second)) continue;
            if (leads_over(*found->second, links))
                add(is_far(route) ? Phase::far_routes : Phase::routes,
                    PutRoute{.mode = RoutePutMode::replace, .route = route}, key,
                    "goes along with its link's last address");
        }
    }

    static bool leads_over(topology::Route const& route, std::set<std::string> const& links) {
        auto const is_one = [&links](std::optional<topology::LinkRef> const& link) {
            return link && links.contains(link->name);
        };
        return route.family == Family::ipv4 &&
               (is_one(route.link) ||
                std::ranges::any_of(route.hops, [&](auto const& hop) { return is_one(hop.link); }));
    }

    void plan_rules() {
        plan_set(
            wanted_.rules, actual_.rules, &same_rule,
            [this](auto const& rule, bool is_there) {
                if (is_there)
                    add(Phase::end_things, DeleteRule{rule}, topology::key_of(wanted_.name, rule), different);
                add(Phase::rules, PutRule{rule}, topology::key_of(wanted_.name, rule),
                    is_there ? different : absent);
            },
            [this](auto const& rule) {
                if (wanted_.outside) return;
                add(Phase::end_things, DeleteRule{rule}, topology::key_of(wanted_.name, rule), surplus);
            });
    }

    void set_sysctl(Phase phase, std::string const& name, std::string_view reason) {
        add(phase, SetSysctl{name, wanted_.sysctls.at(name)}, topology::key_of_sysctl(wanted_.name, name),
            reason);
    }

    /// What the kernel writes over others goes first, and those again after it.
    void plan_sysctls() {
        std::set<std::string> overwritten;
        for (bool const wide : {true, false})
            for (auto const& [name, value] : wanted_.sysctls) {
                if (is_wide(name) != wide) continue;
                auto const there = actual_.sysctls.find(name);
                bool const is_so = there != actual_.sysctls.end() && there->second == value;
                bool const early =
                    name.find(".default.") != std::string::npos || name.ends_with(".all.accept_dad");
                if (!is_so)
                    set_sysctl(early ? Phase::sysctls_before : Phase::sysctls, name,
                               there == actual_.sysctls.end() ? absent : different);
                if (!is_so && wide) overwritten.insert(spread_of(name));
                if (!wide && overwritten.contains(spread_of(name)) && (is_so || early))
                    set_sysctl(Phase::sysctls, name, "goes along with another");
            }
    }

    /// Written to every link's, and to that of links to come. Source: devinet_sysctl_forward() and
    /// addrconf_sysctl_forward() of the kernel, and their like.
    static bool is_wide(std::string const& name) {
        return name == "net.ipv4.ip_forward" || name.ends_with(".conf.all.forwarding") ||
               name.ends_with(".conf.all.disable_ipv6");
    }

    /// The family and what is set: "net.ipv4 forwarding".
    static std::string spread_of(std::string const& name) {
        std::string const setting =
            name == "net.ipv4.ip_forward" ? "forwarding" : name.substr(name.rfind('.') + 1);
        return name.substr(0, std::string_view("net.ipv4").size()) + " " + setting;
    }

    /// Things of one kind, told apart by their keys.
    template <class Thing, class Put, class End>
    void plan_set(std::vector<Thing> const& wanted, std::vector<Thing> const& actual,
                  bool (*same)(Thing const&, Thing const&), Put const& put, End const& end) {
        std::map<std::string, Thing const*> there;
        for (auto const& thing : actual) there[topology::key_of(wanted_.name, thing)] = &thing;
        for (auto const& thing : wanted) {
            auto const node = there.extract(topology::key_of(wanted_.name, thing));
            if (node.empty())
                put(thing, false);
            else if (!same(thing, *node.mapped()))
                put(thing, true);
        }
        for (auto const& [key, thing] : there) end(*thing);
    }

    static bool is_far(topology::Route const& route) {
        return route.via ||
               std::ranges::any_of(route.hops, [](auto const& hop) { return hop.via.has_value(); });
    }

    std::vector<Step>& steps_;
    std::set<std::string> planned_;   ///< names of links
    std::set<std::string>& cables_;   ///< "made KEY" and "end KEY" of ends that another step takes care of
    NetworkState const& everything_;  ///< wanted
    Remaining const& was_;
    NamespaceState const& wanted_;
    NamespaceState const& actual_;
};

/// About how many steps a state is made in, and seldom fewer.
std::size_t count_things(NetworkState const& state) {
    std::size_t count = 0;
    for (auto const& netns : state.namespaces)
        count +=
            1 + 3 * netns.links.size() + netns.addresses.size() + netns.routes.size() + netns.sysctls.size();
    return count;
}

}  // namespace

Plan make_plan(NetworkState const& wanted, NetworkState const& found) {
    auto const left = remaining(wanted, found);
    auto const& actual = left.state;
    Plan plan;
    if (found.namespaces.empty()) plan.steps.reserve(count_things(wanted));
    std::set<std::string> cables;
    for (auto const& netns : actual.namespaces)
        if (!netns.outside && !wanted.find(netns.name))
            plan.steps.push_back({Phase::end_namespaces, netns.name, DeleteNamespace{netns.name},
                                  topology::key_of(netns.name), std::string(surplus)});
    for (auto const& netns : wanted.namespaces) {
        auto const* const there = actual.find(netns.name);
        if (!there && !netns.outside)
            plan.steps.push_back({Phase::namespaces, netns.name, AddNamespace{netns.name},
                                  topology::key_of(netns.name), std::string(absent)});
        auto const before = there ? *there : fresh_namespace(netns.name);
        NamespacePlanner(plan.steps, cables, wanted, left, netns, before).run();
    }
    put_in_order(plan.steps, wanted);
    return plan;
}

}  // namespace vethwork::plan
