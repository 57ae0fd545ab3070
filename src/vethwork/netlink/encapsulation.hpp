// How a route wraps its packets, on the wire: RTA_ENCAP_TYPE with RTA_ENCAP, and the same of next hops.
// Source: <linux/lwtunnel.h>, <linux/mpls_iptunnel.h>, <linux/seg6_iptunnel.h>.
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/encapsulation.hpp>

namespace vethwork::netlink {

/// Where the two attributes stand in an object.
struct EncapsulationTypes {
    std::uint16_t type, content;  ///< RTA_ENCAP_TYPE and RTA_ENCAP, or NHA_…
};

/// LWTUNNEL_ENCAP_…
[[nodiscard]] std::uint16_t encapsulation_type(topology::Encapsulation const& encapsulation);

void write_encapsulation(topology::Encapsulation const& encapsulation, EncapsulationTypes types,
                         MessageWriter& to);

/// From the content of both attributes; nothing where it is malformed.
[[nodiscard]] std::optional<topology::Encapsulation> read_encapsulation(std::uint16_t type, Bytes content);

}  // namespace vethwork::netlink
