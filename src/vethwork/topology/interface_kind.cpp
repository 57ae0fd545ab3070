#include <vethwork/topology/interface_kind.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

namespace {

constexpr std::uint16_t vxlan_port = 4789;  // RFC 7348
constexpr std::uint8_t tun_type = 1, tap_type = 2;

/// The keys of each kind besides those of every device; those it needs have a `!`.
constexpr auto kind_keys = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"dummy", ""},
    {"ifb", ""},
    {"tun", ""},
    {"tap", ""},
    {"wireguard", ""},
    {"vlan", "link! id!"},
    {"bond", "mode ports"},
    {"bridge", "ports"},
    {"vrf", "table! ports"},
    {"vxlan", "id! link local remote group port"},
    {"geneve", "id! remote! port"},
    {"gre", "remote! local link key"},
    {"ip6gre", "remote! local link key"},
    {"ipip", "remote! local link"},
    {"sit", "remote! local link"},
    {"macvlan", "link! mode"},
    {"ipvlan", "link! mode"},
});

std::string_view keys_of(std::string_view kind) {
    for (auto const& [name, keys] : kind_keys)
        if (name == kind) return keys;
    return {};
}

/// The keys that are written, of those that not every kind has.
std::vector<std::string_view> written_keys(LabInterface const& interface) {
    std::pair<bool, std::string_view> const keys[] = {
        {!interface.link.empty(), "link"},      {interface.id.has_value(), "id"},
        {interface.table.has_value(), "table"}, {!interface.mode.empty(), "mode"},
        {interface.local.has_value(), "local"}, {interface.remote.has_value(), "remote"},
        {interface.group.has_value(), "group"}, {interface.port.has_value(), "port"},
        {!interface.key.empty(), "key"},        {!interface.ports.empty(), "ports"}};
    std::vector<std::string_view> written;
    for (auto const& [is_written, key] : keys)
        if (is_written) written.push_back(key);
    return written;
}

template <class Modes>
std::vector<std::string_view> names_of(Modes const& modes) {
    std::vector<std::string_view> names;
    for (auto const& mode : modes)
        if constexpr (requires { mode.name; })
            names.push_back(mode.name);
        else
            names.push_back(mode);
    return names;
}

std::vector<std::string_view> modes_of(std::string_view kind) {
    if (kind == "bond") return names_of(bond_modes);
    if (kind == "macvlan") return names_of(macvlan_modes);
    if (kind == "ipvlan") return names_of(ipvlan_modes);
    return {};
}

std::size_t mode_of(LabInterface const& interface) {
    auto const modes = modes_of(interface.kind);
    return static_cast<std::size_t>(std::ranges::find(modes, interface.mode) - modes.begin());
}

/// Written as a number or like an IPv4 address.
std::optional<std::uint32_t> tunnel_key(std::string_view text) {
    if (auto const address = IpAddress::parse(text); address && address->family == Family::ipv4)
        return address->ipv4_number();
    return parse_number<std::uint32_t>(text, 10);
}

class KindChecker {
public:
    KindChecker(LabInterface const& interface, Complaints& complaints)
        : interface_(interface), complaints_(complaints) {}

    void run() {
        if (interface_.kind == "wireguard") return check_wireguard();
        check_keys();
        check_numbers();
        check_mode();
        check_families();
    }

private:
    void error(std::string_view code, std::string message, std::string hint = {}) {
        complaints_.error(code, interface_.place, std::move(message), std::move(hint));
    }

    void check_wireguard() {
        if (interface_.key.empty() && !interface_.port) return;
        error("E320",
              fmt::format("the key and the port of WireGuard device '{}' cannot be set", interface_.name),
              "leave them out, and set them by wg(8) in a service of the node");
    }

    void check_keys() {
        auto const written = written_keys(interface_);
        auto const known = split_words(keys_of(interface_.kind));
        for (auto const key : known)
            if (key.ends_with('!') &&
                std::ranges::find(written, key.substr(0, key.size() - 1)) == written.end())
                error("E318", fmt::format("'{}' of kind {} needs '{}'", interface_.name, interface_.kind,
                                          key.substr(0, key.size() - 1)));
        for (auto const key : written)
            if (std::ranges::none_of(known, [&](std::string_view one) {
                    return one == key || (one.ends_with('!') && one.substr(0, one.size() - 1) == key);
                }))
                error("E319",
                      fmt::format("'{}' of kind {} has no '{}'", interface_.name, interface_.kind, key));
    }

