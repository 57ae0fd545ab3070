#include "lab/throughput.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "child_output.hpp"
#include "interruptible.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::json;

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
    auto const text = output_of_child([&](int writing_end) {
        Interruptible::not_any_more();
        auto const flooded = flood_in(ground_of(options), loaded.lab.name, wish);
        auto const json = flooded ? Json{{"sent", flooded->sent},
                                         {"arrived", flooded->arrived},
                                         {"rate", flooded->bits_per_second}}
                                  : Json{{"error", flooded.error().describe()}};
        (void)write_all(writing_end, json.dump(-1, ' ', false, Json::error_handler_t::replace));
    });
    auto const json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return lookup_error("the measurement ended early");
    if (json.contains("error")) return lookup_error(json["error"].get<std::string>());
    return FloodReport{json["sent"], json["arrived"], json["rate"]};
}

}  // namespace vethwork::app
