#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <vethwork/topology/interface_kind.hpp>
#include <vethwork/topology/netem.hpp>
#include <vethwork/topology/stages.hpp>
#include <vethwork/topology/way_out.hpp>

namespace vethwork::topology {

namespace {

/// A bridge refuses port number 1,024 (BR_MAX_PORTS).
constexpr std::size_t most_bridge_ports = 1023;
/// Neighbours kept without root (net.ipv4.neigh.default.gc_thresh3).
constexpr std::size_t most_neighbours = 1024;

class LabChecker {
public:
    LabChecker(Lab const& lab, Complaints& complaints) : lab_(lab), complaints_(complaints) {}

    void run() {
        for (auto const& link : lab_.links) check_link(link);
        for (auto const& node : lab_.nodes) check_node(node);
        for (auto const& segment : lab_.segments) check_segment(segment);
        check_hosts();
        check_internet();
    }

private:
    void check_link(LabLink const& link);
    void check_impairments(LabLink const& link);
    void check_node(LabNode const& node);
    void check_nat(LabNode const& node);
    void check_interfaces(LabNode const& node);
    void check_segment(Segment const& segment);
    void check_hosts();
    void check_internet();
    [[nodiscard]] std::vector<std::string_view> interfaces_of(LabNode const& node) const;
    void check_interface_name(LabNode const& node, std::string const& name, Place const& place);

