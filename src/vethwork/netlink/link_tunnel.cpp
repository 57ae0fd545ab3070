#include <linux/if_link.h>
#include <linux/if_tunnel.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Gre;
using topology::GreOptions;
using topology::Ip6Gre;
using topology::Ip6Tunnel;
using topology::IpTunnel;
using topology::TunnelEncapsulation;
using topology::Vti;
using topology::Xfrm;

constexpr std::uint16_t with_checksum = 0x8000, with_key = 0x2000, with_sequence = 0x1000;  // GRE_CSUM, …

/// A row of Owner for a std::optional member of a member: the two are found one after the other.
template <class Owner, auto Outer, auto Inner, class Form = HostOrder>
constexpr Row<Owner> inner_field(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (auto const& value = owner.*Outer.*Inner) Form::write(to, t, n, *value);
            },
            [](Owner& owner, Bytes bytes) { return Form::read(bytes, (owner.*Outer.*Inner).emplace()); }};
}

std::uint16_t bits_of(GreOptions const& options) {
    std::uint16_t bits = 0;
    if (options.with_key.value_or(false)) bits |= with_key;
    if (options.with_sequence.value_or(false)) bits |= with_sequence;
    if (options.with_checksum.value_or(false)) bits |= with_checksum;
    return bits;
}

template <class Owner, auto Options>
constexpr Row<Owner> options_field(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (owner.*Options != GreOptions{}) NetworkOrder::write(to, t, n, bits_of(owner.*Options));
            },
            [](Owner& owner, Bytes bytes) {
                std::uint16_t bits = 0;
                if (!NetworkOrder::read(bytes, bits)) return false;
                auto& options = owner.*Options;
                options.with_key = (bits & with_key) != 0;
                options.with_sequence = (bits & with_sequence) != 0;
                options.with_checksum = (bits & with_checksum) != 0;
                return true;
            }};
}

template <class Owner>
constexpr Row<Owner> encapsulation_flags(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                auto const& encapsulation = owner.encapsulation;
                if (encapsulation == TunnelEncapsulation{}) return;
                std::uint16_t bits = 0;
                if (encapsulation.checksum.value_or(false)) bits |= TUNNEL_ENCAP_FLAG_CSUM;
                if (encapsulation.checksum6.value_or(false)) bits |= TUNNEL_ENCAP_FLAG_CSUM6;
                if (encapsulation.remote_checksum.value_or(false)) bits |= TUNNEL_ENCAP_FLAG_REMCSUM;
                to.value(t, n, bits);
            },
            [](Owner& owner, Bytes bytes) {
                std::uint16_t bits = 0;
                if (!HostOrder::read(bytes, bits)) return false;
                owner.encapsulation.checksum = (bits & TUNNEL_ENCAP_FLAG_CSUM) != 0;
                owner.encapsulation.checksum6 = (bits & TUNNEL_ENCAP_FLAG_CSUM6) != 0;
                owner.encapsulation.remote_checksum = (bits & TUNNEL_ENCAP_FLAG_REMCSUM) != 0;
                return true;
            }};
}

/// Traffic class and flow label of IPv6 in one word, as they stand in the header.
template <class Owner>
constexpr Row<Owner> flow_information(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (!owner.traffic_class && !owner.flow_label) return;
                std::uint32_t const bits = std::uint32_t{owner.traffic_class.value_or(0)} << 20 |
                                           (owner.flow_label.value_or(0) & 0xfffff);
                NetworkOrder::write(to, t, n, bits);
            },
            [](Owner& owner, Bytes bytes) {
                std::uint32_t bits = 0;
                if (!NetworkOrder::read(bytes, bits)) return false;
                owner.traffic_class = static_cast<std::uint8_t>(bits >> 20 & 0xff);
                owner.flow_label = bits & 0xfffff;
                return true;
            }};
}

template <class Owner>
constexpr Row<Owner> flags_field(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Owner const& owner, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (owner.flags_mask) to.value(t, n, owner.flags & owner.flags_mask);
            },
            [](Owner& owner, Bytes bytes) {
                owner.flags_mask = ~0u;
                return HostOrder::read(bytes, owner.flags);
            }};
}

