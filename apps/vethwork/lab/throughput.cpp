#include "lab/throughput.hpp"

#include <algorithm>

#include "child_json.hpp"
#include "interruptible.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr Duration patience = std::chrono::seconds(2);

/// In the child, which stays in the lab's space.
Result<FloodReport> flood_in(lab::Ground const& ground, std::string const& name, ThroughputWish const& wish) {
    auto running = TRY(lab::open(ground, name));
    TRY(running.network->enter(wish.receiver));
    FloodPair pair{.sender = {}, .receiver = TRY(flood_receiver(wish.to))};
    TRY(running.network->enter(wish.from));
    pair.sender = TRY(flood_sender(wish.to, pair.receiver));
    return flood(pair, wish.bits_per_second, wish.lasts, patience);
}

}  // namespace

std::optional<std::string> owner_of(topology::NetworkState const& state, IpAddress const& address) {
    for (auto const& netns : state.namespaces)
        if (std::ranges::find(netns.addresses, std::optional(address), &topology::InterfaceAddress::local) !=
            netns.addresses.end())
            return netns.name;
    return {};
}

Result<FloodReport> measure_throughput(LoadedLab const& loaded, LabOptions const& options,
                                       ThroughputWish const& wish) {
    auto const json = TRY(json_of_child("the measurement", [&]() -> Result<Json> {
        Interruptible::not_any_more();
        auto const flooded = TRY(flood_in(ground_of(options), loaded.lab.name, wish));
        return Json{{"sent", flooded.sent}, {"arrived", flooded.arrived}, {"rate", flooded.bits_per_second}};
    }));
    return FloodReport{json["sent"], json["arrived"], json["rate"]};
}

}  // namespace vethwork::app
