#include <vethwork/netlink/qdisc.hpp>

#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::netlink {

namespace {

using topology::BitRate;
using topology::Duration;
using topology::Fifo;
using topology::Netem;
using topology::Qdisc;
using topology::QueueStatistics;
using topology::Share;
using topology::TokenBucket;

Share share(std::uint32_t of_all) { return {of_all / double{UINT32_MAX}}; }
Duration ticks(std::uint32_t count) { return {count * qdisc_tick_ns}; }

template <class Owner>
using Reader = bool (*)(Owner&, Bytes);

template <class Owner>
constexpr Row<Owner> reads(std::uint16_t type, std::string_view name, Reader<Owner> read) {
    return {type, name, nullptr, read};
}

bool read_loss_model(Netem& netem, Bytes bytes) {
    AttributeReader models(bytes);
    while (auto const model = models.next()) {
        if (model->type == NETEM_LOSS_GI) netem.four_state_loss = true;
        if (model->type != NETEM_LOSS_GE) continue;
        tc_netem_gemodel told{};
        if (!read_beginning(model->payload, told)) return false;
        netem.burst_loss = {share(told.p), share(told.r), share(UINT32_MAX - told.h), share(told.k1)};
    }
    return !models.failed();
}

constexpr auto netem_fields = make_table<Netem>(
    reads<Netem>(TCA_NETEM_CORR, "TCA_NETEM_CORR",
                 [](Netem& netem, Bytes bytes) {
                     tc_netem_corr told{};
                     if (!read_beginning(bytes, told)) return false;
                     netem.delay_correlation = share(told.delay_corr);
                     netem.loss_correlation = share(told.loss_corr);
                     netem.duplicate_correlation = share(told.dup_corr);
                     return true;
                 }),
    reads<Netem>(TCA_NETEM_REORDER, "TCA_NETEM_REORDER",
                 [](Netem& netem, Bytes bytes) {
                     tc_netem_reorder told{};
                     if (!read_beginning(bytes, told)) return false;
                     netem.reorder = share(told.probability);
                     netem.reorder_correlation = share(told.correlation);
                     return true;
                 }),
    reads<Netem>(TCA_NETEM_CORRUPT, "TCA_NETEM_CORRUPT",
                 [](Netem& netem, Bytes bytes) {
                     tc_netem_corrupt told{};
                     if (!read_beginning(bytes, told)) return false;
                     netem.corrupt = share(told.probability);
                     netem.corrupt_correlation = share(told.correlation);
                     return true;
                 }),
    reads<Netem>(TCA_NETEM_LOSS, "TCA_NETEM_LOSS", read_loss_model),
    reads<Netem>(TCA_NETEM_RATE, "TCA_NETEM_RATE",
                 [](Netem& netem, Bytes bytes) {
                     tc_netem_rate told{};
                     if (!read_beginning(bytes, told)) return false;
                     if (netem.rate.bits_per_second == 0) netem.rate = bytes_per_second(told.rate);
                     return true;
                 }),
    reads<Netem>(TCA_NETEM_ECN, "TCA_NETEM_ECN",
                 [](Netem& netem, Bytes bytes) {
                     std::uint32_t told = 0;
                     bool const right = HostOrder::read(bytes, told);
                     netem.marks = told != 0;
                     return right;
                 }),
    reads<Netem>(TCA_NETEM_RATE64, "TCA_NETEM_RATE64",
                 [](Netem& netem, Bytes bytes) {
                     std::uint64_t told = 0;
                     bool const right = HostOrder::read(bytes, told);
                     netem.rate = bytes_per_second(told);
                     return right;
                 }),
    reads<Netem>(TCA_NETEM_LATENCY64, "TCA_NETEM_LATENCY64",
                 [](Netem& netem, Bytes bytes) { return HostOrder::read(bytes, netem.delay.nanoseconds); }),
    reads<Netem>(TCA_NETEM_JITTER64, "TCA_NETEM_JITTER64",
                 [](Netem& netem, Bytes bytes) { return HostOrder::read(bytes, netem.jitter.nanoseconds); }));

/// A struct, and attributes behind it.
std::optional<Error> read_netem(Bytes options, Qdisc& qdisc) {
    ByteReader reader(options);
    auto const told = reader.native<tc_netem_qopt>();
    if (reader.failed()) return malformed_error("decode a netem: its settings are cut short");
    Netem netem;
    netem.limit = told.limit;
    netem.delay = ticks(told.latency);
    netem.jitter = ticks(told.jitter);
    netem.loss = share(told.loss);
    netem.duplicate = share(told.duplicate);
    netem.gap = told.gap;
    if (auto error = netem_fields.read(reader.rest(), netem, "a netem")) return error;
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
    {"netem", read_netem}, {"tbf", read_bucket},           {"pfifo", read_fifo},
    {"bfifo", read_fifo},  {"pfifo_head_drop", read_fifo},
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

}  // namespace vethwork::netlink