constexpr auto gre_fields = make_table<Gre>(
    field<&Gre::underlay>(IFLA_GRE_LINK, "IFLA_GRE_LINK"),
    options_field<Gre, &Gre::input>(IFLA_GRE_IFLAGS, "IFLA_GRE_IFLAGS"),
    options_field<Gre, &Gre::output>(IFLA_GRE_OFLAGS, "IFLA_GRE_OFLAGS"),
    inner_field<Gre, &Gre::input, &GreOptions::key, NetworkOrder>(IFLA_GRE_IKEY, "IFLA_GRE_IKEY"),
    inner_field<Gre, &Gre::output, &GreOptions::key, NetworkOrder>(IFLA_GRE_OKEY, "IFLA_GRE_OKEY"),
    field<&Gre::local>(IFLA_GRE_LOCAL, "IFLA_GRE_LOCAL"),
    field<&Gre::remote>(IFLA_GRE_REMOTE, "IFLA_GRE_REMOTE"), field<&Gre::ttl>(IFLA_GRE_TTL, "IFLA_GRE_TTL"),
    field<&Gre::tos>(IFLA_GRE_TOS, "IFLA_GRE_TOS"),
    field<&Gre::path_mtu_discovery>(IFLA_GRE_PMTUDISC, "IFLA_GRE_PMTUDISC"),
    inner_field<Gre, &Gre::encapsulation, &TunnelEncapsulation::type>(IFLA_GRE_ENCAP_TYPE,
                                                                      "IFLA_GRE_ENCAP_TYPE"),
    encapsulation_flags<Gre>(IFLA_GRE_ENCAP_FLAGS, "IFLA_GRE_ENCAP_FLAGS"),
    inner_field<Gre, &Gre::encapsulation, &TunnelEncapsulation::source_port, NetworkOrder>(
        IFLA_GRE_ENCAP_SPORT, "IFLA_GRE_ENCAP_SPORT"),
    inner_field<Gre, &Gre::encapsulation, &TunnelEncapsulation::destination_port, NetworkOrder>(
        IFLA_GRE_ENCAP_DPORT, "IFLA_GRE_ENCAP_DPORT"),
    field<&Gre::external, Presence>(IFLA_GRE_COLLECT_METADATA, "IFLA_GRE_COLLECT_METADATA"),
    field<&Gre::ignore_dont_fragment>(IFLA_GRE_IGNORE_DF, "IFLA_GRE_IGNORE_DF"),
    field<&Gre::firewall_mark>(IFLA_GRE_FWMARK, "IFLA_GRE_FWMARK"));

