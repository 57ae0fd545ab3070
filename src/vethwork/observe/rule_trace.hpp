// What nft's rules do with each packet of a namespace, as the kernel tells it while somebody listens. Source:
// <linux/netfilter/nf_tables.h> (NFT_MSG_TRACE), nft(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/netlink/nftables.hpp>

namespace vethwork::observe {

/// One step of one packet through one chain.
struct RuleStep {
    enum class Kind : std::uint8_t { rule, policy, end_of_chain };
    Kind kind = Kind::rule;
    std::string family, table, chain;
    std::uint64_t handle = 0;                  ///< of a rule
    bool drops = false;                        ///< the packet ends here; also by a reject
    std::uint32_t packet = 0;                  ///< the same for all steps of a packet in one hook
    std::uint32_t incoming = 0, outgoing = 0;  ///< links; 0: none
    std::vector<std::uint8_t>
        headers;  ///< from the network header on; only in a packet's first step in a hook

    bool operator==(RuleStep const&) const = default;
};

/// Nothing where it is no message of a trace.
[[nodiscard]] std::optional<RuleStep> read_rule_step(netlink::Message const& message);

/// While it is there, each packet of some protocols is traced, by a table that ends with it. Packets that end
/// before routing in a chain of a device, or in one that comes before all usual ones, are not.
class RuleTrace {
public:
    /// In the present namespace. `protocols` is what nft takes behind `meta l4proto`: "{ icmp, tcp }".
    [[nodiscard]] static Result<RuleTrace> open(std::string const& protocols);
    [[nodiscard]] int fd() const { return connection_.fd(); }
    /// What has come since, without waiting.
    [[nodiscard]] std::vector<RuleStep> read();

private:
    RuleTrace(netlink::Connection connection, netlink::NftLease table)
        : connection_(std::move(connection)), table_(std::move(table)) {}

    netlink::Connection connection_;
    netlink::NftLease table_;
};

}  // namespace vethwork::observe