    Lab const& lab_;
    Complaints& complaints_;
};

void LabChecker::check_link(LabLink const& link) {
    if (link.needs_bridge() && link.ends.size() > most_bridge_ports)
        complaints_.error("E502", link.place,
                          fmt::format("lan '{}' has {} ends, and a bridge {} ports", link.name,
                                      link.ends.size(), most_bridge_ports),
                          "split it, with a router between");
    for (auto const& end : link.ends) {
        auto const& node = lab_.nodes[end.node];
        if ((end.vlan || !end.trunk.empty()) &&
            (node.role != NodeRole::switch_ || !node.switch_options.vlan_aware))
            complaints_.error(
                "E321", end.place,
                fmt::format("'{}' is no VLAN-aware switch, and a port of it has VLANs", node.name),
                "add role: switch and switch: { vlan-aware: yes }");
    }
    if (link.shape == LinkShape::cable && link.ends[0].node == link.ends[1].node)
        complaints_.warning(
            "W301", link.place,
            fmt::format("both ends of link '{}' are at '{}'", link.name, lab_.nodes[link.ends[0].node].name));
    check_impairments(link);
}

/// What is the same at all ends is said once.
void LabChecker::check_impairments(LabLink const& link) {
    std::set<std::string> said;
    for (auto const& end : link.ends)
        for (auto const& what : beyond_netem(end.impairment))
            if (said.insert(what).second)
                complaints_.warning("W504", link.impair_place,
                                    fmt::format("link '{}' goes without {}", link.name, what));
}

std::vector<std::string_view> LabChecker::interfaces_of(LabNode const& node) const {
    std::vector<std::string_view> names{"lo"};
    for (auto const& which : node.ends) names.push_back(lab_.end(which).interface);
    for (auto const& interface : node.interfaces) names.push_back(interface.name);
    return names;
}

void LabChecker::check_interface_name(LabNode const& node, std::string const& name, Place const& place) {
    if (name.empty() || name == "*") return;
    auto const names = interfaces_of(node);
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    auto hint = did_you_mean(name, names);
    if (hint.empty()) hint = "its interfaces are " + enumerate(names);
    complaints_.error("E308", place, fmt::format("node '{}' has no interface '{}'", node.name, name),
                      std::move(hint));
}

void LabChecker::check_nat(LabNode const& node) {
    bool const elsewhere = node.netns != NetnsKind::own || (lab_.internet && lab_.internet->via != no_index &&
                                                            &lab_.nodes[lab_.internet->via] == &node);
    for (auto const& rule : node.nat)
        if (!elsewhere) check_interface_name(node, rule.device, rule.place);
    if (!node.nat.empty() && node.role != NodeRole::router)
        complaints_.warning("W302", node.nat[0].place,
                            fmt::format("'{}' translates addresses, and forwards nothing", node.name),
                            "add role: router");
}

void LabChecker::check_interfaces(LabNode const& node) {
    for (auto const& interface : node.interfaces) {
        check_interface_kind(interface, complaints_);
        if (node.netns != NetnsKind::own) continue;
        check_interface_name(node, interface.master, interface.place);
        check_interface_name(node, interface.link, interface.place);
        for (auto const& port : interface.ports) check_interface_name(node, port, interface.place);
    }
}

void LabChecker::check_node(LabNode const& node) {
    check_nat(node);
    check_interfaces(node);
    if (node.role == NodeRole::switch_ && node.ends.size() > most_bridge_ports)
        complaints_.error("E502", node.place,
                          fmt::format("switch '{}' has {} cables, and a bridge {} ports", node.name,
                                      node.ends.size(), most_bridge_ports));
    if (node.ends.empty() && lab_.nodes.size() > 1 && node.netns == NetnsKind::own && node.interfaces.empty())
        complaints_.warning("W303", node.place, fmt::format("node '{}' has no link", node.name));
    bool const forwards = std::any_of(node.sysctls.begin(), node.sysctls.end(), [](auto const& sysctl) {
        return sysctl.first.ends_with("forward") || sysctl.first.ends_with("forwarding");
    });
    if (node.role == NodeRole::host && forwards)
        complaints_.warning("W304", node.place,
                            fmt::format("'{}' forwards by its sysctls, and is not routed through", node.name),
                            "add role: router");
}

void LabChecker::check_segment(Segment const& segment) {
    if (segment.members.size() > most_neighbours)
        complaints_.warning(
            "W502", lab_.links[segment.links[0]].place,
            fmt::format("the segment of '{}' has {} members, and the neighbour cache {} places", segment.name,
                        segment.members.size(), most_neighbours));
    std::map<std::uint32_t, std::string_view> sizes;
    for (auto const& which : segment.members) {
        auto const mtu = lab_.end(which).mtu ? lab_.end(which).mtu : lab_.links[which.first].mtu;
        sizes.emplace(mtu.value_or(1500), lab_.nodes[lab_.end(which).node].name);
    }
    if (sizes.size() > 1)
        complaints_.warning("W503", lab_.links[segment.links[0]].place,
                            fmt::format("the ends of '{}' have different MTUs: {} at '{}', {} at '{}'",
                                        segment.name, sizes.begin()->first, sizes.begin()->second,
                                        sizes.rbegin()->first, sizes.rbegin()->second));
}

void LabChecker::check_hosts() {
    LabNode const* first = nullptr;
    for (auto const& node : lab_.nodes) {
        if (node.netns != NetnsKind::host) continue;
        if (first)
            complaints_.error(
                "E504", node.place,
                fmt::format("'{}' and '{}' are both the caller's own namespace", first->name, node.name));
        first = first ? first : &node;
    }
    std::map<std::string_view, LabNode const*> by_path;
    for (auto const& node : lab_.nodes) {
        if (node.netns_path.empty()) continue;
        auto const [other, fresh] = by_path.emplace(node.netns_path, &node);
        if (!fresh)
            complaints_.error("E504", node.place,
                              fmt::format("'{}' and '{}' are both the namespace '{}'", other->second->name,
                                          node.name, node.netns_path));
    }
    for (auto const& link : lab_.links)
        if (link.ends.size() == 2 && std::ranges::all_of(link.ends, [this](LabEnd const& end) {
                return lab_.nodes[end.node].netns != NetnsKind::own;
            }))
            complaints_.error(
                "E507", link.place,
                fmt::format("both ends of '{}' are in namespaces that are not the lab's own", link.name),
                "put a node between: with it goes the cable when the lab ends");
}

void LabChecker::check_internet() {
    if (!lab_.internet || lab_.internet->via == no_index) return;
    auto const& internet = *lab_.internet;
    if (!has_way_out(lab_))
        complaints_.warning("W505", internet.place,
                            fmt::format("'{}' is no namespace of the lab's own, and gets no way out",
                                        lab_.nodes[internet.via].name));
    for (auto const& publication : internet.publish)
        if (auto const why = refusal_of(lab_, publication); !why.empty())
            complaints_.warning("W505", publication.place, fmt::format("this is not published: {}", why));
}

}  // namespace

void check_lab(Lab const& lab, Complaints& complaints) { LabChecker(lab, complaints).run(); }

}  // namespace vethwork::topology
