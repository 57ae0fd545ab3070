#include <vethwork/netlink/link.hpp>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Link;

struct NamespaceFd {
    static void write(MessageWriter& to, std::uint16_t, std::string_view,
                      topology::NamespaceRef const& netns) {
        if (netns.pid)
            to.value(IFLA_NET_NS_PID, "IFLA_NET_NS_PID", static_cast<std::uint32_t>(*netns.pid));
        else if (netns.fd)
            to.value(IFLA_NET_NS_FD, "IFLA_NET_NS_FD", static_cast<std::uint32_t>(*netns.fd));
    }
    static bool read(Bytes, topology::NamespaceRef&) { return true; }
};

void write_alternative_names(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (link.alternative_names.empty()) return;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    for (auto const& one : link.alternative_names) to.text(IFLA_ALT_IFNAME, "IFLA_ALT_IFNAME", one);
    to.end_nest(nest);
}

bool read_alternative_names(Link& link, Bytes bytes) {
    AttributeReader names(bytes);
    while (auto const name = names.next()) {
        std::string text;
        if (name->type == IFLA_ALT_IFNAME && HostOrder::read(name->payload, text))
            link.alternative_names.push_back(std::move(text));
    }
    return !names.failed();
}

/// IFLA_AF_SPEC holds one nest for each family; only IPv6's address generation mode is of use here.
void write_families(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (!link.address_generation_mode) return;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    auto const inner = to.begin_nest(AF_INET6 | NLA_F_NESTED, "AF_INET6");
    to.value(IFLA_INET6_ADDR_GEN_MODE, "IFLA_INET6_ADDR_GEN_MODE", *link.address_generation_mode);
    to.end_nest(inner);
    to.end_nest(nest);
}

bool read_families(Link& link, Bytes bytes) {
    AttributeReader families(bytes);
    while (auto const family = families.next()) {
        if (family->type != AF_INET6) continue;
        AttributeReader attributes(family->payload);
        while (auto const attribute = attributes.next())
            if (attribute->type == IFLA_INET6_ADDR_GEN_MODE) {
                std::uint8_t mode = 0;
                if (!HostOrder::read(attribute->payload, mode)) return false;
                link.address_generation_mode = mode;
            }
        if (attributes.failed()) return false;
    }
    return !families.failed();
}

void write_info(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    auto const kind = kind_name(link.kind);
    auto const port = port_kind_name(link.port);
    if (kind.empty() && port.empty()) return;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    auto const data = [&to]<class V>(std::uint16_t t, std::string_view n,
                                     void (*write)(V const&, MessageWriter&), V const& value) {
        if (!write) return;
        auto const inner = to.begin_nest(t | NLA_F_NESTED, n);
        auto const empty = to.size();
        write(value, to);
        // A kind that says nothing about itself has no data at all: the kernel takes empty data for a change.
        if (to.size() == empty)
            to.cancel_nest(inner);
        else
            to.end_nest(inner);
    };
    if (!kind.empty()) {
        to.text(IFLA_INFO_KIND, "IFLA_INFO_KIND", kind);
        if (auto const* const row = find_link_kind(kind); row && row->place == link.kind.index())
            data(IFLA_INFO_DATA, "IFLA_INFO_DATA", row->write, link.kind);
    }
    if (!port.empty()) {
        to.text(IFLA_INFO_SLAVE_KIND, "IFLA_INFO_SLAVE_KIND", port);
        if (auto const* const row = find_link_kind(port))
            data(IFLA_INFO_SLAVE_DATA, "IFLA_INFO_SLAVE_DATA", row->write_port, link.port);
    }
    to.end_nest(nest);
}

bool read_kind(Link& link, Bytes data) {
    auto const* const row = find_link_kind(link.kind_name);
    if (!row) {
        link.kind = topology::PlainKind{link.kind_name};
        return true;
    }
    link.kind = row->make();
    return !row->read || data.empty() || !row->read(data, link.kind);
}

bool read_port(Link& link, Bytes data) {
    auto const* const row = find_link_kind(link.port_kind_name);
    if (!row || !row->make_port) return true;
    link.port = row->make_port();
    return data.empty() || !row->read_port(data, link.port);
}

