#include <vethwork/observe/bridge.hpp>

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::observe {

namespace {

using netlink::field;
using netlink::HostOrder;
using netlink::Row;
using topology::BridgePort;

constexpr auto entry_fields = netlink::make_table<ForwardingEntry>(
    Row<ForwardingEntry>{
        NDA_LLADDR, "NDA_LLADDR", nullptr,
        [](ForwardingEntry& entry, Bytes bytes) { return HostOrder::read(bytes, entry.address); }},
    Row<ForwardingEntry>{
        NDA_MASTER, "NDA_MASTER", nullptr,
        [](ForwardingEntry& entry, Bytes bytes) { return HostOrder::read(bytes, entry.master); }},
    Row<ForwardingEntry>{
        NDA_CACHEINFO, "NDA_CACHEINFO", nullptr,
        [](ForwardingEntry& entry, Bytes bytes) { return HostOrder::read(bytes, entry.times.emplace()); }},
    field<&ForwardingEntry::vlan>(NDA_VLAN, "NDA_VLAN"),
    field<&ForwardingEntry::destination>(NDA_DST, "NDA_DST"),
    field<&ForwardingEntry::udp_port, netlink::NetworkOrder>(NDA_PORT, "NDA_PORT"),
    field<&ForwardingEntry::vni>(NDA_VNI, "NDA_VNI"),
    field<&ForwardingEntry::source_vni>(NDA_SRC_VNI, "NDA_SRC_VNI"),
    field<&ForwardingEntry::via>(NDA_IFINDEX, "NDA_IFINDEX"),
    field<&ForwardingEntry::nexthop_group>(NDA_NH_ID, "NDA_NH_ID"),
    field<&ForwardingEntry::extended_flags>(NDA_FLAGS_EXT, "NDA_FLAGS_EXT"));

/// Takes the VLANs of one member; a range comes as two entries, its first and its last.
bool read_vlans(BridgeMember& member, Bytes bytes) {
    netlink::AttributeReader attributes(bytes);
    while (auto const attribute = attributes.next()) {
        bridge_vlan_info info{};
        if (attribute->type != IFLA_BRIDGE_VLAN_INFO) continue;
        if (attribute->payload.size() < sizeof info) return false;
        HostOrder::read(attribute->payload, info);
        if ((info.flags & BRIDGE_VLAN_INFO_RANGE_END) != 0 && !member.vlans.empty())
            member.vlans.back().last = info.vid;
        else
            member.vlans.push_back({info.vid, info.vid, (info.flags & BRIDGE_VLAN_INFO_UNTAGGED) != 0,
                                    (info.flags & BRIDGE_VLAN_INFO_PVID) != 0});
    }
    return !attributes.failed();
}

bool read_port(BridgeMember& member, Bytes bytes) {
    topology::PortKind port = BridgePort{};
    if (netlink::bridge_kind.read_port(bytes, port)) return false;
    member.port = std::get<BridgePort>(std::move(port));
    return true;
}

constexpr auto member_fields = netlink::make_table<BridgeMember>(
    Row<BridgeMember>{
        IFLA_MASTER, "IFLA_MASTER", nullptr,
        [](BridgeMember& member, Bytes bytes) { return HostOrder::read(bytes, member.master); }},
    Row<BridgeMember>{IFLA_PROTINFO, "IFLA_PROTINFO", nullptr, read_port},
    Row<BridgeMember>{IFLA_AF_SPEC, "IFLA_AF_SPEC", nullptr, read_vlans});

}  // namespace

bool ForwardingEntry::is_permanent() const { return (state & NUD_PERMANENT) != 0; }
bool ForwardingEntry::is_static() const { return !is_permanent() && (state & NUD_NOARP) != 0; }
bool ForwardingEntry::is_learnt() const { return (state & (NUD_PERMANENT | NUD_NOARP)) == 0; }

std::optional<std::uint16_t> BridgeMember::pvid() const {
    for (auto const& range : vlans)
        if (range.pvid) return range.first;
    return {};
}

VlanRange const* BridgeMember::carries(std::uint16_t vlan) const {
    auto const range = std::ranges::find_if(
        vlans, [vlan](VlanRange const& one) { return one.first <= vlan && vlan <= one.last; });
    return range == vlans.end() ? nullptr : &*range;
}

Result<ForwardingEntry> read_forwarding_entry(netlink::Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<ndmsg>();
    if (reader.failed()) return malformed_error("decode a forwarding entry: its header is cut short");
    ForwardingEntry entry;
    entry.link = static_cast<std::uint32_t>(header.ndm_ifindex);
    entry.state = header.ndm_state;
    entry.flags = header.ndm_flags;
    if (auto error = entry_fields.read(reader.rest(), entry, "a forwarding entry")) return *std::move(error);
    return entry;
}

Result<BridgeMember> read_bridge_member(netlink::Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<ifinfomsg>();
    if (reader.failed()) return malformed_error("decode a bridge port: its header is cut short");
    BridgeMember member;
    member.link = static_cast<std::uint32_t>(header.ifi_index);
    member.flags = header.ifi_flags;
    if (auto error = member_fields.read(reader.rest(), member, "a bridge port")) return *std::move(error);
    if (member.master == 0) member.master = member.link;
    return member;
}

Result<std::vector<ForwardingEntry>> forwarding_entries(netlink::Connection& connection,
                                                        ForwardingQuery const& query) {
    netlink::MessageWriter message(RTM_GETNEIGH, 0, "list forwarding entries");
    message.fixed(ndmsg{.ndm_family = AF_BRIDGE, .ndm_ifindex = static_cast<std::int32_t>(query.link)});
    if (query.master != 0) message.value(NDA_MASTER, "NDA_MASTER", query.master);
    std::vector<ForwardingEntry> entries;
    (void)TRY(connection.dump(std::move(message), [&entries](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWNEIGH) entries.push_back(TRY(read_forwarding_entry(part)));
        return {};
    }));
    return entries;
}

Result<std::vector<BridgeMember>> bridge_members(netlink::Connection& connection) {
    netlink::MessageWriter message(RTM_GETLINK, 0, "list bridge ports");
    message.fixed(ifinfomsg{.ifi_family = AF_BRIDGE});
    message.value(IFLA_EXT_MASK, "IFLA_EXT_MASK", std::uint32_t{RTEXT_FILTER_BRVLAN_COMPRESSED});
    std::vector<BridgeMember> members;
    (void)TRY(connection.dump(std::move(message), [&members](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWLINK) members.push_back(TRY(read_bridge_member(part)));
        return {};
    }));
    return members;
}

}  // namespace vethwork::observe
