#include <vethwork/topology/netem.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include <vethwork/base/decimal.hpp>

namespace vethwork::topology {

namespace {

constexpr std::uint64_t bits_per_byte = 8;
/// The kernel counts shares in parts of this.
constexpr double all_parts = UINT32_MAX;
/// "d150:" and so on, as tc(8) prints them.
constexpr std::uint32_t first_handle = 0xd150'0000, handle_step = 0x1'0000;
constexpr auto distribution_names =
    std::to_array<std::string_view>({"uniform", "normal", "pareto", "paretonormal"});

std::int64_t parts_of(Share share) { return nearest_whole(share.value * all_parts); }

Share kept(std::optional<Share> const& share) {
    return {static_cast<double>(parts_of(share.value_or(Share{}))) / all_parts};
}

/// The kernel counts whole bytes a second.
BitRate kept(BitRate rate) {
    auto const bytes = rate.bits_per_second / bits_per_byte;
    if (rate.bits_per_second == 0) return rate;
    return {std::max<std::uint64_t>(bytes, 1) * bits_per_byte};
}

bool varies(Impairment const& impairment) {
    return impairment.delay.value_or(Duration{}).nanoseconds > 0 &&
           impairment.jitter.value_or(Duration{}).nanoseconds > 0;
}

bool waits(Impairment const& impairment) { return impairment.delay.value_or(Duration{}).nanoseconds > 0; }

bool is_shaped(Impairment const& impairment) {
    return impairment.distribution.value_or(DelayDistribution::uniform) != DelayDistribution::uniform;
}

template <class T>
std::optional<T> where_any(T const& value) {
    return value == T{} ? std::nullopt : std::optional(value);
}

}  // namespace

std::optional<Netem> netem_of(Impairment const& impairment) {
    Netem netem;
    netem.delay = impairment.delay.value_or(Duration{});
    netem.jitter = impairment.jitter.value_or(Duration{});
    if (varies(impairment)) netem.distribution = impairment.distribution.value_or(netem.distribution);
    netem.loss = kept(impairment.loss);
    if (auto const& bursts = impairment.burst_loss)
        netem.burst_loss =
            GilbertElliott{kept(bursts->enter), kept(bursts->leave), kept(bursts->bad), kept(bursts->good)};
    netem.duplicate = kept(impairment.duplicate);
    netem.corrupt = kept(impairment.corrupt);
    if (waits(impairment)) netem.reorder = kept(impairment.reorder);
    if (netem.reorder.value > 0) netem.gap = 1;
    netem.rate = kept(impairment.rate.value_or(BitRate{}));
    if (impairment.queue) netem.limit = impairment.queue->packets.value_or(netem.limit);
    return netem == Netem{} ? std::nullopt : std::optional(netem);
}

std::vector<std::string> beyond_netem(Impairment const& impairment) {
    std::vector<std::string> list;
    if (impairment.trace) list.emplace_back("a trace: netem takes none");
    if (impairment.seed) list.emplace_back("a seed: netem takes none");
    if (impairment.queue && impairment.queue->bytes)
        list.emplace_back("a queue in bytes: netem counts packets");
    if (impairment.reorder && !waits(impairment))
        list.emplace_back("reorder: without a delay no packet can overtake");
    if (is_shaped(impairment) && !varies(impairment))
        list.emplace_back("a distribution: without delay and jitter nothing varies");
    return list;
}

Impairment impairment_of(Netem const& netem) {
    Impairment result;
    result.delay = where_any(netem.delay);
    result.jitter = where_any(netem.jitter);
    if (netem.distribution != DelayDistribution::uniform) result.distribution = netem.distribution;
    result.loss = where_any(netem.loss);
    result.burst_loss = netem.burst_loss;
    result.duplicate = where_any(netem.duplicate);
    result.corrupt = where_any(netem.corrupt);
    result.reorder = where_any(netem.reorder);
    result.rate = where_any(netem.rate);
    if (netem.limit != Netem{}.limit) result.queue = QueueLimit{netem.limit, {}};
    return result;
}

bool can_be_written(Netem const& netem) { return netem_of(impairment_of(netem)) == netem; }

std::string kept_text(Share share) {
    auto const parts = parts_of(share);
    for (int decimals = 0;; ++decimals) {
        auto text = fmt::format("{:.{}f}", share.value * 100, decimals);
        if (parts_of({std::strtod(text.c_str(), nullptr) / 100}) == parts) return text + "%";
    }
}

std::uint32_t handle_of(DelayDistribution distribution) {
    if (distribution == DelayDistribution::uniform) return 0;
    return first_handle + static_cast<std::uint32_t>(distribution) * handle_step;
}

DelayDistribution distribution_of(std::uint32_t handle) {
    for (auto const one :
         {DelayDistribution::normal, DelayDistribution::pareto, DelayDistribution::paretonormal})
        if (handle == handle_of(one)) return one;
    return DelayDistribution::uniform;
}

std::string_view name_of(DelayDistribution distribution) {
    return distribution_names[static_cast<std::size_t>(distribution)];
}

}  // namespace vethwork::topology
