#include <vethwork/netlink/rule.hpp>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

using topology::Rule;

static_assert(sizeof(topology::UidRange) == sizeof(fib_rule_uid_range));
static_assert(sizeof(topology::PortRange) == sizeof(fib_rule_port_range));

/// Reads the address of a prefix whose length came in the header.
template <std::optional<IpPrefix> Rule::*Member>
bool read_prefix(Rule& rule, Bytes bytes) {
    auto const address = IpAddress::from_bytes(bytes);
    if (!address) return false;
    (rule.*Member)->address = *address;
    return true;
}

template <std::optional<IpPrefix> Rule::*Member>
void write_prefix(Rule const& rule, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (rule.*Member) to.attribute(type, name, (rule.*Member)->address.bytes());
}

constexpr auto fields = make_table<Rule>(
    Row<Rule>{FRA_TABLE, "FRA_TABLE",
              [](Rule const& rule, MessageWriter& to, std::uint16_t type, std::string_view name) {
                  if (rule.table > 255) to.value(type, name, rule.table);
              },
              [](Rule& rule, Bytes bytes) { return HostOrder::read(bytes, rule.table); }},
    field<&Rule::suppress_prefix_length>(FRA_SUPPRESS_PREFIXLEN, "FRA_SUPPRESS_PREFIXLEN"),
    field<&Rule::protocol>(FRA_PROTOCOL, "FRA_PROTOCOL"), field<&Rule::target>(FRA_GOTO, "FRA_GOTO"),
    field<&Rule::incoming>(FRA_IIFNAME, "FRA_IIFNAME"), field<&Rule::outgoing>(FRA_OIFNAME, "FRA_OIFNAME"),
    field<&Rule::priority>(FRA_PRIORITY, "FRA_PRIORITY"), field<&Rule::mark>(FRA_FWMARK, "FRA_FWMARK"),
    field<&Rule::mark_mask>(FRA_FWMASK, "FRA_FWMASK"),
    field<&Rule::suppress_group>(FRA_SUPPRESS_IFGROUP, "FRA_SUPPRESS_IFGROUP"),
    field<&Rule::tunnel_id, NetworkOrder>(FRA_TUN_ID, "FRA_TUN_ID"),
    field<&Rule::l3_master>(FRA_L3MDEV, "FRA_L3MDEV"), field<&Rule::uids>(FRA_UID_RANGE, "FRA_UID_RANGE"),
    field<&Rule::ip_protocol>(FRA_IP_PROTO, "FRA_IP_PROTO"),
    field<&Rule::source_ports>(FRA_SPORT_RANGE, "FRA_SPORT_RANGE"),
    field<&Rule::destination_ports>(FRA_DPORT_RANGE, "FRA_DPORT_RANGE"),
    Row<Rule>{FRA_DST, "FRA_DST", write_prefix<&Rule::destination>, read_prefix<&Rule::destination>},
    Row<Rule>{FRA_SRC, "FRA_SRC", write_prefix<&Rule::source>, read_prefix<&Rule::source>},
    field<&Rule::realms>(FRA_FLOW, "FRA_FLOW"), field<&Rule::nat_gateway>(RTA_GATEWAY, "RTA_GATEWAY"));

}  // namespace

void write_rule(Rule const& rule, MessageWriter& to) {
    to.fixed(fib_rule_hdr{.family = static_cast<std::uint8_t>(rule.family),
                          .dst_len = rule.destination ? rule.destination->length : std::uint8_t{0},
                          .src_len = rule.source ? rule.source->length : std::uint8_t{0},
                          .tos = rule.tos,
                          .table = static_cast<std::uint8_t>(rule.table < 256 ? rule.table : RT_TABLE_UNSPEC),
                          .res1 = 0,
                          .res2 = 0,
                          .action = static_cast<std::uint8_t>(rule.action),
                          .flags = rule.flags});
    fields.write(rule, to);
}

Result<Rule> read_rule(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<fib_rule_hdr>();
    if (reader.failed()) return malformed_error("decode a rule: its header is cut short");
    Rule rule{.family = static_cast<Family>(header.family),
              .action = static_cast<topology::RuleAction>(header.action),
              .flags = header.flags,
              .tos = header.tos,
              .table = header.table};
    if (rule.family != Family::ipv4 && rule.family != Family::ipv6)
        return malformed_error("decode a rule: it is neither of IPv4 nor of IPv6");
    rule.destination = IpPrefix{IpAddress::any(rule.family), header.dst_len};
    rule.source = IpPrefix{IpAddress::any(rule.family), header.src_len};
    if (auto error = fields.read(reader.rest(), rule, "a rule")) return *std::move(error);
    if (rule.destination->length == 0) rule.destination.reset();
    if (rule.source->length == 0) rule.source.reset();
    return rule;
}

}  // namespace vethwork::netlink
