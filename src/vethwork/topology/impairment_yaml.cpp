#include <vethwork/topology/impairment_yaml.hpp>

#include <vector>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/netem.hpp>
#include <vethwork/topology/yaml_text.hpp>

namespace vethwork::topology {

namespace {

std::string bursts_text(GilbertElliott const& bursts) {
    return fmt::format("{{ enter: {}, leave: {}, bad: {}, good: {} }}", kept_text(bursts.enter),
                       kept_text(bursts.leave), kept_text(bursts.bad), kept_text(bursts.good));
}

std::string value_text(Share share) { return kept_text(share); }
template <class Quantity>
std::string value_text(Quantity quantity) {
    return to_text(quantity);
}

}  // namespace

std::string impairment_yaml(Impairment const& impairment) {
    std::vector<std::string> items;
    auto const say = [&items](std::string_view key, std::string const& value) {
        items.push_back(fmt::format("{}: {}", key, value));
    };
    auto const add = [&say](std::string_view key, auto const& value) {
        if (value) say(key, value_text(*value));
    };
    add("delay", impairment.delay);
    add("jitter", impairment.jitter);
    if (impairment.distribution) say("distribution", std::string(name_of(*impairment.distribution)));
    add("loss", impairment.loss);
    if (impairment.burst_loss) say("loss", bursts_text(*impairment.burst_loss));
    add("duplicate", impairment.duplicate);
    add("corrupt", impairment.corrupt);
    add("reorder", impairment.reorder);
    add("rate", impairment.rate);
    if (impairment.queue && impairment.queue->packets)
        say("queue", fmt::format("{}packets", *impairment.queue->packets));
    if (impairment.queue && impairment.queue->bytes)
        say("queue", fmt::format("{}B", *impairment.queue->bytes));
    if (impairment.trace) say("trace", yaml_scalar(*impairment.trace));
    if (impairment.seed) say("seed", std::to_string(*impairment.seed));
    return items.empty() ? std::string() : "{ " + join(items, ", ") + " }";
}

}  // namespace vethwork::topology
