// The addresses of links, as values.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/interface_address.hpp>

namespace vethwork::observe {

/// Which addresses; what is absent does not restrict. The kernel filters itself.
struct AddressQuery {
    std::optional<Family> family;
    std::uint32_t link_index = 0;
};

/// What a dump gave, in the kernel's order, and whether the state changed meanwhile.
struct AddressSet {
    std::vector<topology::InterfaceAddress> addresses;
    bool interrupted = false;
};

[[nodiscard]] Result<AddressSet> addresses(netlink::Connection& connection, AddressQuery const& query);

/// The kernel's messages themselves, one behind the other: what `address save` keeps.
[[nodiscard]] Result<std::vector<std::uint8_t>> address_messages(netlink::Connection& connection,
                                                                 AddressQuery const& query);

}  // namespace vethwork::observe
