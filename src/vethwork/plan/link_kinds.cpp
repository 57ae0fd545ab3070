#include <vethwork/plan/link_kinds.hpp>

#include <algorithm>

namespace vethwork::plan {

namespace {

constexpr std::string_view port_ending = "_slave";
constexpr std::array<std::string_view, 6> plain_kinds{"dummy", "ifb", "nlmon", "netdevsim", "vcan", "tun"};

Error garbage(WordReader const& words) {
    if (words.is_prefix("help")) return usage_error(link_usage());
    return refused(
        fmt::format("Garbage instead of arguments \"{} ...\". Try \"ip link help\".", words.peek()));
}

void skip_all(WordReader& words) {
    while (!words.done()) words.skip();
}

std::string_view without_port_ending(std::string_view name) {
    return name.ends_with(port_ending) ? name.substr(0, name.size() - port_ending.size()) : "";
}

Result<> read_port(WordReader& words, LinkReading& reading, std::string_view master_kind) {
    auto const* const row = find_kind_words(master_kind);
    if (!row || !row->make_port) {
        reading.link.kind = topology::PlainKind{fmt::format("{}{}", master_kind, port_ending)};
        if (!words.done()) return garbage(words);
        return {};
    }
    reading.link.port = row->make_port();
    return row->parse_port(words, reading.link.port, reading.context);
}

}  // namespace

std::span<LinkKindWords const* const> link_kind_words() {
    static constexpr LinkKindWords const* rows[] = {
        &bond_words,   &bridge_words,    &geneve_words, &gre_words,    &gretap_words, &ip6gre_words,
        &ip6tnl_words, &ip6gretap_words, &ipip_words,   &ipvlan_words, &ipvtap_words, &macvlan_words,
        &sit_words,    &macvtap_words,   &veth_words,   &vlan_words,   &vrf_words,    &vti6_words,
        &vti_words,    &vxlan_words,     &xfrm_words};
    return rows;
}

LinkKindWords const* find_kind_words(std::string_view name) {
    auto const rows = link_kind_words();
    auto const found = std::ranges::find(rows, name, [](LinkKindWords const* row) { return row->name; });
    return found == rows.end() ? nullptr : *found;
}

bool is_plain_kind(std::string_view name) {
    return std::ranges::find(plain_kinds, name) != plain_kinds.end();
}

std::string link_kind_usage(std::string_view kind) {
    if (is_plain_kind(kind)) return fmt::format("Usage: ... {}", kind);
    if (auto const* const row = find_kind_words(kind)) return row->usage();
    auto const* const row = find_kind_words(without_port_ending(kind));
    return row && row->port_usage ? row->port_usage() : "";
}

void add_kind_words(topology::Link const& link, std::vector<std::string>& words) {
    auto const* const plain = std::get_if<topology::PlainKind>(&link.kind);
    if (plain && !plain->name.empty()) words.insert(words.end(), {"type", plain->name});
    for (auto const* const row : link_kind_words()) {
        if (row->place == link.kind.index()) {
            words.insert(words.end(), {"type", std::string(row->name)});
            row->print(link.kind, words);
        }
        if (row->make_port && row->port_place == link.port.index()) {
            words.insert(words.end(), {"type", fmt::format("{}{}", row->name, port_ending)});
            row->print_port(link.port, words);
        }
    }
}

Result<> read_kind(WordReader& words, LinkReading& reading) {
    auto const name = TRY(words.value());
    reading.has_kind = true;
    if (auto const master_kind = without_port_ending(name); !master_kind.empty())
        return read_port(words, reading, master_kind);
    auto const* const row = find_kind_words(name);
    reading.link.kind = row ? row->make() : topology::PlainKind{name};
    if (words.done()) return {};
    if (row) return row->parse(words, reading.link.kind, reading.context);
    if (!is_plain_kind(name)) return garbage(words);
    skip_all(words);
    return {};
}

}  // namespace vethwork::plan
