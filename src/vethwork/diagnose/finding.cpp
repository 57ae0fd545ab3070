#include <vethwork/diagnose/finding.hpp>

#include <algorithm>

namespace vethwork::diagnose {

std::string command_of(Action const& action) {
    switch (action.tool) {
        case Action::Tool::ip:
            return "ip -n " + action.netns + " " + action.words;
        case Action::Tool::bridge:
            return "bridge -n " + action.netns + " " + action.words;
        case Action::Tool::tc:
            return "tc -n " + action.netns + " " + action.words;
        case Action::Tool::sysctl:
            return "ip netns exec " + action.netns + " sysctl -w " + action.words;
        case Action::Tool::nft:
            return "ip netns exec " + action.netns + " nft " + action.words;
        case Action::Tool::program:
            break;
    }
    return "ip netns exec " + action.netns + " " + action.words;
}

std::string_view to_string(Certainty certainty) {
    if (certainty == Certainty::proven) return "proven";
    return certainty == Certainty::likely ? "likely" : "observed";
}

bool has_certain_loss(Track const& track) {
    return std::ranges::any_of(track, [](Item const& item) {
        auto const* const finding = std::get_if<Finding>(&item);
        return finding && finding->certain_loss;
    });
}

}  // namespace vethwork::diagnose
