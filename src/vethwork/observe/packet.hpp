// A captured packet as a value: the list of its layers from the outside in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <vethwork/base/bytes.hpp>
#include <vethwork/observe/packet_dns.hpp>
#include <vethwork/observe/packet_icmp.hpp>
#include <vethwork/observe/packet_ip.hpp>
#include <vethwork/observe/packet_link.hpp>
#include <vethwork/observe/packet_transport.hpp>

namespace vethwork::observe {

/// What no decoder took apart.
struct Payload {
    std::vector<std::uint8_t> bytes;  ///< as many as were captured
    std::size_t length = 0;           ///< on the wire
};

/// A header that contradicts itself; nothing behind it was read.
struct Malformed {
    std::string_view protocol;
    std::string what;
};

using Layer = std::variant<Ethernet, CookedLink, NullLink, Arp, Ipv4, Ipv6, Ipv6Options, Ipv6Routing,
                           Ipv6Fragment, Icmp, Icmpv6, Igmp, Tcp, Udp, Vxlan, Gre, Dns, Payload, Malformed>;

struct Packet {
    std::vector<Layer> layers;
    /// The protocol in whose header the captured bytes end ("tcp"); empty where every header is there.
    std::string_view cut;

    [[nodiscard]] bool truncated() const { return !cut.empty(); }
    /// The first layer of a type, or nothing.
    template <class L>
    [[nodiscard]] L const* find() const {
        for (Layer const& layer : layers)
            if (auto const* found = std::get_if<L>(&layer)) return found;
        return nullptr;
    }
};

/// Bytes as they came from a device or a file.
struct Frame {
    std::int64_t time = 0;  ///< nanoseconds since 1970 (UTC)
    LinkType link = LinkType::ethernet;
    std::uint32_t length = 0;     ///< on the wire; bytes may be fewer
    std::uint32_t interface = 0;  ///< device index (live), number of the interface block (pcapng)
    std::vector<std::uint8_t> bytes;
};

/// Takes a frame apart. Any bytes whatsoever give a packet.
[[nodiscard]] Packet decode_packet(Frame const& frame);
/// The same for bytes of which `length` were on the wire.
[[nodiscard]] Packet decode_packet(LinkType link, Bytes bytes, std::size_t length);

}  // namespace vethwork::observe
