// The way out of a lab: the device in the node that `internet: via` names, and what lies behind it. A program
// outside of the lab (pasta, slirp4netns) is the other end of the device: it opens connections on behalf of
// the node, which masquerades for the others. By `mode: nat` the machine itself is (nat_way_out.hpp).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

inline constexpr std::string_view way_out_device = "inet0";

/// The node's own address there, and the one that is its gateway: of the space for carriers (RFC 6598) and a
/// unique local one (RFC 4193), which neither labs nor the networks of this machine are likely to use.
/// slirp4netns insists on .100 and .2.
[[nodiscard]] IpPrefix way_out_address(Family family);
[[nodiscard]] IpAddress way_out_gateway(Family family);

/// Whether the lab has one.
[[nodiscard]] bool has_way_out(Lab const& lab);
/// Whether it is one for this family: for IPv6 where the lab has IPv6, by pasta.
[[nodiscard]] bool leads_out(Lab const& lab, Family family);

/// A port of the machine that leads to a node of the lab. The program outside delivers to `port` of the way
/// out's node, whose ruleset sends it on to the target; nothing as target: it is for that node itself.
struct PublishedPort {
    IpAddress address;  ///< of the machine
    std::uint16_t machine_port = 0, port = 0, target_port = 0;
    std::optional<IpAddress> target;
};

/// Why a publication is not carried out: "only pasta publishes ports"; empty where it is.
[[nodiscard]] std::string_view refusal_of(Lab const& lab, Publication const& publication);
/// Those that are carried out.
[[nodiscard]] std::vector<PublishedPort> published_ports(Lab const& lab);
/// Chains that send on what arrives at published ports, from inet0 or (from this machine itself) from lo;
/// empty where there are none.
[[nodiscard]] std::string publishing_chains(Lab const& lab);

}  // namespace vethwork::topology
