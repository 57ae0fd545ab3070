#include <vethwork/topology/way_out.hpp>

#include <fmt/format.h>

namespace vethwork::topology {

namespace {

constexpr std::uint32_t network = 0x647fff00;  // 100.127.255.0
constexpr std::uint32_t own = 100, gateway = 2;
constexpr std::uint8_t length = 24;
constexpr std::uint16_t first_port = 59000;  ///< of the node; no service is likely to be there

}  // namespace

IpPrefix way_out_address(Family family) {
    if (family == Family::ipv6) return {IpAddress::parse("fd64:7fff:0:ff::100").value(), 64};
    return {IpAddress::ipv4(network + own), length};
}

IpAddress way_out_gateway(Family family) {
    if (family == Family::ipv6) return IpAddress::parse("fd64:7fff:0:ff::2").value();
    return IpAddress::ipv4(network + gateway);
}

bool has_way_out(Lab const& lab) {
    return lab.internet && lab.internet->via != no_index &&
           lab.nodes[lab.internet->via].netns == NetnsKind::own;
}

bool leads_out(Lab const& lab, Family family) {
    if (!has_way_out(lab)) return false;
    auto const mode = lab.internet->mode;
    bool const by_pasta = mode == InternetMode::automatic || mode == InternetMode::pasta;
    return family == Family::ipv4 || (lab.pool_v6 && by_pasta);
}

std::string_view refusal_of(Lab const& lab, Publication const& publication) {
    if (!has_way_out(lab)) return "the lab has no way out";
    if (lab.internet->mode == InternetMode::slirp4netns)
        return "slirp4netns publishes no ports here, pasta does";
    if (lab.internet->mode == InternetMode::nat) return "`mode: nat` publishes no ports, pasta does";
    if (publication.address.family != Family::ipv4) return "only IPv4 addresses are published at";
    if (publication.node == no_index) return "it leads to no node";
    if (publication.node != lab.internet->via && !lab.address(publication.node, Family::ipv4))
        return "the node has no IPv4 address";
    return {};
}

std::vector<PublishedPort> published_ports(Lab const& lab) {
    std::vector<PublishedPort> ports;
    if (!lab.internet) return ports;
    for (auto const& one : lab.internet->publish) {
        if (!refusal_of(lab, one).empty()) continue;
        PublishedPort port{one.address, one.port, one.to_port, one.to_port, {}};
        if (one.node != lab.internet->via) {
            port.port = static_cast<std::uint16_t>(first_port + ports.size());
            port.target = lab.address(one.node, Family::ipv4);
        }
        ports.push_back(port);
    }
    return ports;
}

std::string publishing_chains(Lab const& lab) {
    std::string arriving, local;
    for (auto const& port : published_ports(lab)) {
        if (!port.target) continue;
        auto const rule = fmt::format("tcp dport {} dnat to {}:{}\n", port.port, port.target->to_string(),
                                      port.target_port);
        arriving += fmt::format("    iifname \"{}\" {}", way_out_device, rule);
        local += fmt::format("    ip daddr 127.0.0.0/8 {}", rule);
    }
    if (arriving.empty()) return {};
    // The node itself is whom the target answers, so that answers come back here on any way.
    return fmt::format(
        "  chain prerouting {{\n    type nat hook prerouting priority dstnat; policy accept;\n{}  }}\n"
        "  chain output {{\n    type nat hook output priority -100; policy accept;\n{}  }}\n"
        "  chain published {{\n    type nat hook postrouting priority srcnat - 1; policy accept;\n"
        "    ct status dnat ct original ip daddr 127.0.0.0/8 masquerade\n"
        "    ct status dnat ct original ip daddr {} masquerade\n  }}\n",
        arriving, local, way_out_address(Family::ipv4).address.to_string());
}

}  // namespace vethwork::topology