    void check_numbers() {
        auto const id = interface_.id.value_or(1);
        if (interface_.kind == "vlan" && (id == 0 || id > 4094))
            error("E318", fmt::format("a VLAN's id is 1 to 4094, not {}", id));
        if ((interface_.kind == "vxlan" || interface_.kind == "geneve") && id >= 1u << 24)
            error("E318", fmt::format("a {}'s id is less than {}, not {}",
                                      interface_.kind == "vxlan" ? "VXLAN" : "GENEVE", 1u << 24, id));
        if (interface_.table == 0u) error("E318", "a VRF's table is not 0");
        if (!interface_.key.empty() && !tunnel_key(interface_.key))
            error("E318", fmt::format("'{}' is not the key of a tunnel, a number", interface_.key));
    }

    void check_mode() {
        auto const modes = modes_of(interface_.kind);
        if (interface_.mode.empty() || modes.empty() || mode_of(interface_) < modes.size()) return;
        error("E318",
              fmt::format("'{}' is no mode of a {}: {}", interface_.mode, interface_.kind,
                          enumerate(modes, "or")),
              did_you_mean(interface_.mode, modes));
    }

    void check_families() {
        bool const v6 = interface_.kind == "ip6gre";
        if (v6 || interface_.kind == "gre" || interface_.kind == "ipip" || interface_.kind == "sit")
            for (auto const& address : {interface_.local, interface_.remote})
                if (address && (address->family == Family::ipv6) != v6)
                    error("E318", fmt::format("{} sends over {}, and {} is not of it", interface_.kind,
                                              v6 ? "IPv6" : "IPv4", address->to_string()));
        if (interface_.kind != "vxlan") return;
        if (interface_.remote && interface_.group)
            error("E318", fmt::format("'{}' has a 'remote' and a 'group': one of them", interface_.name));
        if (interface_.group && interface_.link.empty())
            error("E318", fmt::format("'{}' has a 'group' and needs 'link', over which it is reached",
                                      interface_.name));
    }

    LabInterface const& interface_;
    Complaints& complaints_;
};

std::optional<LinkRef> underlay_of(LabInterface const& interface) {
    return interface.link.empty() ? std::nullopt : std::optional(LinkRef{interface.link});
}

template <class Kind>
Kind tunnel(LabInterface const& interface) {
    Kind kind;
    kind.remote = interface.remote;
    kind.local = interface.local;
    kind.underlay = underlay_of(interface);
    if constexpr (requires { kind.input; })
        if (auto const key = tunnel_key(interface.key))
            for (auto* const way : {&kind.input, &kind.output}) {
                way->key = key;
                way->with_key = true;
            }
    return kind;
}

Vxlan vxlan(LabInterface const& interface) {
    Vxlan kind;
    kind.id = interface.id;
    kind.remote = interface.group ? interface.group : interface.remote;
    kind.local = interface.local;
    kind.underlay = underlay_of(interface);
    kind.port = interface.port.value_or(vxlan_port);
    return kind;
}

template <class Kind>
Kind with_mode(LabInterface const& interface) {
    Kind kind;
    if (interface.mode.empty()) return kind;
    auto const place = mode_of(interface);
    if constexpr (std::is_same_v<Kind, Macvlan>)
        kind.mode = place < macvlan_modes.size() ? std::optional(macvlan_modes[place].number) : std::nullopt;
    else
        kind.mode = static_cast<typename decltype(kind.mode)::value_type>(place);
    return kind;
}

LinkKind stacked(LabInterface const& interface) {
    if (interface.kind == "macvlan") return with_mode<Macvlan>(interface);
    if (interface.kind == "ipvlan") return with_mode<Ipvlan>(interface);
    Vlan vlan;
    if (interface.id) vlan.id = static_cast<std::uint16_t>(*interface.id);
    return vlan;
}

Tun tun(std::uint8_t type) {
    Tun kind;
    kind.type = type;
    return kind;
}

}  // namespace

void check_interface_kind(LabInterface const& interface, Complaints& complaints) {
    KindChecker(interface, complaints).run();
}

bool stands_on_link(LabInterface const& interface) {
    return interface.kind == "vlan" || interface.kind == "macvlan" || interface.kind == "ipvlan";
}

LinkKind kind_of(LabInterface const& interface) {
    auto const& kind = interface.kind;
    if (stands_on_link(interface)) return stacked(interface);
    if (kind == "bridge") return Bridge{};
    if (kind == "bond") return with_mode<Bond>(interface);
    if (kind == "vrf") return Vrf{.table = interface.table};
    if (kind == "vxlan") return vxlan(interface);
    if (kind == "geneve") {
        Geneve geneve;
        geneve.id = interface.id;
        geneve.remote = interface.remote;
        geneve.port = interface.port;
        return geneve;
    }
    if (kind == "gre") return tunnel<Gre>(interface);
    if (kind == "ip6gre") return tunnel<Ip6Gre>(interface);
    if (kind == "ipip") return tunnel<IpTunnel>(interface);
    if (kind == "sit") return tunnel<Sit>(interface);
    if (kind == "tun") return tun(tun_type);
    if (kind == "tap") return tun(tap_type);
    return PlainKind{kind};
}

}  // namespace vethwork::topology