constexpr auto ip6gre_fields = make_table<Ip6Gre>(
    field_of<Ip6Gre, &Ip6Gre::underlay>(IFLA_GRE_LINK, "IFLA_GRE_LINK"),
    options_field<Ip6Gre, &Ip6Gre::input>(IFLA_GRE_IFLAGS, "IFLA_GRE_IFLAGS"),
    options_field<Ip6Gre, &Ip6Gre::output>(IFLA_GRE_OFLAGS, "IFLA_GRE_OFLAGS"),
    inner_field<Ip6Gre, &Ip6Gre::input, &GreOptions::key, NetworkOrder>(IFLA_GRE_IKEY, "IFLA_GRE_IKEY"),
    inner_field<Ip6Gre, &Ip6Gre::output, &GreOptions::key, NetworkOrder>(IFLA_GRE_OKEY, "IFLA_GRE_OKEY"),
    field_of<Ip6Gre, &Ip6Gre::local>(IFLA_GRE_LOCAL, "IFLA_GRE_LOCAL"),
    field_of<Ip6Gre, &Ip6Gre::remote>(IFLA_GRE_REMOTE, "IFLA_GRE_REMOTE"),
    field_of<Ip6Gre, &Ip6Gre::hop_limit>(IFLA_GRE_TTL, "IFLA_GRE_TTL"),
    field_of<Ip6Gre, &Ip6Gre::encapsulation_limit>(IFLA_GRE_ENCAP_LIMIT, "IFLA_GRE_ENCAP_LIMIT"),
    flow_information<Ip6Gre>(IFLA_GRE_FLOWINFO, "IFLA_GRE_FLOWINFO"),
    flags_field<Ip6Gre>(IFLA_GRE_FLAGS, "IFLA_GRE_FLAGS"),
    inner_field<Ip6Gre, &Ip6Gre::encapsulation, &TunnelEncapsulation::type>(IFLA_GRE_ENCAP_TYPE,
                                                                            "IFLA_GRE_ENCAP_TYPE"),
    encapsulation_flags<Ip6Gre>(IFLA_GRE_ENCAP_FLAGS, "IFLA_GRE_ENCAP_FLAGS"),
    inner_field<Ip6Gre, &Ip6Gre::encapsulation, &TunnelEncapsulation::source_port, NetworkOrder>(
        IFLA_GRE_ENCAP_SPORT, "IFLA_GRE_ENCAP_SPORT"),
    inner_field<Ip6Gre, &Ip6Gre::encapsulation, &TunnelEncapsulation::destination_port, NetworkOrder>(
        IFLA_GRE_ENCAP_DPORT, "IFLA_GRE_ENCAP_DPORT"),
    field_of<Ip6Gre, &Ip6Gre::external, Presence>(IFLA_GRE_COLLECT_METADATA, "IFLA_GRE_COLLECT_METADATA"),
    field_of<Ip6Gre, &Ip6Gre::firewall_mark>(IFLA_GRE_FWMARK, "IFLA_GRE_FWMARK"));

/// An address and the length of its prefix lie in two attributes.
template <auto Member>
constexpr Row<IpTunnel> prefix_address(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](IpTunnel const& tunnel, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (tunnel.*Member) HostOrder::write(to, t, n, (tunnel.*Member)->address);
            },
            [](IpTunnel& tunnel, Bytes bytes) {
                if (!(tunnel.*Member)) (tunnel.*Member).emplace();
                return HostOrder::read(bytes, (tunnel.*Member)->address);
            }};
}

template <auto Member>
constexpr Row<IpTunnel> prefix_length(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](IpTunnel const& tunnel, MessageWriter& to, std::uint16_t t, std::string_view n) {
                if (tunnel.*Member) to.value(t, n, std::uint16_t{(tunnel.*Member)->length});
            },
            [](IpTunnel& tunnel, Bytes bytes) {
                std::uint16_t length = 0;
                if (!HostOrder::read(bytes, length)) return false;
                if (!(tunnel.*Member)) (tunnel.*Member).emplace();
                (tunnel.*Member)->length = static_cast<std::uint8_t>(length);
                return true;
            }};
}

/// IFLA_IPTUN_FLAGS of sit is two octets in network order; only SIT_ISATAP is of use.
struct Isatap {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name, bool value) {
        to.value(type, name, std::uint16_t{value ? std::uint16_t{SIT_ISATAP} : std::uint16_t{0}});
    }
    static bool read(Bytes bytes, bool& value) {
        std::uint16_t bits = 0;
        if (!HostOrder::read(bytes, bits)) return false;
        value = (bits & SIT_ISATAP) != 0;
        return true;
    }
};

