#include <vethwork/report/ip_netns.hpp>

namespace vethwork::report {

namespace {

/// An id, or in text only, that there is none.
void write_id(IpWriter& writer, std::string_view key, std::optional<int> id) {
    if (id)
        writer.field(key, std::string(key) + " {} ", *id);
    else
        writer.text(std::string(key) + " unassigned ");
}

}  // namespace

void write_namespaces(IpWriter& writer, std::span<topology::NamedNamespace const> namespaces) {
    writer.begin_list();
    for (auto const& one : namespaces) {
        writer.begin_object();
        writer.field("name", "{}", one.name);
        if (one.nsid) writer.field("id", " (id: {})", *one.nsid);
        writer.text("\n");
        writer.end_object();
    }
    writer.end_list();
}

void write_namespace_id(IpWriter& writer, topology::NamespaceId const& id, Change change) {
    writer.begin_object();
    if (change == Change::deleted) writer.mark("deleted", "Deleted ");
    write_id(writer, "nsid", id.nsid);
    if (id.tells_current) write_id(writer, "current-nsid", id.current_nsid);
    if (!id.name.empty()) writer.field("name", "(iproute2 netns name: {})", id.name);
    writer.text("\n");
    writer.end_object();
}

void write_namespace_ids(IpWriter& writer, std::span<topology::NamespaceId const> ids) {
    writer.begin_list();
    for (auto const& id : ids) write_namespace_id(writer, id, Change::present);
    writer.end_list();
}

}  // namespace vethwork::report
