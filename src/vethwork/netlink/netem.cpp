#include <vethwork/netlink/netem.hpp>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <algorithm>

#include <vethwork/base/decimal.hpp>
#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/qdisc.hpp>

namespace vethwork::netlink {

namespace {

using topology::Duration;
using topology::Netem;
using topology::Share;

constexpr std::uint64_t bits_per_byte = 8;

Share share(std::uint32_t of_all) { return {of_all / double{UINT32_MAX}}; }
std::uint32_t of_all(Share share) {
    return static_cast<std::uint32_t>(nearest_whole(share.value * UINT32_MAX));
}
Duration ticks(std::uint32_t count) { return {count * qdisc_tick_ns}; }
std::uint32_t in_ticks(Duration duration) {
    return static_cast<std::uint32_t>(
        std::min<std::int64_t>(duration.nanoseconds / qdisc_tick_ns, UINT32_MAX));
}

/// A row for one struct of the kernel's: `tell` fills it, `take` reads it.
template <class Told, void (*Tell)(Netem const&, Told&), void (*Take)(Netem&, Told const&)>
constexpr Row<Netem> row(std::uint16_t type, std::string_view name) {
    return {type, name,
            [](Netem const& netem, MessageWriter& to, std::uint16_t t, std::string_view n) {
                Told told{};
                Tell(netem, told);
                to.value(t, n, told);
            },
            [](Netem& netem, Bytes bytes) {
                Told told{};
                if (!read_beginning(bytes, told)) return false;
                Take(netem, told);
                return true;
            }};
}

void tell_correlations(Netem const& netem, tc_netem_corr& told) {
    told.delay_corr = of_all(netem.delay_correlation);
    told.loss_corr = of_all(netem.loss_correlation);
    told.dup_corr = of_all(netem.duplicate_correlation);
}
void take_correlations(Netem& netem, tc_netem_corr const& told) {
    netem.delay_correlation = share(told.delay_corr);
    netem.loss_correlation = share(told.loss_corr);
    netem.duplicate_correlation = share(told.dup_corr);
}

void tell_reorder(Netem const& netem, tc_netem_reorder& told) {
    told.probability = of_all(netem.reorder);
    told.correlation = of_all(netem.reorder_correlation);
}
void take_reorder(Netem& netem, tc_netem_reorder const& told) {
    netem.reorder = share(told.probability);
    netem.reorder_correlation = share(told.correlation);
}

void tell_corrupt(Netem const& netem, tc_netem_corrupt& told) {
    told.probability = of_all(netem.corrupt);
    told.correlation = of_all(netem.corrupt_correlation);
}
void take_corrupt(Netem& netem, tc_netem_corrupt const& told) {
    netem.corrupt = share(told.probability);
    netem.corrupt_correlation = share(told.correlation);
}

void tell_rate(Netem const& netem, tc_netem_rate& told) {
    told.rate = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(netem.rate.bits_per_second / bits_per_byte, UINT32_MAX));
}
void take_rate(Netem& netem, tc_netem_rate const& told) {
    if (netem.rate.bits_per_second == 0) netem.rate = bytes_per_second(told.rate);
}

void tell_marks(Netem const& netem, std::uint32_t& told) { told = netem.marks ? 1 : 0; }
void take_marks(Netem& netem, std::uint32_t const& told) { netem.marks = told != 0; }

/// Of those that a 32-bit number cannot hold; the kernel takes the larger of both.
void tell_large_rate(Netem const& netem, std::uint64_t& told) {
    told = netem.rate.bits_per_second / bits_per_byte;
}
void take_large_rate(Netem& netem, std::uint64_t const& told) { netem.rate = bytes_per_second(told); }

void tell_delay(Netem const& netem, std::int64_t& told) { told = netem.delay.nanoseconds; }
void take_delay(Netem& netem, std::int64_t const& told) { netem.delay.nanoseconds = told; }
void tell_jitter(Netem const& netem, std::int64_t& told) { told = netem.jitter.nanoseconds; }
void take_jitter(Netem& netem, std::int64_t const& told) { netem.jitter.nanoseconds = told; }

void write_bursts(Netem const& netem, MessageWriter& to, std::uint16_t type, std::string_view name) {
    if (!netem.burst_loss) return;
    auto const& bursts = *netem.burst_loss;
    auto const nest = to.begin_nest(type | NLA_F_NESTED, name);
    to.value(NETEM_LOSS_GE, "NETEM_LOSS_GE",
             tc_netem_gemodel{.p = of_all(bursts.enter),
                              .r = of_all(bursts.leave),
                              .h = UINT32_MAX - of_all(bursts.bad),
                              .k1 = of_all(bursts.good)});
    to.end_nest(nest);
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

void write_deviations(Netem const& netem, MessageWriter& to, std::uint16_t type, std::string_view name) {
    auto const table = deviations(netem.distribution);
    if (!table.empty())
        to.attribute(type, name,
                     {reinterpret_cast<std::uint8_t const*>(table.data()), table.size() * sizeof table[0]});
}

constexpr auto fields = make_table<Netem>(
    row<tc_netem_corr, tell_correlations, take_correlations>(TCA_NETEM_CORR, "TCA_NETEM_CORR"),
    row<tc_netem_reorder, tell_reorder, take_reorder>(TCA_NETEM_REORDER, "TCA_NETEM_REORDER"),
    row<tc_netem_corrupt, tell_corrupt, take_corrupt>(TCA_NETEM_CORRUPT, "TCA_NETEM_CORRUPT"),
    Row<Netem>{TCA_NETEM_LOSS, "TCA_NETEM_LOSS", write_bursts, read_loss_model},
    row<tc_netem_rate, tell_rate, take_rate>(TCA_NETEM_RATE, "TCA_NETEM_RATE"),
    row<std::uint64_t, tell_large_rate, take_large_rate>(TCA_NETEM_RATE64, "TCA_NETEM_RATE64"),
    row<std::uint32_t, tell_marks, take_marks>(TCA_NETEM_ECN, "TCA_NETEM_ECN"),
    row<std::int64_t, tell_delay, take_delay>(TCA_NETEM_LATENCY64, "TCA_NETEM_LATENCY64"),
    row<std::int64_t, tell_jitter, take_jitter>(TCA_NETEM_JITTER64, "TCA_NETEM_JITTER64"),
    Row<Netem>{TCA_NETEM_DELAY_DIST, "TCA_NETEM_DELAY_DIST", write_deviations, nullptr});

}  // namespace

/// A struct, and attributes behind it.
std::optional<Error> read_netem(Bytes options, Netem& netem) {
    ByteReader reader(options);
    auto const told = reader.native<tc_netem_qopt>();
    if (reader.failed()) return malformed_error("decode a netem: its settings are cut short");
    netem.limit = told.limit;
    netem.delay = ticks(told.latency);
    netem.jitter = ticks(told.jitter);
    netem.loss = share(told.loss);
    netem.duplicate = share(told.duplicate);
    netem.gap = told.gap;
    return fields.read(reader.rest(), netem, "a netem");
}

void write_netem(Netem const& netem, MessageWriter& to) {
    auto const nest = to.begin_nest(TCA_OPTIONS, "TCA_OPTIONS");
    to.fixed(tc_netem_qopt{.latency = in_ticks(netem.delay),
                           .limit = netem.limit,
                           .loss = of_all(netem.loss),
                           .gap = netem.gap,
                           .duplicate = of_all(netem.duplicate),
                           .jitter = in_ticks(netem.jitter)});
    fields.write(netem, to);
    to.end_nest(nest);
}

}  // namespace vethwork::netlink
