#include <linux/if_link.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Geneve;
using topology::Vxlan;

/// One member for two attributes: `Type4` holds an IPv4 address, `Type6` an IPv6 one. The row of one family
/// writes nothing of the other.
template <auto Member, Family Which>
constexpr auto address_of(std::uint16_t type, std::string_view name) {
    using Owner = typename decltype(member_facts(Member))::OwnerType;
    Row<Owner> row = field<Member>(type, name);
    row.write = [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
        if (owner.*Member && (owner.*Member)->family == Which) HostOrder::write(to, t, n, *(owner.*Member));
    };
    return row;
}

/// struct ifla_vxlan_port_range: both in network byte order.
struct Ports {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      topology::SourcePorts const& ports) {
        std::uint16_t const both[] = {NetworkOrder::swapped(ports.low), NetworkOrder::swapped(ports.high)};
        to.value(type, name, both);
    }
    static bool read(Bytes bytes, topology::SourcePorts& ports) {
        ByteReader reader(bytes);
        ports = {reader.u16(), reader.u16()};
        return !reader.failed();
    }
};

/// Without payload when it is set, with one octet when it is read.
struct Inherit : Presence {
    static bool read(Bytes bytes, bool& value) {
        value = bytes.empty() || bytes[0] != 0;
        return true;
    }
};

constexpr auto vxlan_fields = make_table<Vxlan>(
    field<&Vxlan::id>(IFLA_VXLAN_ID, "IFLA_VXLAN_ID"),
    address_of<&Vxlan::remote, Family::ipv4>(IFLA_VXLAN_GROUP, "IFLA_VXLAN_GROUP"),
    address_of<&Vxlan::remote, Family::ipv6>(IFLA_VXLAN_GROUP6, "IFLA_VXLAN_GROUP6"),
    field<&Vxlan::underlay>(IFLA_VXLAN_LINK, "IFLA_VXLAN_LINK"),
    address_of<&Vxlan::local, Family::ipv4>(IFLA_VXLAN_LOCAL, "IFLA_VXLAN_LOCAL"),
    address_of<&Vxlan::local, Family::ipv6>(IFLA_VXLAN_LOCAL6, "IFLA_VXLAN_LOCAL6"),
    field<&Vxlan::ttl>(IFLA_VXLAN_TTL, "IFLA_VXLAN_TTL"),
    field<&Vxlan::ttl_inherit, Inherit>(IFLA_VXLAN_TTL_INHERIT, "IFLA_VXLAN_TTL_INHERIT"),
    field<&Vxlan::tos>(IFLA_VXLAN_TOS, "IFLA_VXLAN_TOS"),
    field<&Vxlan::dont_fragment>(IFLA_VXLAN_DF, "IFLA_VXLAN_DF"),
    field<&Vxlan::flow_label, NetworkOrder>(IFLA_VXLAN_LABEL, "IFLA_VXLAN_LABEL"),
    field<&Vxlan::learning>(IFLA_VXLAN_LEARNING, "IFLA_VXLAN_LEARNING"),
    field<&Vxlan::proxy>(IFLA_VXLAN_PROXY, "IFLA_VXLAN_PROXY"),
    field<&Vxlan::route_short_circuit>(IFLA_VXLAN_RSC, "IFLA_VXLAN_RSC"),
    field<&Vxlan::l2_miss>(IFLA_VXLAN_L2MISS, "IFLA_VXLAN_L2MISS"),
    field<&Vxlan::l3_miss>(IFLA_VXLAN_L3MISS, "IFLA_VXLAN_L3MISS"),
    field<&Vxlan::external>(IFLA_VXLAN_COLLECT_METADATA, "IFLA_VXLAN_COLLECT_METADATA"),
    field<&Vxlan::ageing>(IFLA_VXLAN_AGEING, "IFLA_VXLAN_AGEING"),
    field<&Vxlan::limit>(IFLA_VXLAN_LIMIT, "IFLA_VXLAN_LIMIT"),
    field<&Vxlan::port, NetworkOrder>(IFLA_VXLAN_PORT, "IFLA_VXLAN_PORT"),
    field<&Vxlan::udp_checksum>(IFLA_VXLAN_UDP_CSUM, "IFLA_VXLAN_UDP_CSUM"),
    field<&Vxlan::udp6_zero_checksum_tx>(IFLA_VXLAN_UDP_ZERO_CSUM6_TX, "IFLA_VXLAN_UDP_ZERO_CSUM6_TX"),
    field<&Vxlan::udp6_zero_checksum_rx>(IFLA_VXLAN_UDP_ZERO_CSUM6_RX, "IFLA_VXLAN_UDP_ZERO_CSUM6_RX"),
    field<&Vxlan::remote_checksum_tx>(IFLA_VXLAN_REMCSUM_TX, "IFLA_VXLAN_REMCSUM_TX"),
    field<&Vxlan::remote_checksum_rx>(IFLA_VXLAN_REMCSUM_RX, "IFLA_VXLAN_REMCSUM_RX"),
    field<&Vxlan::source_ports, Ports>(IFLA_VXLAN_PORT_RANGE, "IFLA_VXLAN_PORT_RANGE"),
    field<&Vxlan::group_policy, Presence>(IFLA_VXLAN_GBP, "IFLA_VXLAN_GBP"),
    field<&Vxlan::protocol_extension, Presence>(IFLA_VXLAN_GPE, "IFLA_VXLAN_GPE"),
    field<&Vxlan::vni_filter>(IFLA_VXLAN_VNIFILTER, "IFLA_VXLAN_VNIFILTER"));

