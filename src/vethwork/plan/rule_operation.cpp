#include <vethwork/plan/rule_operation.hpp>

#include <vethwork/plan/rule_words.hpp>

namespace vethwork::plan {

namespace {

std::string described(std::string_view what, topology::Rule const& rule) {
    auto text = fmt::format("{} rule", what);
    if (rule.priority) text += fmt::format(" {}", *rule.priority);
    if (rule.source) text += fmt::format(" from {}", rule.source->to_string());
    return text;
}

/// Which family a rule is of is told by an option in front of the object.
std::vector<std::string> with_verb(std::string_view what, topology::Rule const& rule, RulePurpose purpose) {
    auto words = rule_words(rule, purpose);
    words.insert(words.begin(), {"rule", std::string(what)});
    if (rule.family == Family::ipv6) words.insert(words.begin(), "-6");
    return words;
}

}  // namespace

std::string PutRule::describe() const { return described("add", rule); }
std::vector<std::string> PutRule::words() const { return with_verb("add", rule, RulePurpose::put); }
std::optional<DeleteRule> PutRule::inverse() const { return delete_rule(rule); }

std::string DeleteRule::describe() const { return described("delete", rule); }
std::vector<std::string> DeleteRule::words() const { return with_verb("delete", rule, RulePurpose::find); }

DeleteRule delete_rule(topology::Rule rule) {
    rule.flags &= topology::rule_flag::invert;
    return {std::move(rule)};
}

Result<PutRule> parse_rule_add(WordReader& words, RoutingContext& context) {
    if (words.done()) return refused("\"ip rule add\" requires arguments.");
    return PutRule{TRY(parse_rule(words, RulePurpose::put, context))};
}

Result<DeleteRule> parse_rule_delete(WordReader& words, RoutingContext& context) {
    if (words.done()) return refused("\"ip rule del\" requires arguments.");
    return DeleteRule{TRY(parse_rule(words, RulePurpose::find, context))};
}

Error rule_usage() {
    return usage_error(
        "Usage: ip rule [ show | list ] [ SELECTOR ] [ table TABLE ]\n"
        "       ip rule { add | del } SELECTOR ACTION\n"
        "       ip rule { flush | save }\n"
        "       ip rule restore < FILE\n"
        "SELECTOR := [ not ] [ from PREFIX ] [ to PREFIX ] [ tos TOS ] [ fwmark MARK[/MASK] ] [ iif DEV ] [ "
        "oif DEV ]\n"
        "            [ pref NUMBER ] [ l3mdev ] [ uidrange UID-UID ] [ ipproto PROTOCOL ]\n"
        "            [ sport PORT[-PORT] ] [ dport PORT[-PORT] ] [ tun_id ID ]\n"
        "ACTION := [ table TABLE ] [ goto NUMBER ] [ nop | blackhole | unreachable | prohibit ] [ nat "
        "ADDRESS ]\n"
        "          [ realms REALMS ] [ protocol PROTOCOL ] [ suppress_prefixlength NUMBER ]\n"
        "          [ suppress_ifgroup GROUP ]");
}

}  // namespace vethwork::plan
