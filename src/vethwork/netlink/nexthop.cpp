#include <vethwork/netlink/nexthop.hpp>

#include <linux/nexthop.h>
#include <sys/socket.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/encapsulation.hpp>

namespace vethwork::netlink {

namespace {

using topology::Nexthop;
using topology::NexthopBucket;
using topology::NexthopResilience;

constexpr EncapsulationTypes encapsulation_types{NHA_ENCAP_TYPE, NHA_ENCAP};

constexpr auto resilience_fields = make_table<NexthopResilience>(
    field<&NexthopResilience::buckets>(NHA_RES_GROUP_BUCKETS, "NHA_RES_GROUP_BUCKETS"),
    field<&NexthopResilience::idle_timer>(NHA_RES_GROUP_IDLE_TIMER, "NHA_RES_GROUP_IDLE_TIMER"),
    field<&NexthopResilience::unbalanced_timer>(NHA_RES_GROUP_UNBALANCED_TIMER,
                                                "NHA_RES_GROUP_UNBALANCED_TIMER"),
    field<&NexthopResilience::unbalanced_time>(NHA_RES_GROUP_UNBALANCED_TIME,
                                               "NHA_RES_GROUP_UNBALANCED_TIME"));

constexpr auto bucket_details = make_table<NexthopBucket>(
    field<&NexthopBucket::index>(NHA_RES_BUCKET_INDEX, "NHA_RES_BUCKET_INDEX"),
    field<&NexthopBucket::idle_time>(NHA_RES_BUCKET_IDLE_TIME, "NHA_RES_BUCKET_IDLE_TIME"),
    field<&NexthopBucket::nexthop_id>(NHA_RES_BUCKET_NH_ID, "NHA_RES_BUCKET_NH_ID"));

constexpr auto bucket_fields = make_table<NexthopBucket>(
    field<&NexthopBucket::group_id>(NHA_ID, "NHA_ID"),
    Row<NexthopBucket>{NHA_RES_BUCKET, "NHA_RES_BUCKET", nullptr, [](NexthopBucket& bucket, Bytes bytes) {
                           return !bucket_details.read(bytes, bucket, "a bucket");
                       }});

void write_group(Nexthop const& nexthop, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (nexthop.group.empty()) return;
    ByteWriter bytes;
    for (auto const& member : nexthop.group)
        bytes.native(nexthop_grp{.id = member.id, .weight = static_cast<std::uint8_t>(member.weight - 1)});
    to.attribute(type, name, bytes.bytes());
}

bool read_group(Nexthop& nexthop, Bytes bytes) {
    ByteReader reader(bytes);
    while (reader.left() > 0) {
        auto const member = reader.native<nexthop_grp>();
        if (reader.failed()) return false;
        nexthop.group.push_back({member.id, static_cast<std::uint16_t>(member.weight + 1)});
    }
    return true;
}

template <bool Nexthop::*Member>
constexpr Row<Nexthop> flag(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Nexthop const& nexthop, MessageWriter& to, std::uint16_t t, std::string_view n) {
                Presence::write(to, t, n, nexthop.*Member);
            },
            [](Nexthop& nexthop, Bytes bytes) { return Presence::read(bytes, nexthop.*Member); }};
}

constexpr auto fields = make_table<Nexthop>(
    field<&Nexthop::id>(NHA_ID, "NHA_ID"), Row<Nexthop>{NHA_GROUP, "NHA_GROUP", write_group, read_group},
    field<&Nexthop::group_type>(NHA_GROUP_TYPE, "NHA_GROUP_TYPE"),
    flag<&Nexthop::blackhole>(NHA_BLACKHOLE, "NHA_BLACKHOLE"), field<&Nexthop::link>(NHA_OIF, "NHA_OIF"),
    field<&Nexthop::via>(NHA_GATEWAY, "NHA_GATEWAY"), flag<&Nexthop::fdb>(NHA_FDB, "NHA_FDB"),
    field<&Nexthop::resilience, Nested<resilience_fields>>(NHA_RES_GROUP, "NHA_RES_GROUP"));

/// NHA_ENCAP says nothing without NHA_ENCAP_TYPE, whichever comes first.
bool read_encapsulation_of(Nexthop& nexthop, Bytes stream) {
    std::uint16_t type = 0;
    Bytes content;
    AttributeReader attributes(stream);
    while (auto const attribute = attributes.next()) {
        if (attribute->type == NHA_ENCAP) content = attribute->payload;
        if (attribute->type == NHA_ENCAP_TYPE && !HostOrder::read(attribute->payload, type)) return false;
    }
    if (type == 0) return true;
    nexthop.encapsulation = read_encapsulation(type, content);
    return nexthop.encapsulation.has_value();
}

}  // namespace

void write_nexthop(Nexthop const& nexthop, MessageWriter& to) {
    to.fixed(
        nhmsg{.nh_family = static_cast<std::uint8_t>(nexthop.family ? static_cast<int>(*nexthop.family) : 0),
              .nh_scope = 0,
              .nh_protocol = nexthop.protocol,
              .resvd = 0,
              .nh_flags = nexthop.flags});
    fields.write(nexthop, to);
    if (nexthop.encapsulation) write_encapsulation(*nexthop.encapsulation, encapsulation_types, to);
}

Result<Nexthop> read_nexthop(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<nhmsg>();
    if (reader.failed()) return malformed_error("decode a next hop: its header is cut short");
    Nexthop nexthop{.flags = header.nh_flags, .protocol = header.nh_protocol, .scope = header.nh_scope};
    if (header.nh_family == AF_INET || header.nh_family == AF_INET6)
        nexthop.family = static_cast<Family>(header.nh_family);
    if (auto error = fields.read(reader.rest(), nexthop, "a next hop")) return *std::move(error);
    if (!read_encapsulation_of(nexthop, reader.rest()))
        return malformed_error("decode a next hop: its encapsulation is malformed");
    return nexthop;
}

Result<NexthopBucket> read_nexthop_bucket(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<nhmsg>();
    if (reader.failed()) return malformed_error("decode a bucket: its header is cut short");
    NexthopBucket bucket{.flags = header.nh_flags};
    if (auto error = bucket_fields.read(reader.rest(), bucket, "a bucket")) return *std::move(error);
    return bucket;
}

}  // namespace vethwork::netlink
