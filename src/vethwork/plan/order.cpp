#include <vethwork/plan/order.hpp>

#include <algorithm>
#include <compare>
#include <map>
#include <string_view>
#include <utility>

namespace vethwork::plan {

namespace {

/// Until links are made, namespaces depend on each other: all take a phase together. From then on each looks
/// only at itself, and is done at one go: fewer visits, fewer system calls.
bool is_common(Phase phase) { return phase <= Phase::links || phase >= Phase::snooping; }

/// What is common and comes after the rest.
bool is_last(Phase phase) { return phase >= Phase::snooping; }

/// Where a step belongs; those that are alike keep their order.
struct Rank {
    int part;
    Phase common;
    std::size_t place;  ///< of its namespace
    Phase phase;
    std::size_t index;  ///< of the step

    auto operator<=>(Rank const&) const = default;
};

Rank rank_of(Phase phase, std::size_t place, std::size_t index) {
    if (is_common(phase)) return {is_last(phase) ? 2 : 0, phase, place, phase, index};
    return {1, Phase{}, place, phase, index};
}

/// Moves each step to where its rank stands: a cycle at a time, since steps are large.
void permute(std::vector<Step>& steps, std::vector<Rank>& ranks) {
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (ranks[i].index == i) continue;
        Step first = std::move(steps[i]);
        std::size_t at = i;
        for (std::size_t from; (from = std::exchange(ranks[at].index, at)) != i; at = from)
            steps[at] = std::move(steps[from]);
        steps[at] = std::move(first);
    }
}

}  // namespace

void put_in_order(std::vector<Step>& steps, topology::NetworkState const& wanted) {
    std::map<std::string_view, std::size_t> places;
    for (auto const& netns : wanted.namespaces) places.try_emplace(netns.name, places.size());
    for (auto const& step : steps) places.try_emplace(step.netns, places.size());
    std::vector<Rank> ranks;
    ranks.reserve(steps.size());
    for (auto const& step : steps)
        ranks.push_back(rank_of(step.phase, places.find(step.netns)->second, ranks.size()));
    std::ranges::sort(ranks);
    permute(steps, ranks);
}

}  // namespace vethwork::plan
