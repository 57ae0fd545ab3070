#include <vethwork/plan/order.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace vethwork::plan {

namespace {

/// Until links are made, namespaces depend on each other: all take a phase together. From then on each looks
/// only at itself, and is done at one go: fewer visits, fewer system calls.
bool is_common(Phase phase) { return phase <= Phase::links || phase == Phase::end_namespaces; }

/// What is common and comes after the rest.
bool is_last(Phase phase) { return phase == Phase::end_namespaces; }

}  // namespace

void put_in_order(std::vector<Step>& steps, topology::NetworkState const& wanted) {
    std::map<std::string, std::size_t, std::less<>> places;
    for (auto const& netns : wanted.namespaces) places.try_emplace(netns.name, places.size());
    for (auto const& step : steps) places.try_emplace(step.netns, places.size());
    std::ranges::stable_sort(steps, {}, [&places](Step const& step) {
        std::size_t const place = places.find(step.netns)->second;
        if (is_last(step.phase)) return std::tuple(2, Phase{}, place, step.phase);
        if (is_common(step.phase)) return std::tuple(0, step.phase, place, step.phase);
        return std::tuple(1, Phase{}, place, step.phase);
    });
}

}  // namespace vethwork::plan