bool read_info(Link& link, Bytes bytes) {
    Bytes data, port_data;
    AttributeReader attributes(bytes);
    while (auto const attribute = attributes.next()) {
        switch (attribute->type) {
            case IFLA_INFO_KIND:
                HostOrder::read(attribute->payload, link.kind_name);
                break;
            case IFLA_INFO_DATA:
                data = attribute->payload;
                break;
            case IFLA_INFO_SLAVE_KIND:
                HostOrder::read(attribute->payload, link.port_kind_name);
                break;
            case IFLA_INFO_SLAVE_DATA:
                port_data = attribute->payload;
                break;
            default:
                break;
        }
    }
    if (attributes.failed()) return false;
    return (link.kind_name.empty() || read_kind(link, data)) &&
           (link.port_kind_name.empty() || read_port(link, port_data));
}

bool read_down_reasons(Link& link, Bytes bytes) {
    AttributeReader attributes(bytes);
    while (auto const one = attributes.next())
        if (one->type == IFLA_PROTO_DOWN_REASON_VALUE)
            HostOrder::read(one->payload, link.protocol_down_reasons.emplace());
    return !attributes.failed();
}

/// In a change: the one bit set in `protocol_down_reasons_mask`, to be on or off.
void write_down_reasons(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (!link.protocol_down_reasons_mask) return;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    to.value(IFLA_PROTO_DOWN_REASON_MASK, "IFLA_PROTO_DOWN_REASON_MASK", link.protocol_down_reasons_mask);
    to.value(IFLA_PROTO_DOWN_REASON_VALUE, "IFLA_PROTO_DOWN_REASON_VALUE",
             link.protocol_down_reasons.value_or(0));
    to.end_nest(nest);
}

void write_name(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (!link.name.empty()) to.text(type, name, link.name);
}

/// The kernel counts the octets of an alias, and takes none as "no alias".
struct Unterminated {
    static void write(MessageWriter& to, std::uint16_t type, std::string_view name,
                      std::string const& value) {
        to.attribute(type, name, as_bytes(value));
    }
    static bool read(Bytes bytes, std::string& value) { return HostOrder::read(bytes, value); }
};

void write_xdp(Link const& link, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (!link.detach_xdp) return;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    to.value(IFLA_XDP_FD, "IFLA_XDP_FD", std::int32_t{-1});
    to.end_nest(nest);
}

bool read_xdp(Link& link, Bytes bytes) {
    topology::XdpProgram program;
    AttributeReader attributes(bytes);
    while (auto const attribute = attributes.next()) {
        if (attribute->type == IFLA_XDP_ATTACHED && !HostOrder::read(attribute->payload, program.mode))
            return false;
        if (attribute->type == IFLA_XDP_PROG_ID && !HostOrder::read(attribute->payload, program.number))
            return false;
    }
    if (program.mode != XDP_ATTACHED_NONE) link.xdp = program;
    return !attributes.failed();
}

