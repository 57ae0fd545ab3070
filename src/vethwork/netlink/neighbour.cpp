#include <vethwork/netlink/neighbour.hpp>

#include <linux/neighbour.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

using topology::Neighbour;
using topology::NeighbourTimes;

static_assert(sizeof(NeighbourTimes) == sizeof(nda_cacheinfo));

constexpr auto fields = make_table<Neighbour>(
    field<&Neighbour::address>(NDA_DST, "NDA_DST"), field<&Neighbour::link_address>(NDA_LLADDR, "NDA_LLADDR"),
    Row<Neighbour>{
        NDA_PROBES, "NDA_PROBES", nullptr,
        [](Neighbour& neighbour, Bytes bytes) { return HostOrder::read(bytes, neighbour.probes.emplace()); }},
    Row<Neighbour>{
        NDA_CACHEINFO, "NDA_CACHEINFO", nullptr,
        [](Neighbour& neighbour, Bytes bytes) { return HostOrder::read(bytes, neighbour.times.emplace()); }},
    field<&Neighbour::protocol>(NDA_PROTOCOL, "NDA_PROTOCOL"),
    field<&Neighbour::extended_flags>(NDA_FLAGS_EXT, "NDA_FLAGS_EXT"));

}  // namespace

void write_neighbour(Neighbour const& neighbour, MessageWriter& to) {
    auto const family = neighbour.address ? neighbour.address->family : Family{};
    to.fixed(ndmsg{.ndm_family = static_cast<std::uint8_t>(family),
                   .ndm_ifindex = static_cast<std::int32_t>(neighbour.link.index),
                   .ndm_state = neighbour.state,
                   .ndm_flags = neighbour.flags,
                   .ndm_type = 0});
    fields.write(neighbour, to);
}

Result<Neighbour> read_neighbour(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<ndmsg>();
    if (reader.failed()) return malformed_error("decode a neighbour: its header is cut short");
    Neighbour neighbour;
    neighbour.link.index = static_cast<std::uint32_t>(header.ndm_ifindex);
    neighbour.state = header.ndm_state;
    neighbour.flags = header.ndm_flags;
    neighbour.type = header.ndm_type;
    if (auto error = fields.read(reader.rest(), neighbour, "a neighbour")) return *std::move(error);
    return neighbour;
}

}  // namespace vethwork::netlink
