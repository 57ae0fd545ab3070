#include <vethwork/observe/routes.hpp>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/route.hpp>

namespace vethwork::observe {

namespace {

using netlink::Connection;
using netlink::Message;
using netlink::MessageWriter;

/// The link's own attributes, the data of its kind within.
std::optional<std::uint32_t> table_in(Bytes link_info) {
    bool is_vrf = false;
    std::optional<std::uint32_t> table;
    netlink::AttributeReader info(link_info);
    while (auto const attribute = info.next()) {
        if (attribute->type == IFLA_INFO_KIND) is_vrf = as_text(attribute->payload).starts_with("vrf");
        if (attribute->type != IFLA_INFO_DATA) continue;
        netlink::AttributeReader data(attribute->payload);
        while (auto const inner = data.next())
            if (inner->type == IFLA_VRF_TABLE) netlink::HostOrder::read(inner->payload, table.emplace());
    }
    return is_vrf ? table : std::nullopt;
}

void write_packet(PacketQuery const& packet, MessageWriter& to) {
    auto const address = [&to](std::uint16_t type, std::string_view name,
                               std::optional<IpPrefix> const& prefix) {
        if (prefix) to.attribute(type, name, prefix->address.bytes());
    };
    address(RTA_DST, "RTA_DST", packet.destination);
    address(RTA_SRC, "RTA_SRC", packet.source);
    if (packet.uid) to.value(RTA_UID, "RTA_UID", *packet.uid);
    if (packet.ip_protocol) to.value(RTA_IP_PROTO, "RTA_IP_PROTO", *packet.ip_protocol);
    if (packet.source_port) netlink::NetworkOrder::write(to, RTA_SPORT, "RTA_SPORT", *packet.source_port);
    if (packet.destination_port)
        netlink::NetworkOrder::write(to, RTA_DPORT, "RTA_DPORT", *packet.destination_port);
    if (packet.incoming != 0) to.value(RTA_IIF, "RTA_IIF", packet.incoming);
    if (packet.outgoing != 0) to.value(RTA_OIF, "RTA_OIF", packet.outgoing);
    if (packet.mark != 0) to.value(RTA_MARK, "RTA_MARK", packet.mark);
}

}  // namespace

Result<> route_messages(Connection& connection, RouteQuery const& query,
                        std::function<Result<>(Message const&)> const& each) {
    MessageWriter message(RTM_GETROUTE, 0, "list routes");
    message.fixed(rtmsg{.rtm_family = static_cast<std::uint8_t>(query.family ? *query.family : Family{}),
                        .rtm_protocol = query.protocol,
                        .rtm_flags = query.cached ? RTM_F_CLONED : 0u});
    if (query.table != 0) message.value(RTA_TABLE, "RTA_TABLE", query.table);
    if (query.link_index != 0) message.value(RTA_OIF, "RTA_OIF", query.link_index);
    auto const dumped = connection.dump(std::move(message), each);
    if (dumped || (query.table == topology::main_table && dumped.error().code == ENOENT)) return {};
    return dumped.error();
}

Result<> for_each_route(Connection& connection, RouteQuery const& query,
                        std::function<void(topology::Route const&)> const& visit) {
    return route_messages(connection, query, [&visit](Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWROUTE && netlink::is_ip_route(part))
            visit(TRY(netlink::read_route(part)));
        return {};
    });
}

Result<std::vector<topology::Route>> routes(Connection& connection, RouteQuery const& query) {
    std::vector<topology::Route> all;
    TRY(for_each_route(connection, query, [&all](topology::Route const& route) { all.push_back(route); }));
    return all;
}

Result<topology::Route> route_of(Connection& connection, PacketQuery const& packet) {
    MessageWriter message(RTM_GETROUTE, 0, "find a route");
    std::uint32_t const lookup = packet.family == Family::ipv4 ? RTM_F_LOOKUP_TABLE : 0;
    message.fixed(rtmsg{.rtm_family = static_cast<std::uint8_t>(packet.family),
                        .rtm_dst_len = packet.destination ? packet.destination->length : std::uint8_t{0},
                        .rtm_src_len = packet.source ? packet.source->length : std::uint8_t{0},
                        .rtm_tos = packet.tos,
                        .rtm_flags = lookup | (packet.fib_match ? RTM_F_FIB_MATCH : 0u) |
                                     (packet.notify ? RTM_F_NOTIFY : 0u)});
    write_packet(packet, message);
    auto const answer = TRY(connection.get(std::move(message)));
    auto const part = netlink::MessageReader(answer).next();
    if (!part) return malformed_error("decode a route: the kernel's answer is cut short");
    return netlink::read_route(*part);
}

std::optional<std::uint32_t> vrf_table(Connection& connection, std::string const& name) {
    MessageWriter message(RTM_GETLINK, 0, "find link \"" + name + "\"");
    message.fixed(ifinfomsg{});
    message.text(IFLA_IFNAME, "IFLA_IFNAME", name);
    auto const answer = connection.get(std::move(message));
    if (!answer) {
        if (answer.error().code == ENODEV && name == "default") return topology::main_table;
        return {};
    }
    ByteReader reader(*answer);
    reader.skip(sizeof(nlmsghdr) + sizeof(ifinfomsg));
    netlink::AttributeReader attributes(reader.rest());
    while (auto const attribute = attributes.next())
        if (attribute->type == IFLA_LINKINFO) return table_in(attribute->payload);
    return {};
}

}  // namespace vethwork::observe