constexpr auto fields = make_table<Link>(
    Row<Link>{IFLA_IFNAME, "IFLA_IFNAME", write_name,
              [](Link& link, Bytes bytes) { return HostOrder::read(bytes, link.name); }},
    field<&Link::transmit_queue_length>(IFLA_TXQLEN, "IFLA_TXQLEN"),
    field<&Link::operational_state>(IFLA_OPERSTATE, "IFLA_OPERSTATE"),
    field<&Link::link_mode>(IFLA_LINKMODE, "IFLA_LINKMODE"), field<&Link::mtu>(IFLA_MTU, "IFLA_MTU"),
    field<&Link::min_mtu>(IFLA_MIN_MTU, "IFLA_MIN_MTU"), field<&Link::max_mtu>(IFLA_MAX_MTU, "IFLA_MAX_MTU"),
    field<&Link::group>(IFLA_GROUP, "IFLA_GROUP"),
    field<&Link::promiscuity>(IFLA_PROMISCUITY, "IFLA_PROMISCUITY"),
    field<&Link::all_multicast>(61, "IFLA_ALLMULTI"),
    field<&Link::transmit_queues>(IFLA_NUM_TX_QUEUES, "IFLA_NUM_TX_QUEUES"),
    field<&Link::gso_max_segments>(IFLA_GSO_MAX_SEGS, "IFLA_GSO_MAX_SEGS"),
    field<&Link::gso_max_size>(IFLA_GSO_MAX_SIZE, "IFLA_GSO_MAX_SIZE"),
    field<&Link::gro_max_size>(58, "IFLA_GRO_MAX_SIZE"),
    field<&Link::gso_ipv4_max_size>(63, "IFLA_GSO_IPV4_MAX_SIZE"),
    field<&Link::gro_ipv4_max_size>(64, "IFLA_GRO_IPV4_MAX_SIZE"),
    field<&Link::tso_max_size>(59, "IFLA_TSO_MAX_SIZE"),
    field<&Link::tso_max_segments>(60, "IFLA_TSO_MAX_SEGS"),
    field<&Link::receive_queues>(IFLA_NUM_RX_QUEUES, "IFLA_NUM_RX_QUEUES"),
    field<&Link::carrier>(IFLA_CARRIER, "IFLA_CARRIER"),
    field<&Link::queueing_discipline>(IFLA_QDISC, "IFLA_QDISC"),
    field<&Link::carrier_changes>(IFLA_CARRIER_CHANGES, "IFLA_CARRIER_CHANGES"),
    field<&Link::carrier_up_count>(IFLA_CARRIER_UP_COUNT, "IFLA_CARRIER_UP_COUNT"),
    field<&Link::carrier_down_count>(IFLA_CARRIER_DOWN_COUNT, "IFLA_CARRIER_DOWN_COUNT"),
    field<&Link::protocol_down>(IFLA_PROTO_DOWN, "IFLA_PROTO_DOWN"),
    Row<Link>{IFLA_PROTO_DOWN_REASON, "IFLA_PROTO_DOWN_REASON", write_down_reasons, read_down_reasons},
    field<&Link::address>(IFLA_ADDRESS, "IFLA_ADDRESS"),
    field<&Link::broadcast>(IFLA_BROADCAST, "IFLA_BROADCAST"),
    field<&Link::permanent_address>(IFLA_PERM_ADDRESS, "IFLA_PERM_ADDRESS"),
    field<&Link::statistics>(IFLA_STATS64, "IFLA_STATS64"),
    field<&Link::alias, Unterminated>(IFLA_IFALIAS, "IFLA_IFALIAS"),
    field<&Link::master>(IFLA_MASTER, "IFLA_MASTER"), field<&Link::lower>(IFLA_LINK, "IFLA_LINK"),
    field<&Link::lower_nsid>(IFLA_LINK_NETNSID, "IFLA_LINK_NETNSID"),
    field<&Link::netns, NamespaceFd>(IFLA_NET_NS_FD, "IFLA_NET_NS_FD"),
    field<&Link::new_nsid>(IFLA_NEW_NETNSID, "IFLA_NEW_NETNSID"),
    field<&Link::new_index>(IFLA_NEW_IFINDEX, "IFLA_NEW_IFINDEX"),
    field<&Link::physical_port_id>(IFLA_PHYS_PORT_ID, "IFLA_PHYS_PORT_ID"),
    field<&Link::physical_port_name>(IFLA_PHYS_PORT_NAME, "IFLA_PHYS_PORT_NAME"),
    field<&Link::physical_switch_id>(IFLA_PHYS_SWITCH_ID, "IFLA_PHYS_SWITCH_ID"),
    field<&Link::parent_device>(IFLA_PARENT_DEV_NAME, "IFLA_PARENT_DEV_NAME"),
    field<&Link::parent_bus>(IFLA_PARENT_DEV_BUS_NAME, "IFLA_PARENT_DEV_BUS_NAME"),
    Row<Link>{IFLA_PROP_LIST, "IFLA_PROP_LIST", write_alternative_names, read_alternative_names},
    Row<Link>{IFLA_LINKINFO, "IFLA_LINKINFO", write_info, read_info},
    Row<Link>{IFLA_XDP, "IFLA_XDP", write_xdp, read_xdp},
    Row<Link>{IFLA_AF_SPEC, "IFLA_AF_SPEC", write_families, read_families});

}  // namespace

void write_link(Link const& link, MessageWriter& to) {
    to.fixed(ifinfomsg{.ifi_family = AF_UNSPEC,
                       .ifi_type = 0,
                       .ifi_index = static_cast<int>(link.index),
                       .ifi_flags = link.flags & link.flags_mask,
                       .ifi_change = link.flags_mask});
    fields.write(link, to);
}

std::optional<Error> read_link(Message const& message, Link& link) {
    ByteReader reader(message.payload);
    auto const header = reader.native<ifinfomsg>();
    if (reader.failed()) return malformed_error("decode a link: its header is cut short");
    link.index = static_cast<std::uint32_t>(header.ifi_index);
    link.hardware_type = header.ifi_type;
    link.flags = header.ifi_flags;
    return fields.read(reader.rest(), link, "a link");
}

Result<Link> read_link(Message const& message) {
    Link link;
    if (auto error = read_link(message, link)) return *std::move(error);
    return link;
}

std::string_view link_attribute_name(std::uint16_t type) { return fields.name_of(type); }

}  // namespace vethwork::netlink
