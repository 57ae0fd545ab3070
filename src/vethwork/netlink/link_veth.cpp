#include <linux/veth.h>

#include <vethwork/netlink/link.hpp>
#include <vethwork/netlink/link_kinds.hpp>

namespace vethwork::netlink {

namespace {

using topology::Veth;

/// The peer travels as a whole link of its own: ifinfomsg and attributes.
void write_veth(topology::LinkKind const& kind, MessageWriter& to) {
    for (auto const& peer : std::get<Veth>(kind).peer) {
        auto const nest = to.begin_nest(VETH_INFO_PEER | NLA_F_NESTED, "VETH_INFO_PEER");
        write_link(peer, to);
        to.end_nest(nest);
    }
}

std::optional<Error> read_veth(Bytes, topology::LinkKind&) { return {}; }

}  // namespace

constinit LinkKindRow const veth_kind{.name = "veth",
                                      .place = place_in<Veth, topology::LinkKind>,
                                      .make = []() -> topology::LinkKind { return Veth{}; },
                                      .write = write_veth,
                                      .read = read_veth};

}  // namespace vethwork::netlink
