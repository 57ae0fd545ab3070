// An address of a link. Source: <linux/if_addr.h>, ip-address(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

inline constexpr std::uint32_t forever = 0xffffffff;  ///< a lifetime that does not end

/// How long an address lives, in seconds from now, and when it was made and last changed, in 1/100 s since
/// the start of the machine (struct ifa_cacheinfo).
struct AddressLifetimes {
    std::uint32_t preferred = forever;
    std::uint32_t valid = forever;
    std::uint32_t created = 0, updated = 0;  ///< read only

    bool operator==(AddressLifetimes const&) const = default;
};

struct InterfaceAddress {
    LinkRef link;
    std::optional<Family> family;    ///< that of the addresses below
    std::optional<IpAddress> local;  ///< the address itself
    std::optional<IpAddress> peer;   ///< the other end's, where it differs from `local`
    std::uint8_t prefix_length = 0;  ///< of `peer` where there is one
    std::optional<IpAddress> broadcast, anycast;
    std::optional<std::string> label;  ///< IPv4: at most 15 characters
    std::optional<std::uint8_t> scope;
    std::uint32_t flags = 0;  ///< IFA_F_…
    std::optional<std::uint32_t> metric;
    std::optional<std::uint8_t> protocol;  ///< IFAPROT_…: who made it
    std::optional<AddressLifetimes> lifetimes;

    bool operator==(InterfaceAddress const&) const = default;
};

}  // namespace vethwork::topology
