// The way out of a lab: the device in the node that `internet: via` names, and what lies behind it. A program
// outside of the lab (pasta, slirp4netns) is the other end of the device: it opens connections on behalf of
// the node, which masquerades for the others.
#pragma once

#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

inline constexpr std::string_view way_out_device = "inet0";

/// The node's own address there, and the one that is its gateway: of the space for carriers (RFC 6598), which
/// neither labs nor the networks of this machine are likely to use. slirp4netns insists on .100 and .2.
[[nodiscard]] IpPrefix way_out_address();
[[nodiscard]] IpAddress way_out_gateway();

/// Whether the lab has one that is carried out: `mode: nat` is not.
[[nodiscard]] bool has_way_out(Lab const& lab);

}  // namespace vethwork::topology
