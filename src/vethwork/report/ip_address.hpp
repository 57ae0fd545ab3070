// Addresses as `ip address` shows them.
#pragma once

#include <vethwork/report/ip_link.hpp>
#include <vethwork/report/ip_writer.hpp>
#include <vethwork/topology/interface_address.hpp>

namespace vethwork::report {

enum class AddressPlace {
    below_link,  ///< the link is told already
    alone,       ///< the line itself tells number and name of the link
};

/// One address inside an object of the caller's.
void write_address(IpWriter& writer, topology::InterfaceAddress const& address, IpDetails const& details,
                   AddressPlace place);

}  // namespace vethwork::report
