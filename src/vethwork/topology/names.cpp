#include <vethwork/topology/names.hpp>

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>

namespace vethwork::topology {

namespace {

struct BuiltIn {
    std::uint32_t number;
    char const* name;
};

constexpr BuiltIn tables[] = {{253, "default"}, {254, "main"}, {255, "local"}};
/// RTPROT_… of <linux/rtnetlink.h>.
constexpr BuiltIn protocols[] = {
    {0, "unspec"}, {1, "redirect"}, {2, "kernel"}, {3, "boot"},        {4, "static"}, {8, "gated"},
    {9, "ra"},     {10, "mrt"},     {11, "zebra"}, {12, "bird"},       {42, "babel"}, {13, "dnrouted"},
    {14, "xorp"},  {15, "ntk"},     {16, "dhcp"},  {18, "keepalived"}, {186, "bgp"},  {187, "isis"},
    {188, "ospf"}, {189, "rip"},    {192, "eigrp"}};
constexpr BuiltIn scopes[] = {{0, "global"}, {255, "nowhere"}, {254, "host"}, {253, "link"}, {200, "site"}};
constexpr BuiltIn realms[] = {{0, "unknown"}};
constexpr BuiltIn ds_fields[] = {{0, "0"}};
constexpr BuiltIn groups[] = {{0, "default"}};

/// What is particular to a kind.
struct Facts {
    std::span<BuiltIn const> built_in;
    std::uint32_t largest;
    int base = 0;                ///< of numbers as words
    bool built_in_first = true;  ///< a built-in name is told without asking what a file has for it
};

Facts const& facts(NameKind kind) {
    static constexpr std::array<Facts, name_kinds> all{{
        {tables, 0xffffffff, 0, false},
        {protocols, 255},
        {scopes, 255},
        {realms, 255},
        {ds_fields, 255, 16},
        {groups, 0x7fffffff, 0, false},
        {{}, 31},
    }};
    return all[static_cast<std::size_t>(kind)];
}

std::size_t place(NameKind kind) { return static_cast<std::size_t>(kind); }

std::optional<std::uint32_t> parse_hexadecimal(std::string_view word) {
    if (word.starts_with("0x") || word.starts_with("0X")) word.remove_prefix(2);
    return parse_number<std::uint32_t>(word, 16);
}

}  // namespace

std::optional<std::string_view> NameTable::name_of(std::uint32_t number) const {
    for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry)
        if (entry->first == number) return entry->second;
    return {};
}

std::optional<std::uint32_t> NameTable::number_of(std::string_view name) const {
    std::optional<std::uint32_t> smallest;
    for (auto const& [number, called] : entries_)
        if (called == name && (!smallest || number < *smallest)) smallest = number;
    return smallest;
}

NameTable const& built_in_names(NameKind kind) {
    static std::array<std::optional<NameTable>, name_kinds> made;
    auto& table = made[place(kind)];
    if (!table) {
        table.emplace();
        for (auto const& one : facts(kind).built_in) table->add(one.number, one.name);
    }
    return *table;
}

NameTable const& Names::loaded(NameKind kind) {
    auto& table = loaded_[place(kind)];
    if (!table) table = loader_ ? loader_(kind) : NameTable{};
    return *table;
}

std::optional<std::uint32_t> Names::parse(NameKind kind, std::string_view word) {
    if (auto const number = loaded(kind).number_of(word)) return number;
    if (auto const number = built_in_names(kind).number_of(word)) return number;
    Facts const& kinds = facts(kind);
    auto const number = kinds.base == 16 ? parse_hexadecimal(word) : parse_number<std::uint32_t>(word);
    if (!number || *number > kinds.largest) return {};
    return number;
}

std::optional<std::string_view> Names::find(NameKind kind, std::uint32_t number) {
    if (facts(kind).built_in_first && !loaded_[place(kind)])
        if (auto const name = built_in_names(kind).name_of(number)) return name;
    if (auto const name = loaded(kind).name_of(number)) return name;
    return built_in_names(kind).name_of(number);
}

std::string Names::print(NameKind kind, std::uint32_t number) {
    if (auto const name = find(kind, number)) return std::string(*name);
    return print_nameless(kind, number);
}

std::string print_nameless(NameKind kind, std::uint32_t number) {
    return kind == NameKind::ds_field ? fmt::format("0x{:02x}", number) : std::to_string(number);
}

}  // namespace vethwork::topology
