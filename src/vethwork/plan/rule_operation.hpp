// Operations on the rules of policy routing, and their words. Source: ip-rule(8).
#pragma once

#include <string>
#include <vector>

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::plan {

struct DeleteRule;

struct PutRule {
    topology::Rule rule;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] std::optional<DeleteRule> inverse() const;
    bool operator==(PutRule const&) const = default;
};

/// Takes away the first rule that fits; what is absent fits everything (action unspecified, table 0 too).
struct DeleteRule {
    topology::Rule rule;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteRule const&) const = default;
};

/// The operation that takes away exactly this rule, as it was made or as it was observed.
[[nodiscard]] DeleteRule delete_rule(topology::Rule rule);

/// The words behind `rule add` and `rule delete`.
[[nodiscard]] Result<PutRule> parse_rule_add(WordReader& words, RoutingContext& context);
[[nodiscard]] Result<DeleteRule> parse_rule_delete(WordReader& words, RoutingContext& context);

/// The complaint about a rule of both `l3mdev` and a table: iproute2 gives 22 for it, not 1.
inline constexpr std::string_view l3_table_complaint = "table can not be specified for l3mdev rules";

/// FIRST-LAST, or FIRST alone; what follows the numbers is passed over.
struct NumberPair {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;
};
[[nodiscard]] std::optional<NumberPair> read_pair(std::string_view word);
/// A port or a range of ports.
[[nodiscard]] Result<topology::PortRange> read_ports(std::string const& word, std::string_view complaint);
/// UID-UID
[[nodiscard]] Result<topology::UidRange> read_uids(std::string const& word);
/// A transport protocol by number or name.
[[nodiscard]] Result<std::uint8_t> read_ip_protocol(RoutingContext const& context, std::string const& word);

/// How `ip rule` is used.
[[nodiscard]] Error rule_usage();

}  // namespace vethwork::plan
