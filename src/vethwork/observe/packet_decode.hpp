// What the packet decoders share. Not for users of the library: they call decode_packet().
#pragma once

#include <algorithm>
#include <utility>

#include <vethwork/base/checksum.hpp>
#include <vethwork/observe/packet.hpp>

namespace vethwork::observe {

/// A part of a packet: the captured bytes of it, and how many there were on the wire (never fewer).
struct Slice {
    Bytes bytes;
    std::size_t length = 0;

    [[nodiscard]] bool whole() const { return bytes.size() == length; }
    [[nodiscard]] Slice first(std::size_t size) const {
        return {bytes.first(std::min(size, bytes.size())), std::min(size, length)};
    }
    [[nodiscard]] Slice from(std::size_t offset) const {
        return {bytes.subspan(std::min(offset, bytes.size())), length - std::min(offset, length)};
    }
};

/// The IP packet around a transport header.
struct IpContext {
    IpAddress source, destination;
    bool fragment = false;  ///< a checksum cannot be verified
};

/// The packet being made.
struct Decoding {
    Packet& packet;
    int quoting = 0;  ///< how deep inside quoted packets

    template <class L>
    L& add(L layer) {
        return std::get<L>(packet.layers.emplace_back(std::move(layer)));
    }
    void cut(std::string_view protocol) { packet.cut = protocol; }
    void add_payload(Slice in) {
        if (in.length > 0) add(Payload{{in.bytes.begin(), in.bytes.end()}, in.length});
    }
    /// Tunnels in tunnels and quotes in quotes end somewhere.
    [[nodiscard]] bool too_deep() const { return packet.layers.size() >= 32 || quoting >= 4; }
};

void decode_ethernet(Slice in, Decoding& to);
void decode_ethertype(std::uint16_t type, Slice in, Decoding& to);
void decode_arp(Slice in, Decoding& to);
void decode_ipv4(Slice in, Decoding& to);
void decode_ipv6(Slice in, Decoding& to);
/// IPv4 or IPv6, as the first four bits say.
void decode_ip(Slice in, Decoding& to);
void decode_ip_payload(std::uint8_t protocol, Slice in, IpContext const& ip, Decoding& to);
void decode_icmp(Slice in, IpContext const& ip, Decoding& to);
void decode_icmpv6(Slice in, IpContext const& ip, Decoding& to);
void decode_igmp(Slice in, Decoding& to);
void decode_tcp(Slice in, IpContext const& ip, Decoding& to);
void decode_udp(Slice in, IpContext const& ip, Decoding& to);
void decode_vxlan(Slice in, Decoding& to);
void decode_gre(Slice in, Decoding& to);
enum class DnsTransport { udp, multicast, tcp };
void decode_dns(Slice in, DnsTransport transport, Decoding& to);

/// The checksum found at `offset` of `in` and what it should be; `sum` holds the pseudo header.
[[nodiscard]] Checksum verify_checksum(Slice in, std::size_t offset, InternetChecksum sum);
/// The pseudo header of RFC 9293 and RFC 8200.
[[nodiscard]] InternetChecksum pseudo_header(IpContext const& ip, std::uint8_t protocol, std::size_t length);
/// `size` octets as an address; the unspecified one past the end.
[[nodiscard]] IpAddress read_address(ByteReader& in, Family family);
[[nodiscard]] LinkAddress read_link_address(ByteReader& in, std::size_t size);
[[nodiscard]] std::vector<std::uint8_t> read_octets(ByteReader& in, std::size_t size);

}  // namespace vethwork::observe
