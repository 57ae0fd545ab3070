// A network as values: what is in each namespace. Wanted states come from a lab, actual ones from the kernel;
// planning is the difference of two of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <vethwork/topology/bridge_vlan.hpp>
#include <vethwork/topology/interface_address.hpp>
#include <vethwork/topology/link.hpp>
#include <vethwork/topology/neighbour.hpp>
#include <vethwork/topology/qdisc.hpp>
#include <vethwork/topology/route.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::topology {

/// Where in the file a thing was asked for, and why it is wanted where it was not written: "automatic route
/// to lan".
struct Origin {
    std::string file;
    std::uint32_t line = 0, column = 0;  ///< from 1; 0: not written anywhere
    std::string reason;

    bool operator==(Origin const&) const = default;
};

/// One namespace. A veth's other end is told by its Veth: name and namespace (by the names used here).
struct NamespaceState {
    std::string name;
    bool outside = false;  ///< not the lab's to make or end: the caller's own namespace, or that of a path
    std::string path;      ///< of the namespace, where it is outside and not the caller's
    std::vector<Link> links;
    std::vector<InterfaceAddress> addresses;
    std::vector<Route> routes;       ///< those that somebody set; the kernel's own follow from addresses
    std::vector<Route> lost_routes;  ///< read only: those of the kernel's own that somebody has removed
    std::vector<Rule> rules;
    std::vector<Neighbour> neighbours;           ///< permanent ones
    std::vector<BridgeVlan> vlans;               ///< of ports of bridges that filter VLANs
    std::vector<Qdisc> qdiscs;                   ///< at the roots of links; of any but netem only the kind
    std::map<std::string, bool> offloads;        ///< by link, where it is not left as it is
    std::map<std::string, std::string> sysctls;  ///< "net.ipv4.ip_forward"
    std::string ruleset;                         ///< nft text

    [[nodiscard]] Link const* link(std::string_view called) const;  ///< nothing where there is none
    bool operator==(NamespaceState const&) const = default;
};

struct NetworkState {
    std::vector<NamespaceState> namespaces;
    std::map<std::string, Origin> origins;  ///< by key_of(); may lack some

    [[nodiscard]] NamespaceState const* find(std::string_view name) const;
};

/// What a thing is known by: "pc1/link/eth0", "pc1/address/eth0/10.0.0.2/24", "pc1/route/0.0.0.0/0". Two
/// things of one key cannot both be.
[[nodiscard]] std::string key_of(std::string_view netns);
[[nodiscard]] std::string key_of(std::string_view netns, Link const& link);
[[nodiscard]] std::string key_of(std::string_view netns, InterfaceAddress const& address);
[[nodiscard]] std::string key_of(std::string_view netns, Route const& route);
[[nodiscard]] std::string key_of(std::string_view netns, Rule const& rule);
[[nodiscard]] std::string key_of(std::string_view netns, Neighbour const& neighbour);
[[nodiscard]] std::string key_of(std::string_view netns, BridgeVlan const& vlan);
[[nodiscard]] std::string key_of(std::string_view netns, Qdisc const& qdisc);
/// Of one thing that a line may say of a link: "mtu", "up". Only origins have such keys.
[[nodiscard]] std::string key_of_link_setting(std::string_view netns, std::string_view link,
                                              std::string_view setting);
[[nodiscard]] std::string key_of_offload(std::string_view netns, std::string_view link);
[[nodiscard]] std::string key_of_sysctl(std::string_view netns, std::string_view name);
[[nodiscard]] std::string key_of_ruleset(std::string_view netns);

/// The metric the kernel gives a route that asks for none: 0 for IPv4, 1024 for IPv6.
[[nodiscard]] std::uint32_t priority_of(Route const& route);

}  // namespace vethwork::topology