constexpr auto iptunnel_fields = make_table<IpTunnel>(
    field<&IpTunnel::underlay>(IFLA_IPTUN_LINK, "IFLA_IPTUN_LINK"),
    field<&IpTunnel::local>(IFLA_IPTUN_LOCAL, "IFLA_IPTUN_LOCAL"),
    field<&IpTunnel::remote>(IFLA_IPTUN_REMOTE, "IFLA_IPTUN_REMOTE"),
    field<&IpTunnel::ttl>(IFLA_IPTUN_TTL, "IFLA_IPTUN_TTL"),
    field<&IpTunnel::tos>(IFLA_IPTUN_TOS, "IFLA_IPTUN_TOS"),
    field<&IpTunnel::isatap, Isatap>(IFLA_IPTUN_FLAGS, "IFLA_IPTUN_FLAGS"),
    field<&IpTunnel::protocol>(IFLA_IPTUN_PROTO, "IFLA_IPTUN_PROTO"),
    field<&IpTunnel::path_mtu_discovery>(IFLA_IPTUN_PMTUDISC, "IFLA_IPTUN_PMTUDISC"),
    prefix_address<&IpTunnel::rapid_prefix>(IFLA_IPTUN_6RD_PREFIX, "IFLA_IPTUN_6RD_PREFIX"),
    prefix_address<&IpTunnel::rapid_relay_prefix>(IFLA_IPTUN_6RD_RELAY_PREFIX, "IFLA_IPTUN_6RD_RELAY_PREFIX"),
    prefix_length<&IpTunnel::rapid_prefix>(IFLA_IPTUN_6RD_PREFIXLEN, "IFLA_IPTUN_6RD_PREFIXLEN"),
    prefix_length<&IpTunnel::rapid_relay_prefix>(IFLA_IPTUN_6RD_RELAY_PREFIXLEN,
                                                 "IFLA_IPTUN_6RD_RELAY_PREFIXLEN"),
    inner_field<IpTunnel, &IpTunnel::encapsulation, &TunnelEncapsulation::type>(IFLA_IPTUN_ENCAP_TYPE,
                                                                                "IFLA_IPTUN_ENCAP_TYPE"),
    encapsulation_flags<IpTunnel>(IFLA_IPTUN_ENCAP_FLAGS, "IFLA_IPTUN_ENCAP_FLAGS"),
    inner_field<IpTunnel, &IpTunnel::encapsulation, &TunnelEncapsulation::source_port, NetworkOrder>(
        IFLA_IPTUN_ENCAP_SPORT, "IFLA_IPTUN_ENCAP_SPORT"),
    inner_field<IpTunnel, &IpTunnel::encapsulation, &TunnelEncapsulation::destination_port, NetworkOrder>(
        IFLA_IPTUN_ENCAP_DPORT, "IFLA_IPTUN_ENCAP_DPORT"),
    field<&IpTunnel::external, Presence>(IFLA_IPTUN_COLLECT_METADATA, "IFLA_IPTUN_COLLECT_METADATA"),
    field<&IpTunnel::firewall_mark>(IFLA_IPTUN_FWMARK, "IFLA_IPTUN_FWMARK"));

constexpr auto ip6tunnel_fields = make_table<Ip6Tunnel>(
    field_of<Ip6Tunnel, &Ip6Tunnel::underlay>(IFLA_IPTUN_LINK, "IFLA_IPTUN_LINK"),
    field_of<Ip6Tunnel, &Ip6Tunnel::local>(IFLA_IPTUN_LOCAL, "IFLA_IPTUN_LOCAL"),
    field_of<Ip6Tunnel, &Ip6Tunnel::remote>(IFLA_IPTUN_REMOTE, "IFLA_IPTUN_REMOTE"),
    field_of<Ip6Tunnel, &Ip6Tunnel::hop_limit>(IFLA_IPTUN_TTL, "IFLA_IPTUN_TTL"),
    field_of<Ip6Tunnel, &Ip6Tunnel::encapsulation_limit>(IFLA_IPTUN_ENCAP_LIMIT, "IFLA_IPTUN_ENCAP_LIMIT"),
    flow_information<Ip6Tunnel>(IFLA_IPTUN_FLOWINFO, "IFLA_IPTUN_FLOWINFO"),
    flags_field<Ip6Tunnel>(IFLA_IPTUN_FLAGS, "IFLA_IPTUN_FLAGS"),
    field<&Ip6Tunnel::protocol>(IFLA_IPTUN_PROTO, "IFLA_IPTUN_PROTO"),
    inner_field<Ip6Tunnel, &Ip6Tunnel::encapsulation, &TunnelEncapsulation::type>(IFLA_IPTUN_ENCAP_TYPE,
                                                                                  "IFLA_IPTUN_ENCAP_TYPE"),
    encapsulation_flags<Ip6Tunnel>(IFLA_IPTUN_ENCAP_FLAGS, "IFLA_IPTUN_ENCAP_FLAGS"),
    inner_field<Ip6Tunnel, &Ip6Tunnel::encapsulation, &TunnelEncapsulation::source_port, NetworkOrder>(
        IFLA_IPTUN_ENCAP_SPORT, "IFLA_IPTUN_ENCAP_SPORT"),
    inner_field<Ip6Tunnel, &Ip6Tunnel::encapsulation, &TunnelEncapsulation::destination_port, NetworkOrder>(
        IFLA_IPTUN_ENCAP_DPORT, "IFLA_IPTUN_ENCAP_DPORT"),
    field_of<Ip6Tunnel, &Ip6Tunnel::external, Presence>(IFLA_IPTUN_COLLECT_METADATA,
                                                        "IFLA_IPTUN_COLLECT_METADATA"),
    field_of<Ip6Tunnel, &Ip6Tunnel::firewall_mark>(IFLA_IPTUN_FWMARK, "IFLA_IPTUN_FWMARK"));

