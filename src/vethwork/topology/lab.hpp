// A lab, complete: what a topology file means once it is expanded, checked, addressed and routed. Everything
// has its Place, so that a report can say which line it came from. References between parts are indices into
// the vectors of the Lab.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/impairment.hpp>
#include <vethwork/topology/range.hpp>

namespace vethwork::topology {

inline constexpr std::size_t no_index = static_cast<std::size_t>(-1);

/// Text and where it stands: a route, a rule, a ruleset.
struct PlacedText {
    std::string text;
    Place place;

    bool operator==(PlacedText const&) const = default;
};

using NamedTexts = std::vector<std::pair<std::string, PlacedText>>;

enum class NodeRole : std::uint8_t { host, router, switch_ };
enum class NetnsKind : std::uint8_t { own, host, path };
enum class Families : std::uint8_t { neither = 0, v4 = 1, v6 = 2, both = 3 };

[[nodiscard]] constexpr bool has(Families families, Family family) {
    return (static_cast<unsigned>(families) & (family == Family::ipv4 ? 1u : 2u)) != 0;
}

/// A device that is no end of a cable.
struct LabInterface {
    std::string name, kind;
    std::vector<IpPrefix> addresses;
    std::optional<LinkAddress> mac;
    std::optional<std::uint32_t> mtu, id, table;
    std::optional<std::uint16_t> port;
    bool up = true;
    std::string master, link, mode, key, options;  ///< empty: not written
    std::vector<std::string> ports;
    std::optional<IpAddress> local, remote, group;
    Place place, address_place;
    Place mtu_place, up_place;  ///< nowhere: not written

    bool operator==(LabInterface const&) const = default;
};

struct SwitchOptions {
    bool stp = false, vlan_aware = false;
    std::optional<Duration> ageing, forward_delay;
    std::optional<std::uint16_t> priority;

    bool operator==(SwitchOptions const&) const = default;
};

enum class NatKind : std::uint8_t { masquerade, snat, dnat };

struct NatRule {
    NatKind kind = NatKind::masquerade;
    std::string device;           ///< out of masquerade and snat, in of dnat; empty: any
    std::optional<IpAddress> to;  ///< of snat and dnat
    std::string protocol;         ///< of dnat
    std::uint16_t port = 0, to_port = 0;
    std::optional<IpPrefix> from;
    Families families = Families::v4;
    Place place;

    bool operator==(NatRule const&) const = default;
};

enum class ReadyKind : std::uint8_t { at_once, tcp, udp, unix_, http, file, log, exec };

struct Readiness {
    ReadyKind kind = ReadyKind::at_once;
    std::uint16_t port = 0;
    std::string text;               ///< path, URL, or what the log has
    std::vector<std::string> argv;  ///< of exec
    Duration within{10'000'000'000};

    bool operator==(Readiness const&) const = default;
};

enum class Restart : std::uint8_t { no, on_failure, always };

struct Service {
    std::string name;
    std::string script;  ///< for sh -eu; empty where argv is given
    std::vector<std::string> argv;
    Readiness ready;
    std::vector<std::pair<std::size_t, std::string>> after;  ///< node and service
    NamedTexts env;
    std::string dir, user;
    Restart restart = Restart::no;
    Duration stop{2'000'000'000};
    Place place;

    bool operator==(Service const&) const = default;
};

struct LabFile {
    std::string path, text, source;
    std::uint32_t mode = 0644;
    Place place;

    bool operator==(LabFile const&) const = default;
};

struct Limits {
    std::optional<std::uint64_t> memory;
    std::optional<std::uint32_t> cpu_percent, processes, files;

    bool operator==(Limits const&) const = default;
};

enum class GatewayKind : std::uint8_t { automatic, absent, node, address };

struct Gateway {
    GatewayKind kind = GatewayKind::automatic;
    std::size_t node = topology::no_index;
    IpAddress address;
    Place place;

    bool operator==(Gateway const&) const = default;
};

struct NextHop {
    IpAddress via;
    std::string device;

    bool operator==(NextHop const&) const = default;
};

/// A route that automatic routing adds; several next hops share the traffic.
struct LabRoute {
    IpPrefix destination;  ///< length 0: default
    std::vector<NextHop> next_hops;

    bool operator==(LabRoute const&) const = default;
};

struct LabNode {
    std::string name;
    NodeRole role = NodeRole::host;
    NetnsKind netns = NetnsKind::own;
    std::string netns_path;
    std::vector<std::string> tags;
    std::vector<IpPrefix> loopback;
    std::vector<Gateway> gateways;          ///< at most one a family; empty: automatic
    std::vector<PlacedText> routes, rules;  ///< what follows `ip route add` and `ip rule add`
    std::vector<LabInterface> interfaces;
    NamedTexts sysctls, env;
    std::optional<PlacedText> nft;
    std::vector<NatRule> nat;
    SwitchOptions switch_options;
    std::vector<Service> services;
    std::vector<LabFile> files;
    std::vector<std::string> private_folders;
    std::vector<IpAddress> dns;
    Limits limits;
    Place place;

    std::vector<std::pair<std::size_t, std::size_t>> ends;  ///< link and end, in the order of the file
    std::vector<LabRoute> automatic_routes;

    bool operator==(LabNode const&) const = default;
};

/// One end of a cable.
struct LabEnd {
    std::size_t node = no_index;
    std::string interface;            ///< given or automatic
    bool named = false;               ///< the name is written
    std::vector<IpPrefix> addresses;  ///< given or automatic
    bool addressed = false;           ///< the addresses are written (perhaps as none)
    std::optional<LinkAddress> mac;
    std::optional<std::uint32_t> mtu;
    std::optional<bool> up, offload;
    std::optional<std::uint16_t> vlan;
    std::vector<std::uint16_t> trunk;
    Impairment impairment;  ///< of packets that leave by this end
    std::size_t segment = no_index;
    Place place, address_place;
    Place mtu_place, up_place;  ///< nowhere: not written

