#include <vethwork/plan/impairment_text.hpp>

#include <vector>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/topology/netem.hpp>

namespace vethwork::plan {

namespace {

std::string bursts_text(topology::GilbertElliott const& bursts) {
    return fmt::format("{{ enter: {}, leave: {}, bad: {}, good: {} }}", topology::kept_text(bursts.enter),
                       topology::kept_text(bursts.leave), topology::kept_text(bursts.bad),
                       topology::kept_text(bursts.good));
}

std::string value_text(topology::Share share) { return topology::kept_text(share); }
template <class Quantity>
std::string value_text(Quantity quantity) {
    return to_text(quantity);
}

}  // namespace

std::string impairment_text(topology::Impairment const& impairment) {
    std::vector<std::string> items;
    auto const say = [&items](std::string_view key, std::string const& value) {
        items.push_back(fmt::format("{}: {}", key, value));
    };
    auto const add = [&say](std::string_view key, auto const& value) {
        if (value) say(key, value_text(*value));
    };
    add("delay", impairment.delay);
    add("jitter", impairment.jitter);
    if (impairment.distribution)
        say("distribution", std::string(topology::name_of(*impairment.distribution)));
    add("loss", impairment.loss);
    if (impairment.burst_loss) say("loss", bursts_text(*impairment.burst_loss));
    add("duplicate", impairment.duplicate);
    add("corrupt", impairment.corrupt);
    add("reorder", impairment.reorder);
    add("rate", impairment.rate);
    if (impairment.queue && impairment.queue->packets)
        say("queue", fmt::format("{}packets", *impairment.queue->packets));
    return items.empty() ? std::string() : "{ " + join(items, ", ") + " }";
}

}  // namespace vethwork::plan