constexpr auto vti_fields =
    make_table<Vti>(field<&Vti::underlay>(IFLA_VTI_LINK, "IFLA_VTI_LINK"),
                    field<&Vti::input_key, NetworkOrder>(IFLA_VTI_IKEY, "IFLA_VTI_IKEY"),
                    field<&Vti::output_key, NetworkOrder>(IFLA_VTI_OKEY, "IFLA_VTI_OKEY"),
                    field<&Vti::local>(IFLA_VTI_LOCAL, "IFLA_VTI_LOCAL"),
                    field<&Vti::remote>(IFLA_VTI_REMOTE, "IFLA_VTI_REMOTE"),
                    field<&Vti::firewall_mark>(IFLA_VTI_FWMARK, "IFLA_VTI_FWMARK"));

constexpr auto xfrm_fields = make_table<Xfrm>(
    field<&Xfrm::underlay>(IFLA_XFRM_LINK, "IFLA_XFRM_LINK"),
    field<&Xfrm::id>(IFLA_XFRM_IF_ID, "IFLA_XFRM_IF_ID"),
    field<&Xfrm::external, Presence>(IFLA_XFRM_COLLECT_METADATA, "IFLA_XFRM_COLLECT_METADATA"));

template <class Kind>
constexpr LinkKindRow replaced_whole(LinkKindRow row) {
    row.fill = [](topology::LinkKind& changes, topology::LinkKind const& present) {
        topology::fill(std::get<Kind>(changes), std::get<Kind>(present));
    };
    return row;
}

}  // namespace

constinit LinkKindRow const gre_kind = replaced_whole<Gre>(table_kind<Gre, gre_fields>("gre"));
constinit LinkKindRow const gretap_kind =
    replaced_whole<topology::Gretap>(table_kind<topology::Gretap, gre_fields>("gretap"));
constinit LinkKindRow const ip6gre_kind = replaced_whole<Ip6Gre>(table_kind<Ip6Gre, ip6gre_fields>("ip6gre"));
constinit LinkKindRow const ip6gretap_kind =
    replaced_whole<topology::Ip6Gretap>(table_kind<topology::Ip6Gretap, ip6gre_fields>("ip6gretap"));
constinit LinkKindRow const ipip_kind =
    replaced_whole<IpTunnel>(table_kind<IpTunnel, iptunnel_fields>("ipip"));
constinit LinkKindRow const sit_kind =
    replaced_whole<topology::Sit>(table_kind<topology::Sit, iptunnel_fields>("sit"));
constinit LinkKindRow const ip6tnl_kind =
    replaced_whole<Ip6Tunnel>(table_kind<Ip6Tunnel, ip6tunnel_fields>("ip6tnl"));
constinit LinkKindRow const vti_kind = replaced_whole<Vti>(table_kind<Vti, vti_fields>("vti"));
constinit LinkKindRow const vti6_kind =
    replaced_whole<topology::Vti6>(table_kind<topology::Vti6, vti_fields>("vti6"));
constinit LinkKindRow const xfrm_kind = table_kind<Xfrm, xfrm_fields>("xfrm");

}  // namespace vethwork::netlink
