#include <linux/ip6_tunnel.h>

#include <linux/in.h>

#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

using topology::GreOptions;
using topology::TunnelEncapsulation;

void write_tos(KindWriter const& out, std::optional<std::uint8_t> tos) {
    if (!tos.value_or(0)) return;
    if (out.is_json() || *tos != 1)
        out.hexadecimal(tos, "tos");
    else
        out.writer().text("tos inherit ");
}

/// 0 is said as `inherit` in text.
void write_ttl(KindWriter const& out, std::optional<std::uint8_t> ttl, std::string_view word) {
    if (out.is_json() || ttl.value_or(0))
        out.number(std::optional(ttl.value_or(0)), "ttl", word);
    else
        out.writer().text(fmt::format("{} inherit ", word));
}

void write_firewall_mark(KindWriter const& out, std::optional<std::uint32_t> mark) {
    if (mark.value_or(0)) out.hexadecimal(mark, "fwmark");
}

void write_encapsulation_text(IpWriter& writer, TunnelEncapsulation const& e) {
    auto const no = [](std::optional<bool> on) { return on.value_or(false) ? "" : "no"; };
    auto const source = e.source_port.value_or(0);
    writer.text(fmt::format("encap-sport {} encap-dport {} {}encap-csum {}encap-csum6 {}encap-remcsum ",
                            source ? std::to_string(source) : "auto", e.destination_port.value_or(0),
                            no(e.checksum), no(e.checksum6), no(e.remote_checksum)));
}

void write_encapsulation(KindWriter const& out, TunnelEncapsulation const& e) {
    if (!e.type.value_or(0)) return;
    auto& writer = out.writer();
    writer.begin_object("encap");
    writer.text("encap ");
    if (*e.type <= 2) {
        writer.field("type", "{} ", *e.type == 1 ? "fou" : "gue");
    } else {
        writer.json_null("type");
        writer.text("unknown ");
    }
    writer.json("sport", e.source_port.value_or(0));
    writer.json("dport", e.destination_port.value_or(0));
    writer.json("csum", e.checksum.value_or(false));
    writer.json("csum6", e.checksum6.value_or(false));
    writer.json("remcsum", e.remote_checksum.value_or(false));
    writer.end_object();
    write_encapsulation_text(writer, e);
}

/// Keys are written as IPv4 addresses.
std::string key_text(std::uint32_t key) { return IpAddress::ipv4(key).to_string(); }

void write_gre_options(KindWriter const& out, GreOptions const& input, GreOptions const& output) {
    if (input.with_key.value_or(false) && input.key) out.text(key_text(*input.key), "ikey");
    if (output.with_key.value_or(false) && output.key) out.text(key_text(*output.key), "okey");
    out.mark(input.with_sequence, "iseq", "iseq");
    out.mark(output.with_sequence, "oseq", "oseq");
    out.mark(input.with_checksum, "icsum", "icsum");
    out.mark(output.with_checksum, "ocsum", "ocsum");
}

}  // namespace

void write_kind(KindWriter const& out, topology::Gre const& g) {
    out.mark(g.external, "external", "external");
    out.endpoint(g.remote, "remote");
    out.endpoint(g.local, "local");
    out.link(g.underlay, "link", "dev");
    write_ttl(out, g.ttl, "ttl");
    write_tos(out, g.tos);
    if (g.path_mtu_discovery) out.writer().json("pmtudisc", *g.path_mtu_discovery);
    if (g.path_mtu_discovery == false) out.writer().text("nopmtudisc ");
    out.mark(g.ignore_dont_fragment, "ignore_df", "ignore-df");
    write_gre_options(out, g.input, g.output);
    write_firewall_mark(out, g.firewall_mark);
    write_encapsulation(out, g.encapsulation);
}

