// The kinds of links, a row each. A kind's own file gives its row; adding a kind touches this list and that
// file.
#pragma once

#include <span>
#include <string_view>

#include <vethwork/netlink/message.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::netlink {

/// The place of a type in a variant.
template <class T, class Variant>
inline constexpr std::size_t place_in = 0;
template <class T, class... Types>
inline constexpr std::size_t place_in<T, std::variant<Types...>> = [] {
    constexpr bool same[] = {std::is_same_v<T, Types>...};
    std::size_t place = 0;
    while (!same[place]) ++place;
    return place;
}();

/// How a kind travels inside IFLA_LINKINFO. The functions may be null where a kind has nothing to tell.
struct LinkKindRow {
    std::string_view name;                                             ///< IFLA_INFO_KIND
    std::size_t place = 0;                                             ///< in the variant topology::LinkKind
    topology::LinkKind (*make)();                                      ///< an empty value of this kind
    void (*write)(topology::LinkKind const& kind, MessageWriter& to);  ///< inside IFLA_INFO_DATA
    std::optional<Error> (*read)(Bytes data, topology::LinkKind& kind);  ///< from IFLA_INFO_DATA
    topology::PortKind (*make_port)() = nullptr;                         ///< where it can be a master
    void (*write_port)(topology::PortKind const& port,
                       MessageWriter& to) = nullptr;  ///< inside IFLA_INFO_SLAVE_DATA
    std::optional<Error> (*read_port)(Bytes data, topology::PortKind& port) = nullptr;
    std::size_t port_place = 0;  ///< in the variant topology::PortKind
    /// Where the kernel replaces all settings at a change: fills those that `changes` leaves out from the
    /// present ones of the same kind. Null: the kernel keeps them itself.
    void (*fill)(topology::LinkKind& changes, topology::LinkKind const& present) = nullptr;
};

[[nodiscard]] std::span<LinkKindRow const* const> link_kinds();
/// The row named so by the kernel, or nothing.
[[nodiscard]] LinkKindRow const* find_link_kind(std::string_view name);
/// The kernel's name of a kind: "veth"; empty for a device without one.
[[nodiscard]] std::string_view kind_name(topology::LinkKind const& kind);
[[nodiscard]] std::string_view port_kind_name(topology::PortKind const& port);

/// A row whose data is one table of attributes.
template <class Kind, auto const& Fields>
constexpr LinkKindRow table_kind(std::string_view name) {
    return {.name = name,
            .place = place_in<Kind, topology::LinkKind>,
            .make = []() -> topology::LinkKind { return Kind{}; },
            .write = [](topology::LinkKind const& kind,
                        MessageWriter& to) { Fields.write(std::get<Kind>(kind), to); },
            .read = [](Bytes data, topology::LinkKind& kind) -> std::optional<Error> {
                return Fields.read(data, std::get<Kind>(kind), "link kind");
            }};
}

/// The same, of a kind whose ports have a table too.
template <class Kind, auto const& Fields, class Port, auto const& PortFields>
constexpr LinkKindRow table_kind(std::string_view name) {
    LinkKindRow row = table_kind<Kind, Fields>(name);
    row.port_place = place_in<Port, topology::PortKind>;
    row.make_port = []() -> topology::PortKind { return Port{}; };
    row.write_port = [](topology::PortKind const& port, MessageWriter& to) {
        PortFields.write(std::get<Port>(port), to);
    };
    row.read_port = [](Bytes data, topology::PortKind& port) -> std::optional<Error> {
        return PortFields.read(data, std::get<Port>(port), "port");
    };
    return row;
}

extern LinkKindRow const bond_kind, bridge_kind, geneve_kind, gre_kind, gretap_kind, ip6gre_kind,
    ip6gretap_kind, ip6tnl_kind, ipip_kind, ipvlan_kind, ipvtap_kind, macvlan_kind, macvtap_kind, sit_kind,
    tun_kind, veth_kind, vlan_kind, vrf_kind, vti6_kind, vti_kind, vxlan_kind, xfrm_kind;

}  // namespace vethwork::netlink
