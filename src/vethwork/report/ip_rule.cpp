#include <vethwork/report/ip_route.hpp>
#include <vethwork/report/routing_text.hpp>

namespace vethwork::report {

namespace {

using topology::NameKind;
using topology::Rule;
using topology::RuleAction;

constexpr std::uint32_t nothing = 0xffffffff;

/// A word that in JSON is a key without a value.
void word(IpWriter& writer, std::string_view key, std::string_view text) {
    writer.text(text);
    writer.json_null(key);
}

/// ` to 10.0.0.0/8`; in JSON address and length apart, the length only where it is no host's.
void write_prefix(IpWriter& writer, std::string_view key, std::string_view length_key,
                  IpPrefix const& prefix) {
    auto const address = prefix.address.to_string();
    writer.field(key, "{}", address, ink_of(prefix.family()));
    if (!prefix.is_host()) writer.field(length_key, "/{}", prefix.length);
}

void write_mark(IpWriter& writer, Rule const& rule) {
    if (!rule.mark && !rule.mark_mask) return;
    auto const hexadecimal = [](std::uint32_t number) {
        return number == 0 ? std::string("0") : fmt::format("{:#x}", number);
    };
    writer.field("fwmark", " fwmark {}", hexadecimal(rule.mark.value_or(0)));
    if (rule.mark_mask && *rule.mark_mask != 0xffffffff)
        writer.field("fwmask", "/{}", hexadecimal(*rule.mark_mask));
}

void write_links(IpWriter& writer, Rule const& rule) {
    if (rule.incoming) {
        writer.text(" iif ");
        writer.field("iif", "{}", *rule.incoming, Ink::link_name);
        if (rule.flags & topology::rule_flag::iif_detached) word(writer, "iif_detached", " [detached]");
    }
    if (rule.outgoing) {
        writer.text(" oif ");
        writer.field("oif", "{}", *rule.outgoing, Ink::link_name);
        if (rule.flags & topology::rule_flag::oif_detached) word(writer, "oif_detached", " [detached]");
    }
}

void write_ports(IpWriter& writer, std::string const& key, topology::PortRange const& ports) {
    if (ports.first == ports.last) return writer.field(key, " " + key + " {}", ports.first);
    writer.field(key + "_start", " " + key + " {}", ports.first);
    writer.field(key + "_end", "-{}", ports.last);
}

void write_ip_protocol(IpWriter& writer, std::uint8_t protocol, RoutingDetails const& details) {
    auto const name = details.ip.numeric ? std::string() : details.ip_protocol_name(protocol);
    writer.field("ipproto", " ipproto {}", name.empty() ? fmt::format("ipproto-{}", protocol) : name);
}

void write_selector(IpWriter& writer, Rule const& rule, RoutingDetails const& details) {
    if (rule.flags & topology::rule_flag::invert) word(writer, "not", "not ");
    writer.text("from ");
    if (rule.source)
        write_prefix(writer, "src", "srclen", *rule.source);
    else
        writer.field("src", "{}", "all");
    if (rule.destination) {
        writer.text(" to ");
        write_prefix(writer, "dst", "dstlen", *rule.destination);
    }
    if (rule.tos != 0) writer.field("tos", " tos {}", details.ip.name(NameKind::ds_field, rule.tos));
    write_mark(writer, rule);
    write_links(writer, rule);
    if (rule.l3_master.value_or(0) != 0) word(writer, "l3mdev", " lookup [l3mdev-table]");
    if (rule.uids) {
        writer.field("uid_start", " uidrange {}", rule.uids->first);
        writer.field("uid_end", "-{}", rule.uids->last);
    }
    if (rule.ip_protocol) write_ip_protocol(writer, *rule.ip_protocol, details);
    if (rule.source_ports) write_ports(writer, "sport", *rule.source_ports);
    if (rule.destination_ports) write_ports(writer, "dport", *rule.destination_ports);
    if (rule.tunnel_id) writer.field("tun_id", " tun_id {}", *rule.tunnel_id);
}

void write_table(IpWriter& writer, Rule const& rule, RoutingDetails const& details) {
    if (rule.table == 0) return;
    writer.field("table", " lookup {}", details.ip.name(NameKind::route_table, rule.table));
    if (rule.suppress_prefix_length.value_or(nothing) != nothing)
        writer.field("suppress_prefixlen", " suppress_prefixlength {}",
                     static_cast<std::int32_t>(*rule.suppress_prefix_length));
    if (rule.suppress_group.value_or(nothing) != nothing)
        writer.field("suppress_ifgroup", " suppress_ifgroup {}",
                     details.ip.name(NameKind::group, *rule.suppress_group));
}

void write_realms(IpWriter& writer, std::uint32_t realms, RoutingDetails const& details) {
    auto const name = [&details](std::uint32_t realm) { return details.ip.name(NameKind::realm, realm); };
    if (realms >> 16)
        writer.field("flow_from", " realms {}/", name(realms >> 16));
    else
        writer.text(" realms ");
    writer.field("flow_to", "{}", name(realms & 0xffff));
}

void write_action(IpWriter& writer, Rule const& rule, RoutingDetails const& details) {
    switch (rule.action) {
        case RuleAction::to_table:
            return;
        case RuleAction::nat:
            if (rule.nat_gateway)
                return writer.field("nat_gateway", " map-to {}", details.host(*rule.nat_gateway));
            return word(writer, "masquerade", " masquerade");
        case RuleAction::go_to:
            if (rule.target)
                writer.field("goto", " goto {}", *rule.target);
            else
                writer.field("goto", " goto {}", "none");
            if (rule.flags & topology::rule_flag::unresolved) word(writer, "unresolved", " [unresolved]");
            return;
        case RuleAction::no_operation:
            return word(writer, "nop", " nop");
        default:
            return writer.field("action", " {}",
                                route_type_text(static_cast<std::uint8_t>(rule.action), details.ip.numeric));
    }
}

void write_rule(IpWriter& writer, Rule const& rule, RoutingDetails const& details) {
    writer.begin_object();
    writer.field("priority", "{}:\t", rule.priority.value_or(0));
    write_selector(writer, rule, details);
    write_table(writer, rule, details);
    if (rule.realms) write_realms(writer, *rule.realms, details);
    write_action(writer, rule, details);
    if (rule.protocol) {
        bool const worth_telling = *rule.protocol != 0 && *rule.protocol != topology::kernel_protocol;
        if (worth_telling || details.ip.details)
            writer.field("protocol", " proto {}", details.ip.name(NameKind::route_protocol, *rule.protocol));
    }
    writer.text("\n");
    writer.end_object();
}

}  // namespace

void write_rules(IpWriter& writer, std::span<Rule const> rules, RoutingDetails const& details) {
    writer.begin_list();
    for (auto const& rule : rules) write_rule(writer, rule, details);
    writer.end_list();
}

}  // namespace vethwork::report