namespace {

void write_ip6_start(KindWriter const& out, topology::Ip6Outer const& t) {
    out.endpoint(t.remote, "remote");
    out.endpoint(t.local, "local");
    out.link(t.underlay, "link", "dev");
    write_ttl(out, t.hop_limit, "hoplimit");
    if (t.flags & IP6_TNL_F_IGN_ENCAP_LIMIT)
        out.mark(true, "ip6_tnl_f_ign_encap_limit", "encaplimit none");
    else
        out.number(t.encapsulation_limit, "encap_limit", "encaplimit");
    if (t.flags & IP6_TNL_F_USE_ORIG_TCLASS)
        out.mark(true, "ip6_tnl_f_use_orig_tclass", "tclass inherit");
    else if (t.traffic_class)
        out.text(fmt::format("0x{:02x}", *t.traffic_class), "tclass");
    if (t.flags & IP6_TNL_F_USE_ORIG_FLOWLABEL)
        out.mark(true, "ip6_tnl_f_use_orig_flowlabel", "flowlabel inherit");
    else if (t.flow_label)
        out.text(fmt::format("0x{:05x}", *t.flow_label), "flowlabel");
    out.mark((t.flags & IP6_TNL_F_RCV_DSCP_COPY) != 0, "ip6_tnl_f_rcv_dscp_copy", "dscp inherit");
}

void write_ip6_end(KindWriter const& out, topology::Ip6Outer const& t) {
    constexpr std::uint32_t allow_local_remote = 0x40;  // IP6_TNL_F_ALLOW_LOCAL_REMOTE
    constexpr std::uint32_t original_mark = 0x20;       // IP6_TNL_F_USE_ORIG_FWMARK
    out.mark((t.flags & allow_local_remote) != 0, "ip6_tnl_f_allow_local_remote", "allow-localremote");
    if (t.flags & original_mark)
        out.mark(true, "ip6_tnl_f_use_orig_fwmark", "fwmark inherit");
    else
        write_firewall_mark(out, t.firewall_mark);
    write_encapsulation(out, t.encapsulation);
}

}  // namespace

void write_kind(KindWriter const& out, topology::Ip6Gre const& g) {
    out.mark(g.external, "external", "external");
    write_ip6_start(out, g);
    write_gre_options(out, g.input, g.output);
    write_ip6_end(out, g);
}

namespace {

std::string_view inner_name(std::uint8_t protocol, std::string_view of_ip, std::string_view of_ip6) {
    if (protocol == IPPROTO_IPIP) return of_ip;
    if (protocol == IPPROTO_IPV6) return of_ip6;
    if (protocol == IPPROTO_MPLS) return "mplsip";
    return protocol == 0 ? "any" : "";
}

void write_inner(KindWriter const& out, std::optional<std::uint8_t> protocol, std::string_view of_ip,
                 std::string_view of_ip6) {
    if (!protocol) return;
    if (auto const name = inner_name(*protocol, of_ip, of_ip6); !name.empty())
        out.writer().field("proto", "{} ", name);
}

void write_rapid(KindWriter const& out, topology::IpTunnel const& t) {
    if (!t.rapid_prefix || t.rapid_prefix->length == 0) return;
    auto& writer = out.writer();
    writer.json("prefix", t.rapid_prefix->address.to_string());
    writer.json("prefixlen", t.rapid_prefix->length);
    writer.text(fmt::format("6rd-prefix {} ", t.rapid_prefix->to_string()));
    if (!t.rapid_relay_prefix || t.rapid_relay_prefix->address.is_any()) return;
    writer.json("relay_prefix", t.rapid_relay_prefix->address.to_string());
    writer.json("relay_prefixlen", t.rapid_relay_prefix->length);
    writer.text(fmt::format("6rd-relay_prefix {} ", t.rapid_relay_prefix->to_string()));
}

}  // namespace

void write_kind(KindWriter const& out, topology::Ip6Tunnel const& t) {
    out.mark(t.external, "external", "external");
    write_inner(out, t.protocol, "ipip6", "ip6ip6");
    write_ip6_start(out, t);
    out.mark((t.flags & IP6_TNL_F_MIP6_DEV) != 0, "ip6_tnl_f_mip6_dev", "mip6");
    write_ip6_end(out, t);
}

void write_kind(KindWriter const& out, topology::IpTunnel const& t) {
    out.mark(t.external, "external", "external");
    write_inner(out, t.protocol, "ipip", "ip6ip");
    out.endpoint(t.remote, "remote");
    out.endpoint(t.local, "local");
    out.link(t.underlay, "link", "dev");
    write_ttl(out, t.ttl, "ttl");
    write_tos(out, t.tos);
    out.negatable(t.path_mtu_discovery.value_or(false), "pmtudisc", "pmtudisc");
    out.mark(t.isatap, "isatap", "isatap");
    write_rapid(out, t);
    write_firewall_mark(out, t.firewall_mark);
    write_encapsulation(out, t.encapsulation);
}

void write_kind(KindWriter const& out, topology::Vti const& v) {
    out.endpoint(v.remote, "remote");
    out.endpoint(v.local, "local");
    out.link(v.underlay, "link", "dev");
    if (v.input_key.value_or(0)) out.text(key_text(*v.input_key), "ikey");
    if (v.output_key.value_or(0)) out.text(key_text(*v.output_key), "okey");
    write_firewall_mark(out, v.firewall_mark);
}

void write_kind(KindWriter const& out, topology::Xfrm const& x) {
    out.mark(x.external, "external", "external");
    if (!x.external.value_or(false)) out.hexadecimal(x.id, "if_id");
}

}  // namespace vethwork::report
