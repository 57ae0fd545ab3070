#include <vethwork/report/ip_link.hpp>

namespace vethwork::report {

void write_link(IpWriter& writer, topology::Link const& link, IpDetails const& details, LinkView) {
    writer.field("ifindex", "{}: ", link.index);
    writer.field("ifname", "{}", link.name, Ink::link_name);
    if (link.mtu) writer.field("mtu", ": mtu {}", *link.mtu);
    if (link.master) writer.field("master", " master {}", details.link_name(link.master->index));
    writer.end_line();
}

void write_links(IpWriter& writer, std::span<topology::Link const> links, IpDetails const& details) {
    writer.begin_list();
    for (auto const& link : links) {
        writer.begin_object();
        write_link(writer, link, details, LinkView::link);
        writer.end_object();
    }
    writer.end_list();
}

}  // namespace vethwork::report
