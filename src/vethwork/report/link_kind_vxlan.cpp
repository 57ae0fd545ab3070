#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

/// The text says `inherit` and `auto` where JSON has the number.
void write_tos(KindWriter const& out, std::optional<std::uint8_t> tos) {
    if (!tos.value_or(0)) return;
    if (out.is_json() || *tos != 1)
        out.hexadecimal(tos, "tos");
    else
        out.writer().text("tos inherit ");
}

void write_ttl(KindWriter const& out, std::optional<std::uint8_t> ttl, std::optional<bool> inherit) {
    if (inherit.value_or(false))
        out.writer().text("ttl inherit ");
    else if (out.is_json() || ttl.value_or(0))
        out.number(ttl, "ttl");
    else if (ttl)
        out.writer().text("ttl auto ");
}

void write_dont_fragment(KindWriter const& out, std::optional<std::uint8_t> choice) {
    if (choice && (out.is_json() || *choice != 0) && *choice < topology::dont_fragment_choices.size())
        out.named(choice, topology::dont_fragment_choices, "df");
}

void write_flow_label(KindWriter const& out, std::optional<std::uint32_t> label) {
    if (label.value_or(0)) out.hexadecimal(label, "label", "flowlabel");
}

/// The key of an IPv6 address ends in 6.
void write_address(KindWriter const& out, std::optional<IpAddress> const& address, std::string const& word) {
    if (!address || address->is_any()) return;
    out.text(address->to_string(), address->family == Family::ipv6 ? word + "6" : word, word);
}

void write_source_ports(KindWriter const& out, topology::SourcePorts const& ports) {
    auto& writer = out.writer();
    writer.begin_object("port_range");
    writer.json("low", ports.low);
    writer.json("high", ports.high);
    writer.end_object();
    writer.text(fmt::format("srcport {} {} ", ports.low, ports.high));
}

void write_learning(KindWriter const& out, topology::Vxlan const& v) {
    if (v.learning) out.writer().json("learning", *v.learning);
    if (v.learning == false) out.writer().text("nolearning ");
    out.mark(v.proxy, "proxy", "proxy");
    out.mark(v.route_short_circuit, "rsc", "rsc");
    out.mark(v.l2_miss, "l2miss", "l2miss");
    out.mark(v.l3_miss, "l3miss", "l3miss");
}

void write_ageing(KindWriter const& out, std::optional<std::uint32_t> ageing) {
    if (!ageing) return;
    if (*ageing == 0 && !out.is_json())
        out.writer().text("ageing none ");
    else
        out.number(ageing, "ageing");
}

}  // namespace

void write_kind(KindWriter const& out, topology::Vxlan const& v) {
    out.mark(v.external, "external", "external");
    if (v.vni_filter.value_or(false)) out.writer().mark("vnifilter", "vnifilter");
    out.number(v.id, "id");
    write_address(out, v.remote, v.remote && v.remote->is_multicast() ? "group" : "remote");
    write_address(out, v.local, "local");
    out.link(v.underlay, "link", "dev");
    if (v.source_ports) write_source_ports(out, *v.source_ports);
    out.number(v.port, "port", "dstport");
    write_learning(out, v);
    write_tos(out, v.tos);
    write_ttl(out, v.ttl, v.ttl_inherit);
    write_dont_fragment(out, v.dont_fragment);
    write_flow_label(out, v.flow_label);
    write_ageing(out, v.ageing);
    if (v.limit.value_or(0)) out.number(v.limit, "limit", "maxaddr");
    out.negatable(v.udp_checksum, "udp_csum", "udpcsum");
    out.negatable(v.udp6_zero_checksum_tx, "udp_zero_csum6_tx", "udp6zerocsumtx");
    out.negatable(v.udp6_zero_checksum_rx, "udp_zero_csum6_rx", "udp6zerocsumrx");
    out.mark(v.remote_checksum_tx, "remcsum_tx", "remcsumtx");
    out.mark(v.remote_checksum_rx, "remcsum_rx", "remcsumrx");
    out.mark(v.group_policy, "gbp", "gbp");
    out.mark(v.protocol_extension, "gpe", "gpe");
}

void write_kind(KindWriter const& out, topology::Geneve const& g) {
    out.mark(g.external, "external", "external");
    out.number(g.id, "id");
    if (!g.remote || g.remote->family == Family::ipv4 || !g.remote->is_multicast())
        write_address(out, g.remote, "remote");
    write_ttl(out, g.ttl, g.ttl_inherit);
    write_tos(out, g.tos);
    write_dont_fragment(out, g.dont_fragment);
    write_flow_label(out, g.flow_label);
    out.number(g.port, "port", "dstport");
    out.negatable(g.udp_checksum, "udp_csum", "udpcsum");
    out.negatable(g.udp6_zero_checksum_tx, "udp_zero_csum6_tx", "udp6zerocsumtx");
    out.negatable(g.udp6_zero_checksum_rx, "udp_zero_csum6_rx", "udp6zerocsumrx");
    out.mark(g.inner_protocol_inherit, "inner_proto_inherit", "innerprotoinherit");
}

}  // namespace vethwork::report
