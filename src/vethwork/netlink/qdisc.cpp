#include <vethwork/netlink/qdisc.hpp>

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/netem.hpp>
#include <vethwork/topology/netem.hpp>

namespace vethwork::netlink {

namespace {

using topology::BitRate;
using topology::Fifo;
using topology::Netem;
using topology::Qdisc;
using topology::QueueStatistics;
using topology::TokenBucket;

template <class Owner>
using Reader = bool (*)(Owner&, Bytes);

template <class Owner>
constexpr Row<Owner> reads(std::uint16_t type, std::string_view name, Reader<Owner> read) {
    return {type, name, nullptr, read};
}

std::optional<Error> read_emulator(Bytes options, Qdisc& qdisc) {
    Netem netem;
    netem.distribution = topology::distribution_of(qdisc.handle);
    if (auto error = read_netem(options, netem)) return error;
    qdisc.options = netem;
    return {};
}

/// What the kernel tells of a bucket; its size is a time at its rate.
struct BucketFacts {
    tc_tbf_qopt told{};
    std::uint64_t rate = 0, peak_rate = 0;  // bytes a second
};

constexpr auto bucket_fields = make_table<BucketFacts>(
    reads<BucketFacts>(TCA_TBF_PARMS, "TCA_TBF_PARMS",
                       [](BucketFacts& facts, Bytes bytes) { return read_beginning(bytes, facts.told); }),
    reads<BucketFacts>(TCA_TBF_RATE64, "TCA_TBF_RATE64",
                       [](BucketFacts& facts, Bytes bytes) { return HostOrder::read(bytes, facts.rate); }),
    reads<BucketFacts>(TCA_TBF_PRATE64, "TCA_TBF_PRATE64", [](BucketFacts& facts, Bytes bytes) {
        return HostOrder::read(bytes, facts.peak_rate);
    }));

std::optional<Error> read_bucket(Bytes options, Qdisc& qdisc) {
    BucketFacts facts;
    if (auto error = bucket_fields.read(options, facts, "a token bucket")) return error;
    if (facts.rate == 0) facts.rate = facts.told.rate.rate;
    if (facts.peak_rate == 0) facts.peak_rate = facts.told.peakrate.rate;
    qdisc.options = TokenBucket{bytes_per_second(facts.rate), bytes_per_second(facts.peak_rate),
                                bucket_size(facts.told.buffer, facts.rate), facts.told.limit};
    return {};
}

std::optional<Error> read_fifo(Bytes options, Qdisc& qdisc) {
    Fifo fifo;
    if (!read_beginning(options, fifo.limit))
        return malformed_error("decode a queue: its limit is cut short");
    qdisc.options = fifo;
    return {};
}

struct KindRow {
    std::string_view kind;
    std::optional<Error> (*read)(Bytes options, Qdisc& qdisc);
};

constexpr KindRow kinds[] = {
    {"netem", read_emulator}, {"tbf", read_bucket},           {"pfifo", read_fifo},
    {"bfifo", read_fifo},     {"pfifo_head_drop", read_fifo},
};

/// What is read before the kind is known.
struct Parts {
    Qdisc& qdisc;
    std::optional<Bytes> options;
};

constexpr auto fields = make_table<Parts>(
    reads<Parts>(TCA_KIND, "TCA_KIND",
                 [](Parts& parts, Bytes bytes) { return HostOrder::read(bytes, parts.qdisc.kind); }),
    reads<Parts>(TCA_OPTIONS, "TCA_OPTIONS",
                 [](Parts& parts, Bytes bytes) {
                     parts.options = bytes;
                     return true;
                 }),
    reads<Parts>(TCA_STATS2, "TCA_STATS2", [](Parts& parts, Bytes bytes) {
        parts.qdisc.statistics = read_queue_statistics(bytes);
        return parts.qdisc.statistics.has_value();
    }));

constexpr auto statistics_fields = make_table<QueueStatistics>(
    reads<QueueStatistics>(TCA_STATS_BASIC, "TCA_STATS_BASIC",
                           [](QueueStatistics& statistics, Bytes bytes) {
                               ByteReader reader(bytes);
                               statistics.bytes = reader.native<std::uint64_t>();
                               statistics.packets = reader.native<std::uint32_t>();
                               return !reader.failed();
                           }),
    reads<QueueStatistics>(TCA_STATS_QUEUE, "TCA_STATS_QUEUE",
                           [](QueueStatistics& statistics, Bytes bytes) {
                               gnet_stats_queue told{};
                               if (!read_beginning(bytes, told)) return false;
                               statistics.waiting_packets = told.qlen;
                               statistics.waiting_bytes = told.backlog;
                               statistics.dropped = told.drops;
                               statistics.requeued = told.requeues;
                               statistics.over_limits = told.overlimits;
                               return true;
                           }),
    reads<QueueStatistics>(TCA_STATS_PKT64, "TCA_STATS_PKT64", [](QueueStatistics& statistics, Bytes bytes) {
        return HostOrder::read(bytes, statistics.packets);
    }));

}  // namespace

BitRate bytes_per_second(std::uint64_t rate) {
    constexpr std::uint64_t bits_per_byte = 8;
    return {rate * bits_per_byte};
}

std::uint64_t bucket_size(std::uint32_t ticks, std::uint64_t bytes_per_second) {
    constexpr std::uint64_t ns_per_second = 1'000'000'000;
    auto const ns = static_cast<unsigned __int128>(ticks) * std::uint64_t{qdisc_tick_ns};
    return static_cast<std::uint64_t>((ns * bytes_per_second + ns_per_second / 2) / ns_per_second);
}

std::optional<QueueStatistics> read_queue_statistics(Bytes nested) {
    QueueStatistics statistics;
    if (statistics_fields.read(nested, statistics, "counters")) return {};
    return statistics;
}

Result<Qdisc> read_qdisc(Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<tcmsg>();
    if (reader.failed()) return malformed_error("decode a queueing discipline: its header is cut short");
    Qdisc qdisc;
    qdisc.link.index = static_cast<std::uint32_t>(header.tcm_ifindex);
    qdisc.handle = header.tcm_handle;
    qdisc.parent = header.tcm_parent;
    Parts parts{qdisc, {}};
    if (auto error = fields.read(reader.rest(), parts, "a queueing discipline")) return *std::move(error);
    for (auto const& row : kinds)
        if (row.kind == qdisc.kind && parts.options)
            if (auto error = row.read(*parts.options, qdisc)) return *std::move(error);
    return qdisc;
}

void write_qdisc(Qdisc const& qdisc, MessageWriter& to) {
    to.fixed(tcmsg{.tcm_ifindex = static_cast<int>(qdisc.link.index),
                   .tcm_handle = qdisc.handle,
                   .tcm_parent = qdisc.parent});
    to.text(TCA_KIND, "TCA_KIND", qdisc.kind);
    if (auto const* const netem = std::get_if<Netem>(&qdisc.options)) write_netem(*netem, to);
}

}  // namespace vethwork::netlink