    /// The first address of a family.
    [[nodiscard]] IpPrefix const* address(Family family) const;
    bool operator==(LabEnd const&) const = default;
};

enum class LinkShape : std::uint8_t {
    cable,  ///< two ends
    lan,    ///< any number of ends; more or fewer than two have a bridge of their own
};

/// A chain, ring or mesh is several cables by now.
struct LabLink {
    std::string name;
    LinkShape shape = LinkShape::cable;
    std::vector<LabEnd> ends;
    std::vector<IpPrefix> subnets;  ///< written
    bool automatic_subnet = true;   ///< `auto`; where it is false and there are none: `none`
    Families private_families = Families::neither;
    std::optional<std::uint32_t> mtu;
    std::uint32_t cost = 1;
    bool up = true;
    std::vector<std::string> tags;
    Place place, subnet_place, impair_place;
    Place mtu_place, up_place;  ///< nowhere: not written

    [[nodiscard]] bool needs_bridge() const { return shape == LinkShape::lan && ends.size() != 2; }
    bool operator==(LabLink const&) const = default;
};

/// What hears one broadcast: links that are joined by switches.
struct Segment {
    std::string name;  ///< of its first link
    std::vector<std::size_t> links;
    std::vector<std::pair<std::size_t, std::size_t>> members;  ///< link and end, without those at switches
    std::vector<std::size_t> switches;                         ///< nodes
    std::vector<IpPrefix> subnets;                             ///< of either family, networks
    Families private_families = Families::neither;

    [[nodiscard]] IpPrefix const* subnet(Family family) const;
    bool operator==(Segment const&) const = default;
};

struct Publication {
    IpAddress address = IpAddress::ipv4(0x7f000001);
    std::uint16_t port = 0, to_port = 0;
    std::size_t node = no_index;
    Place place;

    bool operator==(Publication const&) const = default;
};

enum class InternetMode : std::uint8_t { automatic, pasta, slirp4netns, nat };

struct Internet {
    std::size_t via = no_index;
    InternetMode mode = InternetMode::automatic;
    std::vector<Publication> publish;
    Place place;

    bool operator==(Internet const&) const = default;
};

/// Where a fault strikes: a link, or one end of it.
struct FaultTarget {
    std::size_t link = no_index, end = no_index;

    bool operator==(FaultTarget const&) const = default;
};

enum class FaultKind : std::uint8_t { down, up, impair, run, kill };

struct LabFault {
    FaultKind kind = FaultKind::down;
    std::vector<FaultTarget> targets;  ///< of down, up, impair
    Impairment impairment;
    std::string script;           ///< of run
    std::size_t node = no_index;  ///< of run and kill
    std::string service;          ///< of kill
    Place place;

    bool operator==(LabFault const&) const = default;
};

struct ScenarioStep {
    Duration at;
    std::optional<Duration> lasts;  ///< undone after this long
    LabFault fault;

    bool operator==(ScenarioStep const&) const = default;
};

struct Scenario {
    std::string name;
    std::vector<ScenarioStep> steps;
    Place place;

    bool operator==(Scenario const&) const = default;
};

enum class TestKind : std::uint8_t { ping, reach, path, tcp, udp, http, drop, throughput, exec };

/// What a test sends packets to: nodes, or an address that need not be anybody's.
using TestTarget = std::variant<std::vector<std::size_t>, IpAddress>;

struct LabTest {
    std::string name;
    TestKind kind = TestKind::ping;
    std::vector<LabFault> given;
    std::optional<Duration> within, hold;
    std::vector<std::size_t> from;  ///< nodes; of exec, where it runs; of reach, all of them
    TestTarget to;
    std::optional<Families> families;
    std::optional<std::uint32_t> count, size, status;
    std::optional<Range<Share>> loss;
    std::optional<Range<Duration>> rtt;
    std::optional<Range<BitRate>> rate;
    std::string expect;    ///< as written: "no-reply"; empty: the usual
    std::string protocol;  ///< of drop
    std::optional<std::uint16_t> port;
    std::vector<std::size_t> via;  ///< of path
    std::string url, body, send, receive, reason, script, output;
    std::vector<std::string> argv;
    std::size_t at = no_index;      ///< of drop
    std::optional<Duration> lasts;  ///< of throughput
    Place place;

    bool operator==(LabTest const&) const = default;
};

enum class RoutingMode : std::uint8_t { automatic, connected };

struct Lab {
    std::string name, title;
    Sources sources;
    std::optional<IpPrefix> pool_v4, pool_v6;  ///< nothing: off
    RoutingMode routing = RoutingMode::automatic;
    std::vector<LabNode> nodes;
    std::vector<LabLink> links;
    std::vector<Segment> segments;
    std::optional<Internet> internet;
    std::vector<Scenario> scenarios;
    std::vector<LabTest> tests;

    [[nodiscard]] std::size_t find_node(std::string_view name) const;  ///< no_index where there is no such
    [[nodiscard]] std::size_t find_link(std::string_view name) const;
    /// The first address of a node that others may know it by: of a cable's end, else of another device, else
    /// of the loopback device.
    [[nodiscard]] std::optional<IpAddress> address(std::size_t node, Family family) const;
    [[nodiscard]] LabEnd const& end(std::pair<std::size_t, std::size_t> which) const {
        return links[which.first].ends[which.second];
    }
    [[nodiscard]] LabEnd& end(std::pair<std::size_t, std::size_t> which) {
        return links[which.first].ends[which.second];
    }
};

}  // namespace vethwork::topology
