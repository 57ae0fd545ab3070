// A neighbour: which link-layer address an IP address has, or that it is answered for. Source:
// <linux/neighbour.h>, ip-neighbour(8).
#pragma once

#include <cstdint>
#include <optional>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/link_address.hpp>
#include <vethwork/topology/reference.hpp>

namespace vethwork::topology {

/// When an entry was of use, in 1/100 s ago, and how many hold it (struct nda_cacheinfo).
struct NeighbourTimes {
    std::uint32_t confirmed = 0, used = 0, updated = 0, references = 0;

    bool operator==(NeighbourTimes const&) const = default;
};

struct Neighbour {
    LinkRef link;  ///< a proxy entry may have none: it is of every link
    std::optional<IpAddress> address;
    std::optional<LinkAddress> link_address;
    std::uint16_t state = 0;                      ///< NUD_…
    std::uint8_t flags = 0;                       ///< NTF_…
    std::uint8_t type = 0;                        ///< RTN_…, read only
    std::optional<std::uint32_t> extended_flags;  ///< NTF_EXT_…
    std::optional<std::uint8_t> protocol;         ///< RTPROT_…: who made it
    std::optional<std::uint32_t> probes;          ///< read only
    std::optional<NeighbourTimes> times;          ///< read only

    bool operator==(Neighbour const&) const = default;
};

}  // namespace vethwork::topology
