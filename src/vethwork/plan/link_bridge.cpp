#include <vethwork/plan/link_kind_words.hpp>

namespace vethwork::plan {

namespace {

using topology::Bridge;
using topology::BridgePort;

Result<> parse(WordReader& words, topology::LinkKind& kind) {
    auto& bridge = std::get<Bridge>(kind);
    while (!words.done()) {
        if (words.take_prefix("forward_delay"))
            bridge.forward_delay = TRY(words.number<std::uint32_t>("invalid forward_delay"));
        else if (words.take_prefix("stp_state"))
            bridge.stp_state = TRY(words.number<std::uint32_t>("invalid stp_state"));
        else
            return usage_error(fmt::format("bridge: unknown command \"{}\"?", words.peek()));
    }
    return {};
}

void print(topology::LinkKind const& kind, std::vector<std::string>& words) {
    auto const& bridge = std::get<Bridge>(kind);
    auto const add = [&words](std::string_view keyword, auto const& value) {
        if (value) words.insert(words.end(), {std::string(keyword), std::to_string(*value)});
    };
    add("forward_delay", bridge.forward_delay);
    add("stp_state", bridge.stp_state);
}

}  // namespace

constinit LinkKindWords const bridge_words{.name = "bridge",
                                           .make = []() -> topology::LinkKind { return Bridge{}; },
                                           .parse = parse,
                                           .print = print};

}  // namespace vethwork::plan
