#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

/// A kind that has nothing to tell has no object in JSON either.
void write_settings(KindWriter const&, topology::PlainKind const&) {}
void write_settings(KindWriter const&, topology::Veth const&) {}
template <class Kind>
void write_settings(KindWriter const& out, Kind const& kind) {
    out.writer().begin_object("info_data");
    write_kind(out, kind);
    out.writer().end_object();
}

void write_port_settings(KindWriter const&, std::monostate) {}
template <class Port>
void write_port_settings(KindWriter const& out, Port const& port) {
    out.writer().begin_object("info_slave_data");
    write_port(out, port);
    out.writer().end_object();
}

}  // namespace

void write_link_kind(IpWriter& writer, topology::Link const& link, IpDetails const& details) {
    KindWriter const out(writer, details);
    writer.begin_object("linkinfo");
    if (!link.kind_name.empty()) {
        writer.end_line();
        writer.field("info_kind", "    {} ", link.kind_name);
        std::visit([&out](auto const& kind) { write_settings(out, kind); }, link.kind);
    }
    if (!link.port_kind_name.empty()) {
        writer.end_line();
        writer.field("info_slave_kind", "    {}_slave ", link.port_kind_name);
        std::visit([&out](auto const& port) { write_port_settings(out, port); }, link.port);
    }
    writer.end_object();
}

}  // namespace vethwork::report
