// Layer 3: the way that a packet takes from namespace to namespace by the configuration alone, with
// everything on it that speaks against its arrival. Where a decision is missing or leads astray, the walk
// goes on as it was probably meant, so that faults behind the first are seen too.
#pragma once

#include <optional>
#include <vector>

#include <vethwork/diagnose/fib.hpp>
#include <vethwork/diagnose/flow.hpp>
#include <vethwork/diagnose/segment.hpp>

namespace vethwork::diagnose {

enum class Direction : std::uint8_t { forward, back };

struct WalkedPacket {
    IpAddress destination;
    std::optional<IpAddress> source;  ///< nothing: the sender's kernel chooses
    Protocol protocol = Protocol::icmp;
    std::uint16_t port = 0;               ///< of the destination; 0: not known
    std::uint16_t source_port = 0;        ///< 0: not known
    std::uint32_t table = 0;              ///< the sender looks here for a route; 0: where its rules say
    topology::Link const* vrf = nullptr;  ///< where the sender speaks from; null: from none
    /// An answer: the namespaces that the question came through; empty: not known.
    std::vector<Site*> acquainted;
};

/// What one namespace does with the packet.
struct Hop {
    Site* site = nullptr;
    topology::Link const* in = nullptr;   ///< null: made here
    topology::Link const* out = nullptr;  ///< null: ends here
    topology::Route const* route = nullptr;
    topology::Rule const* rule = nullptr;
    std::optional<IpAddress> next;  ///< whom it is handed to
    std::uint32_t mark = 0;         ///< put on it by rules
};

struct Walk {
    Track track;
    std::vector<Hop> hops;
    std::optional<IpAddress> source;
    bool delivered = false;
    bool asks_proxies = false;  ///< who answer late on purpose (proxy_delay)
    /// Who puts another address in the place of the sender's, and which.
    Site* translator = nullptr;
    std::optional<IpAddress> translated_source;
    std::optional<Translation> source_translation;
    /// Where it goes once another address has been put in the place of the destination's.
    std::optional<IpAddress> destination;
    std::uint16_t port = 0;
    Site* destination_translator = nullptr;
    std::optional<Translation> destination_translation;

    [[nodiscard]] Hop const* last() const { return hops.empty() ? nullptr : &hops.back(); }
    /// Every finding of the track, in order.
    [[nodiscard]] std::vector<Finding> findings() const;
};

/// The packet as the rules and routes of a hop see it.
[[nodiscard]] PacketKey key_at(Hop const& hop, WalkedPacket const& packet,
                               std::optional<IpAddress> const& source);

[[nodiscard]] Walk walk(Sites& sites, Site& start, WalkedPacket const& packet, Direction direction);

/// It arrives, and nothing certain speaks against it.
[[nodiscard]] bool is_clean(Walk const& walk);

/// What speaks against a tunnel's packets to its far end.
[[nodiscard]] std::vector<Finding> walk_underlay(Sites& sites, Site& site, IpAddress const& to,
                                                 std::uint16_t port);

/// The namespace that has an address; nothing where none has it.
[[nodiscard]] Site* owner_of(Sites& sites, IpAddress const& address);

}  // namespace vethwork::diagnose
