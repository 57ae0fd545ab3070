#include <vethwork/topology/nat_way_out.hpp>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::topology {

namespace {

constexpr std::uint32_t network = 0x647e0000;  // 100.126.0.0
constexpr std::uint32_t places = 1u << 14;     // /30 networks in a /16
constexpr std::uint8_t length = 30;

/// FNV-1a: the same on every machine.
std::uint32_t place_of(std::string_view name) {
    std::uint32_t hash = 2'166'136'261u;
    for (char const c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
    return (hash ^ hash >> 14 ^ hash >> 28) % places;
}

std::string quoted_set(std::vector<std::string> const& names) {
    std::vector<std::string> quoted;
    for (auto const& name : names) quoted.push_back("\"" + name + "\"");
    return "{ " + join(quoted, ", ") + " }";
}

}  // namespace

bool leads_through_machine(Lab const& lab) {
    return lab.internet && lab.internet->mode == InternetMode::nat && lab.internet->via != no_index &&
           lab.nodes[lab.internet->via].netns == NetnsKind::own;
}

NatWayOut nat_way_out(std::string_view lab) {
    auto const place = place_of(lab);
    auto const address = [place](std::uint32_t which) {
        return IpPrefix{IpAddress::ipv4(network + 4 * place + which), length};
    };
    return {.link = fmt::format("vwnat{}", place),
            .machine = address(1),
            .node = address(2),
            .table = fmt::format("vethwork_{}", lab)};
}

std::string nat_way_out_ruleset(NatWayOut const& way, std::vector<std::string> const& opened) {
    std::string text =
        nat_way_out_removal(way.table) + fmt::format(
                                             "table inet {} {{\n"
                                             "  chain postrouting {{\n"
                                             "    type nat hook postrouting priority srcnat; policy accept;\n"
                                             "    ip saddr {} oifname != \"{}\" masquerade\n  }}\n",
                                             way.table, way.node.address.to_string(), way.link);
    if (!opened.empty())
        text += fmt::format(
            "  chain forward {{\n    type filter hook forward priority filter; policy accept;\n"
            "    meta nfproto != ipv4 accept\n    iifname != {} accept\n"
            "    ct state established,related accept\n    ct status dnat accept\n    drop\n  }}\n",
            quoted_set(opened));
    return text + "}\n";
}

std::string nat_way_out_removal(std::string_view table) {
    return fmt::format("table inet {0}\ndelete table inet {0}\n", table);
}

std::string forwarding_setting(std::string_view link) {
    return interface_sysctl(Family::ipv4, link, "forwarding");
}

}  // namespace vethwork::topology