constexpr auto geneve_fields = make_table<Geneve>(
    field<&Geneve::id>(IFLA_GENEVE_ID, "IFLA_GENEVE_ID"),
    address_of<&Geneve::remote, Family::ipv4>(IFLA_GENEVE_REMOTE, "IFLA_GENEVE_REMOTE"),
    address_of<&Geneve::remote, Family::ipv6>(IFLA_GENEVE_REMOTE6, "IFLA_GENEVE_REMOTE6"),
    field<&Geneve::ttl>(IFLA_GENEVE_TTL, "IFLA_GENEVE_TTL"),
    field<&Geneve::ttl_inherit>(IFLA_GENEVE_TTL_INHERIT, "IFLA_GENEVE_TTL_INHERIT"),
    field<&Geneve::tos>(IFLA_GENEVE_TOS, "IFLA_GENEVE_TOS"),
    field<&Geneve::dont_fragment>(IFLA_GENEVE_DF, "IFLA_GENEVE_DF"),
    field<&Geneve::flow_label, NetworkOrder>(IFLA_GENEVE_LABEL, "IFLA_GENEVE_LABEL"),
    field<&Geneve::port, NetworkOrder>(IFLA_GENEVE_PORT, "IFLA_GENEVE_PORT"),
    field<&Geneve::external, Presence>(IFLA_GENEVE_COLLECT_METADATA, "IFLA_GENEVE_COLLECT_METADATA"),
    field<&Geneve::udp_checksum>(IFLA_GENEVE_UDP_CSUM, "IFLA_GENEVE_UDP_CSUM"),
    field<&Geneve::udp6_zero_checksum_tx>(IFLA_GENEVE_UDP_ZERO_CSUM6_TX, "IFLA_GENEVE_UDP_ZERO_CSUM6_TX"),
    field<&Geneve::udp6_zero_checksum_rx>(IFLA_GENEVE_UDP_ZERO_CSUM6_RX, "IFLA_GENEVE_UDP_ZERO_CSUM6_RX"),
    field<&Geneve::inner_protocol_inherit, Presence>(IFLA_GENEVE_INNER_PROTO_INHERIT,
                                                     "IFLA_GENEVE_INNER_PROTO_INHERIT"));

}  // namespace

constinit LinkKindRow const vxlan_kind = table_kind<Vxlan, vxlan_fields>("vxlan");
constinit LinkKindRow const geneve_kind = table_kind<Geneve, geneve_fields>("geneve");

}  // namespace vethwork::netlink
