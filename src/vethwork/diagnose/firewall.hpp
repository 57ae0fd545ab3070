// What an nft ruleset does with a packet, as far as its rules can be read: the rule or the policy that ends
// it. Rules that depend on chance or on counters are told apart from those that always hold. Pure. Source:
// nft(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <vethwork/base/ip.hpp>
#include <vethwork/diagnose/flow.hpp>
#include <vethwork/observe/ruleset.hpp>

namespace vethwork::diagnose {

/// A packet as rules see it.
struct FirewallPacket {
    IpAddress source, destination;
    Protocol protocol = Protocol::icmp;
    std::uint16_t source_port = 0, destination_port = 0;  ///< 0: not known
    std::string incoming, outgoing;                       ///< devices; empty: none
    std::string icmp_type = "echo-request";               ///< nft's word
    bool answers = false;                                 ///< part of what conntrack knows already
    bool untracked = false;                               ///< conntrack was told to leave it alone
    bool unexpected = false;  ///< an answer where the question never came by: conntrack does not know it
    bool is_arp = false;      ///< a question of ARP, no IP packet
};

/// How a chain ends a packet.
struct FirewallVerdict {
    enum class Kind : std::uint8_t { drop, reject };
    Kind kind = Kind::drop;
    bool always = true;  ///< false: depends on a rate, on chance, on what is not known
    observe::NftChain const* chain = nullptr;
    observe::NftRule const* rule = nullptr;  ///< null: the chain's policy
    /// A rule before it that lets some packets pass, by rate, chance or number: then `always` is false.
    observe::NftRule const* escape = nullptr;
};

/// What nft calls a protocol: names, and its number where the machine has no /etc/protocols.
[[nodiscard]] std::vector<std::string_view> spellings_of(Protocol protocol, Family family);

/// The first end that the base chains of a hook put to the packet; nothing where it passes. `family` is
/// "bridge", "netdev", or empty for those of IP.
[[nodiscard]] std::optional<FirewallVerdict> firewall_verdict(observe::Ruleset const& rules,
                                                              std::string_view hook, std::string_view family,
                                                              FirewallPacket const& packet);

/// The mark that the rules of a hook put on the packet; 0: none.
[[nodiscard]] std::uint32_t mark_of(observe::Ruleset const& rules, std::string_view hook,
                                    FirewallPacket const& packet);
/// The rule of a hook that sets how many routers the packet may still pass.
struct TimeToLive {
    observe::NftChain const* chain = nullptr;
    observe::NftRule const* rule = nullptr;
    unsigned value = 0;
};
[[nodiscard]] std::optional<TimeToLive> set_time_to_live(observe::Ruleset const& rules, std::string_view hook,
                                                         FirewallPacket const& packet);
/// Whether the rules of a hook keep conntrack from seeing the packet ("notrack").
[[nodiscard]] bool is_left_untracked(observe::Ruleset const& rules, std::string_view hook,
                                     FirewallPacket const& packet);

/// What a nat chain makes of a packet.
struct Translation {
    enum class Kind : std::uint8_t { destination, source, masquerade, redirect };
    Kind kind = Kind::destination;
    observe::NftChain const* chain = nullptr;
    observe::NftRule const* rule = nullptr;
    std::optional<IpAddress> address;
    std::uint16_t port = 0;  ///< 0: stays
    std::string text;        ///< address and port as the rule writes them
};
[[nodiscard]] std::optional<Translation> translation(observe::Ruleset const& rules, std::string_view hook,
                                                     FirewallPacket const& packet);

/// The words that a rule matches this packet with: "ip daddr 10.0.2.2 tcp dport 443".
[[nodiscard]] std::string match_words(FirewallPacket const& packet);

}  // namespace vethwork::diagnose
