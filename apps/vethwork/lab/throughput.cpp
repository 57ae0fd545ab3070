#include "lab/throughput.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "child_output.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::json;
using topology::LabEnd;

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

std::optional<std::size_t> owner_of(topology::Lab const& lab, IpAddress const& address) {
    auto const is_it = [&address](IpPrefix const& prefix) { return prefix.address == address; };
    for (auto const& link : lab.links)
        for (auto const& end : link.ends)
            if (std::ranges::any_of(end.addresses, is_it)) return end.node;
    for (std::size_t i = 0; i < lab.nodes.size(); ++i)
        if (lab.address(i, address.family) == address) return i;
    return {};
}

Result<FloodReport> measure_throughput(LoadedLab const& loaded, LabOptions const& options,
                                       ThroughputWish const& wish) {
    auto const text = output_of_child([&](int writing_end) {
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
