#include <vethwork/netlink/interface_address.hpp>

#include <linux/if_addr.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

using topology::AddressLifetimes;
using topology::InterfaceAddress;

static_assert(sizeof(AddressLifetimes) == sizeof(ifa_cacheinfo));

/// What the kernel sends; IFA_LOCAL is absent where it is the same as IFA_ADDRESS (IPv6).
constexpr auto fields = make_table<InterfaceAddress>(
    field<&InterfaceAddress::peer>(IFA_ADDRESS, "IFA_ADDRESS"),
    field<&InterfaceAddress::local>(IFA_LOCAL, "IFA_LOCAL"),
    field<&InterfaceAddress::label>(IFA_LABEL, "IFA_LABEL"),
    field<&InterfaceAddress::broadcast>(IFA_BROADCAST, "IFA_BROADCAST"),
    field<&InterfaceAddress::anycast>(IFA_ANYCAST, "IFA_ANYCAST"),
    field<&InterfaceAddress::lifetimes>(IFA_CACHEINFO, "IFA_CACHEINFO"),
    Row<InterfaceAddress>{
        IFA_FLAGS, "IFA_FLAGS",
        [](InterfaceAddress const& address, MessageWriter& to, std::uint16_t type, std::string_view name) {
            if (address.flags > 0xff) to.value(type, name, address.flags);
        },
        [](InterfaceAddress& address, Bytes bytes) { return HostOrder::read(bytes, address.flags); }},
    field<&InterfaceAddress::metric>(IFA_RT_PRIORITY, "IFA_RT_PRIORITY"),
    field<&InterfaceAddress::protocol>(IFA_PROTO, "IFA_PROTO"));

}  // namespace

void write_address(InterfaceAddress const& address, MessageWriter& to, PeerMatch match) {
    to.fixed(ifaddrmsg{.ifa_family = static_cast<std::uint8_t>(address.family ? *address.family : Family{}),
                       .ifa_prefixlen = address.prefix_length,
                       .ifa_flags = static_cast<std::uint8_t>(address.flags > 0xff ? 0 : address.flags),
                       .ifa_scope = address.scope.value_or(0),
                       .ifa_index = address.link.index});
    InterfaceAddress sent = address;
    if (match == PeerMatch::exact && !sent.peer) sent.peer = sent.local;
    fields.write(sent, to);
}

Result<InterfaceAddress> read_address(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<ifaddrmsg>();
    if (reader.failed()) return malformed_error("decode an address: its header is cut short");
    InterfaceAddress address;
    if (header.ifa_family != 0) address.family = static_cast<Family>(header.ifa_family);
    address.link.index = header.ifa_index;
    address.prefix_length = header.ifa_prefixlen;
    address.flags = header.ifa_flags;
    address.scope = header.ifa_scope;
    if (auto error = fields.read(reader.rest(), address, "an address")) return *std::move(error);
    if (!address.local) address.local = address.peer;
    if (address.peer == address.local) address.peer.reset();
    return address;
}

}  // namespace vethwork::netlink
