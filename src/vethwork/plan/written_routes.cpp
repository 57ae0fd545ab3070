#include <vethwork/plan/written_routes.hpp>

#include <algorithm>
#include <map>
#include <set>

#include <vethwork/plan/route_operation.hpp>
#include <vethwork/plan/rule_operation.hpp>

namespace vethwork::plan {

namespace {

using topology::PlacedText;

std::vector<std::string> words_in(std::string_view text) {
    std::vector<std::string> words;
    for (auto const word : split_words(text)) words.emplace_back(word);
    return words;
}

/// A text with a colon in an address speaks of IPv6 also where its first word ("default") does not.
std::optional<Family> family_in(std::vector<std::string> const& words) {
    for (auto const& word : words)
        if (auto const prefix = IpPrefix::parse(word)) return prefix->family();
    return {};
}

/// Numbers rules of one family as the kernel does: one that names no priority comes just before the second of
/// all that are there. Source: fib_default_rule_pref() of the kernel; vrf_add_fib_rules() for that of VRFs.
class Priorities {
public:
    Priorities(Family family, topology::NamespaceState const& netns) {
        if (family == Family::ipv4) there_.insert(default_table);
        bool const has_vrf = std::ranges::any_of(netns.links, [](topology::Link const& link) {
            return std::holds_alternative<topology::Vrf>(link.kind);
        });
        if (has_vrf) there_.insert(of_vrfs);
    }

    void number(topology::Rule& rule) {
        if (!rule.priority) rule.priority = *std::next(there_.begin()) - 1;
        there_.insert(*rule.priority);
    }

private:
    static constexpr std::uint32_t local_table = 0, of_vrfs = 1000, main_table = 32766, default_table = 32767;
    std::multiset<std::uint32_t> there_{local_table, main_table};
};

class Writer {
public:
    Writer(topology::Lab const& lab, topology::NetworkState& state, topology::Names& names)
        : lab_(lab), state_(state), names_(names), complaints_(lab.sources) {}

    std::vector<topology::Complaint> run() {
        for (auto const& node : lab_.nodes) {
            auto const netns =
                std::ranges::find(state_.namespaces, node.name, &topology::NamespaceState::name);
            if (netns == state_.namespaces.end()) continue;
            for (auto const& text : node.routes) add_route(*netns, text);
            std::map<Family, Priorities> priorities{{Family::ipv4, {Family::ipv4, *netns}},
                                                    {Family::ipv6, {Family::ipv6, *netns}}};
            for (auto const& text : node.rules) add_rule(*netns, text, priorities);
        }
        return complaints_.take();
    }

private:
    void add_route(topology::NamespaceState& netns, PlacedText const& text) {
        auto const words = words_in(text.text);
        auto context = context_of(words);
        WordReader reader(words);
        auto const put = parse_route_put(reader, RoutePutMode::add, context);
        if (!put)
            return complaints_.error("E501", text.place, plain_words(put.error()),
                                     "write what follows `ip route add`");
        remember(topology::key_of(netns.name, put->route), text.place);
        netns.routes.push_back(put->route);
    }

    void add_rule(topology::NamespaceState& netns, PlacedText const& text,
                  std::map<Family, Priorities>& priorities) {
        auto const words = words_in(text.text);
        auto context = context_of(words);
        WordReader reader(words);
        auto put = parse_rule_add(reader, context);
        if (!put)
            return complaints_.error("E505", text.place, plain_words(put.error()),
                                     "write what follows `ip rule add`");
        priorities.at(put->rule.family).number(put->rule);
        remember(topology::key_of(netns.name, put->rule), text.place);
        netns.rules.push_back(put->rule);
    }

    RoutingContext context_of(std::vector<std::string> const& words) {
        RoutingContext context;
        context.family = family_in(words);
        context.names = &names_;
        return context;
    }

    void remember(std::string const& key, topology::Place const& place) {
        state_.origins[key] = {
            .file = lab_.sources.name(place.file), .line = place.line, .column = place.column};
    }

    topology::Lab const& lab_;
    topology::NetworkState& state_;
    topology::Names& names_;
    topology::Complaints complaints_;
};

}  // namespace

std::vector<topology::Complaint> add_written_routes(topology::Lab const& lab, topology::NetworkState& state,
                                                    topology::Names& names) {
    return Writer(lab, state, names).run();
}

}  // namespace vethwork::plan
