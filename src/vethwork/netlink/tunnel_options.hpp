// Options of the outer header of an IP encapsulation, on the wire: LWTUNNEL_IP_OPTS.
// Source: <linux/lwtunnel.h>.
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/encapsulation.hpp>

namespace vethwork::netlink {

/// Writes nothing where there are none.
void write_tunnel_options(topology::TunnelOptions const& options, MessageWriter& to);
/// From the content of LWTUNNEL_IP_OPTS; false where it is malformed.
[[nodiscard]] bool read_tunnel_options(Bytes content, topology::TunnelOptions& options);

}  // namespace vethwork::netlink
