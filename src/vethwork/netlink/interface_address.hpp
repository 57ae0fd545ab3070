// Addresses on the wire: RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR. Source: <linux/if_addr.h>, rtnetlink(7).
#pragma once

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/interface_address.hpp>

namespace vethwork::netlink {

/// Whether IFA_ADDRESS is sent. The kernel then deletes only an address with that peer and prefix length;
/// without it any that has the local address.
enum class PeerMatch { exact, any };

/// ifaddrmsg and attributes; the link must have its index.
void write_address(topology::InterfaceAddress const& address, MessageWriter& to,
                   PeerMatch match = PeerMatch::exact);

/// An address out of an RTM_NEWADDR or RTM_DELADDR message; its link has an index, no name.
[[nodiscard]] Result<topology::InterfaceAddress> read_address(Message const& message);

}  // namespace vethwork::netlink
