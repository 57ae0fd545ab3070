// What a namespace's rules and routes say about a packet, and which of them decides. The kernel is asked too;
// this names the object at fault, which the kernel's error does not. Pure. Source: ip-rule(8), ip-route(8),
// Documentation/networking/fib_trie.rst.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <vethwork/topology/route.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::diagnose {

/// What of a packet rules and routes look at.
struct PacketKey {
    IpAddress destination;
    std::optional<IpAddress> source;
    std::string incoming, outgoing;      ///< devices; empty: the packet is made here, any device
    std::uint8_t ip_protocol = 0;        ///< 0: not known
    std::uint16_t source_port = 0;       ///< 0: not known
    std::uint16_t destination_port = 0;  ///< 0: not known
    std::uint32_t mark = 0;
    /// The routing table of the VRF that the packet is in; 0: none.
    std::uint32_t vrf_table = 0;
};

/// The rule and the route that decide; neither: nothing fits.
struct Lookup {
    topology::Rule const* rule = nullptr;
    topology::Route const* route = nullptr;
};

[[nodiscard]] bool applies(topology::Rule const& rule, PacketKey const& packet);
/// The most specific route of one table, of those the one that is preferred; nothing where none fits.
[[nodiscard]] topology::Route const* best_route(std::span<topology::Route const> routes, std::uint32_t table,
                                                PacketKey const& packet);
/// Rules in their order, and the first table that answers.
[[nodiscard]] Lookup look_up(std::span<topology::Rule const> rules, std::span<topology::Route const> routes,
                             PacketKey const& packet);
/// The same with one rule left out: what would be if it were not there.
[[nodiscard]] Lookup look_up_without(std::span<topology::Rule const> rules,
                                     std::span<topology::Route const> routes, PacketKey const& packet,
                                     topology::Rule const* left_out);

}  // namespace vethwork::diagnose
