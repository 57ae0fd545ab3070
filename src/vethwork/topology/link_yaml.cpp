#include <vethwork/topology/link_yaml.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/impairment_yaml.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::topology {

namespace {

/// FNV-1a of the names; bit 1 of the first octet says that nobody sold it.
std::string mac_of(Lab const& lab, LabEnd const& end) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (char const c : lab.name + "/" + lab.nodes[end.node].name + "/" + end.interface)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    auto const octet = [hash](unsigned number) { return static_cast<unsigned>(hash >> (8 * number)) & 0xff; };
    return fmt::format("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", octet(0), octet(1), octet(2), octet(3),
                       octet(4));
}

std::string name_item(LabEnd const& end) { return "if: " + yaml_scalar(end.interface); }

std::string address_item(LabEnd const& end) {
    std::vector<std::string> list;
    for (auto const& prefix : end.addresses) list.push_back(yaml_scalar(prefix.to_string()));
    return "ip: " + (list.empty() ? "none" : yaml_one_or_list(list));
}

std::string flow_map(FlowItems const& items) { return "{ " + join(items, ", ") + " }"; }
std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

/// What is written of an end beside its name and addresses.
FlowItems other_items(LabEnd const& end) {
    FlowItems items;
    if (end.mtu) items.push_back(fmt::format("mtu: {}", *end.mtu));
    if (end.up) items.push_back("up: " + yes_or_no(*end.up));
    if (end.vlan) items.push_back(fmt::format("vlan: {}", *end.vlan));
    if (!end.trunk.empty()) items.push_back(fmt::format("trunk: [{}]", fmt::join(end.trunk, ", ")));
    if (end.offload) items.push_back("offload: " + yes_or_no(*end.offload));
    return items;
}

/// Once where all ends do the same, else by the node that sends.
std::string impairments_yaml(Lab const& lab, LabLink const& link) {
    auto const first = impairment_yaml(link.ends[0].impairment);
    bool const same = std::ranges::all_of(
        link.ends, [&](LabEnd const& end) { return end.impairment == link.ends[0].impairment; });
    if (same) return first;
    FlowItems senders;
    for (auto const& end : link.ends)
        if (!end.impairment.empty())
            senders.push_back(yaml_scalar(lab.nodes[end.node].name) + ": " + impairment_yaml(end.impairment));
    return "{ from: " + flow_map(senders) + " }";
}

std::string subnet_yaml(LabLink const& link) {
    if (link.subnets.empty()) return link.automatic_subnet ? "" : "none";
    std::vector<std::string> list;
    for (auto const& subnet : link.subnets) list.push_back(yaml_scalar(subnet.to_string()));
    return yaml_one_or_list(list);
}

std::string_view word_of(Families families) {
    constexpr std::string_view words[] = {"", "v4", "v6", "both"};
    return words[static_cast<std::size_t>(families)];
}

}  // namespace

FlowItems automatic_items(Lab const& lab, LabEnd const& end, PinAddresses which) {
    FlowItems items;
    if (!end.named) items.push_back(name_item(end));
    if (!end.addressed && !end.addresses.empty()) items.push_back(address_item(end));
    if (which == PinAddresses::ip_and_mac && !end.mac) items.push_back("mac: " + mac_of(lab, end));
    return items;
}

std::string end_yaml(Lab const& lab, LabEnd const& end, PinAddresses which) {
    FlowItems items{"node: " + yaml_scalar(lab.nodes[end.node].name), name_item(end)};
    if (end.addressed || !end.addresses.empty()) items.push_back(address_item(end));
    if (end.mac)
        items.push_back("mac: " + yaml_scalar(end.mac->to_string()));
    else if (which == PinAddresses::ip_and_mac)
        items.push_back("mac: " + mac_of(lab, end));
    std::ranges::copy(other_items(end), std::back_inserter(items));
    return flow_map(items);
}

std::string link_yaml(Lab const& lab, LabLink const& link, PinAddresses which) {
    std::vector<std::string> ends;
    for (auto const& end : link.ends) ends.push_back(end_yaml(lab, end, which));
    FlowItems items{fmt::format("{}: [{}]", link.shape == LinkShape::lan ? "lan" : "link", join(ends, ", "))};
    auto const add = [&items](std::string_view key, std::string_view value) {
        if (!value.empty()) items.push_back(fmt::format("{}: {}", key, value));
    };
    add("name", yaml_scalar(link.name));
    add("subnet", subnet_yaml(link));
    add("private", word_of(link.private_families));
    if (link.mtu) add("mtu", std::to_string(*link.mtu));
    add("impair", impairments_yaml(lab, link));
    if (link.cost != 1) add("cost", std::to_string(link.cost));
    if (!link.up) add("up", "no");
    std::vector<std::string> tags;
    for (auto const& tag : link.tags) tags.push_back(yaml_scalar(tag));
    if (!tags.empty()) add("tags", yaml_one_or_list(tags));
    return flow_map(items);
}

}  // namespace vethwork::topology
