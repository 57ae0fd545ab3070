#include <algorithm>

#include <vethwork/report/hardware_type.hpp>
#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

void write_source_addresses(KindWriter const& out, topology::Macvlan const& m) {
    auto& writer = out.writer();
    writer.field("macaddr_count", "remotes ({}) ", *m.address_count);
    if (m.addresses.empty()) return;
    writer.begin_list("macaddr_data");
    for (auto const& address : m.addresses) writer.field({}, "{} ", address.to_string());
    writer.end_list();
}

}  // namespace

void write_kind(KindWriter const& out, topology::Macvlan const& m) {
    if (!m.mode) return;
    auto const* const mode =
        std::ranges::find(topology::macvlan_modes, *m.mode, &topology::NamedNumber::number);
    bool const known = mode != topology::macvlan_modes.end();
    out.text(known ? mode->name : "unknown", "mode");
    auto const flags = m.flags.value_or(0);
    out.mark((flags & topology::macvlan_no_promiscuity) != 0, "nopromisc", "nopromisc");
    out.mark((flags & topology::macvlan_no_destination) != 0, "nodst", "nodst");
    out.number(m.broadcast_queue, "bcqueuelen");
    out.number(m.broadcast_queue_used, "usedbcqueuelen");
    if (known && mode->name == "source" && m.address_count) write_source_addresses(out, m);
}

void write_kind(KindWriter const& out, topology::Ipvlan const& i) {
    if (i.mode) out.writer().text(" ");
    out.named(i.mode, topology::ipvlan_modes, "mode", "mode", "unknown");
    if (!i.flags) return;
    std::string_view const word = *i.flags & topology::ipvlan_private ? "private"
                                  : *i.flags & topology::ipvlan_vepa  ? "vepa"
                                                                      : "bridge";
    out.mark(true, word, word);
}

namespace {

void write_flags(IpWriter& writer, std::uint32_t flags) {
    writer.begin_list("flags");
    writer.text("<");
    // In the order in which scripts know them.
    for (auto const bit : {1u, 2u, 8u, 4u, 16u}) {
        if (!(flags & bit)) continue;
        flags &= ~bit;
        auto const* const name =
            std::ranges::find(topology::vlan_flag_names, bit, &topology::VlanFlagName::bit);
        writer.field({}, flags ? "{}," : "{}", name->shown);
    }
    if (flags) writer.field({}, "{}", fmt::format("{:x}", flags));
    writer.text("> ");
    writer.end_list();
}

void write_map(IpWriter& writer, std::string_view key, std::string_view word,
               std::vector<topology::QosMapping> const& map) {
    writer.begin_list(key);
    writer.end_line();
    writer.text(fmt::format("      {} {{ ", word));
    for (auto const& one : map) {
        writer.begin_object();
        writer.json("from", one.from);
        writer.json("to", one.to);
        writer.end_object();
        writer.text(fmt::format("{}:{} ", one.from, one.to));
    }
    writer.end_list();
    writer.text("} ");
}

}  // namespace

void write_kind(KindWriter const& out, topology::Vlan const& v) {
    if (!v.id) return;
    out.text(v.protocol ? ethernet_protocol_name(*v.protocol) : "802.1q", "protocol");
    out.number(v.id, "id");
    if (v.flags) write_flags(out.writer(), v.flags->flags);
    if (v.ingress) write_map(out.writer(), "ingress_qos", "ingress-qos-map", *v.ingress);
    if (v.egress) write_map(out.writer(), "egress_qos", "egress-qos-map", *v.egress);
}

void write_kind(KindWriter const& out, topology::Vrf const& v) { out.number(v.table, "table"); }
void write_port(KindWriter const& out, topology::VrfPort const& p) { out.number(p.table, "table"); }

}  // namespace vethwork::report
