// What a diagnosis is made of: the places that a packet passes, and what is wrong at them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vethwork::diagnose {

/// A command as an administrator types it, in one namespace.
struct Action {
    enum class Tool : std::uint8_t { ip, bridge, tc, sysctl, nft, program };
    Tool tool = Tool::ip;
    std::string netns;
    std::string words;  ///< behind the tool: "route add 10.0.1.0/24 via 10.0.2.1"; sysctl: "NAME=VALUE"

    bool operator==(Action const&) const = default;
};

/// "ip -n h2 route add 10.0.1.0/24 via 10.0.2.1", "ip netns exec r sysctl -w net.ipv4.ip_forward=1"
[[nodiscard]] std::string command_of(Action const& action);

/// How sure a claim is: seen to happen; follows from the configuration at the place where the packet was last
/// seen; seen, but not understood.
enum class Certainty : std::uint8_t { proven, likely, observed };
[[nodiscard]] std::string_view to_string(Certainty certainty);

/// A rule of nft, or the policy, that a finding is about.
struct RulePlace {
    std::string chain;                 ///< "inet fw forward"
    std::vector<std::string> rules;    ///< all of the chain, in order
    std::optional<std::size_t> index;  ///< in `rules`; nothing: the chain's policy

    bool operator==(RulePlace const&) const = default;
};

/// One thing that is wrong.
struct Finding {
    std::string cause;  ///< one word of a closed list: "no-route-return"
    std::string netns;  ///< where it is to be mended
    std::string what;   ///< one clause: "no route to 10.0.1.2 (table main)"
    std::vector<Action> repair;
    Certainty certainty = Certainty::likely;
    /// A thing that stops ARP and neighbour discovery as well as the packet itself; others let them pass.
    bool stops_everything = false;
    /// Every packet is lost here for good; false where it depends.
    bool certain_loss = true;
    /// A decision that sends the packet astray: that it passes this place refutes nothing.
    bool misleads = false;
    std::optional<RulePlace> rule;  ///< where it is one of nft's
};

enum class Way : std::uint8_t { in, out };

/// A device that the packet passes.
struct Crossing {
    std::string netns;
    std::string device;
    std::uint32_t index = 0;
    Way way = Way::in;

    bool operator==(Crossing const& other) const {
        return netns == other.netns && index == other.index && way == other.way;
    }
};

/// A decision that a namespace takes about the packet, for telling the story.
struct Decision {
    std::string netns;
    std::string text;  ///< "default via 10.0.1.1 dev eth0"
};

/// One direction of an exchange: what is passed, decided and wrong, in order.
using Item = std::variant<Crossing, Decision, Finding>;
using Track = std::vector<Item>;

/// Whether something in it loses every packet for good.
[[nodiscard]] bool has_certain_loss(Track const& track);

}  // namespace vethwork::diagnose
