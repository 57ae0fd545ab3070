#include <vethwork/plan/routing_words.hpp>

namespace vethwork::plan {

namespace {

using topology::RouteType;

struct TypeRow {
    std::string_view name;
    RouteType type;
    bool abbreviable;
};

/// In the order in which abbreviations are tried.
constexpr TypeRow types[] = {
    {"local", RouteType::local, false},        {"nat", RouteType::nat, false},
    {"broadcast", RouteType::broadcast, true}, {"brd", RouteType::broadcast, false},
    {"anycast", RouteType::anycast, true},     {"multicast", RouteType::multicast, true},
    {"prohibit", RouteType::prohibit, true},   {"unreachable", RouteType::unreachable, true},
    {"blackhole", RouteType::blackhole, true}, {"xresolve", RouteType::external_resolver, true},
    {"unicast", RouteType::unicast, true},     {"throw", RouteType::throw_on, false},
};

std::optional<Family> family_in(std::string_view word) {
    if (word == "inet") return Family::ipv4;
    if (word == "inet6") return Family::ipv6;
    return {};
}

}  // namespace

Result<std::uint32_t> RoutingContext::number(topology::NameKind kind, std::string const& word,
                                             std::string_view what) const {
    auto const number = names->parse(kind, word);
    if (!number) return wrong_argument(what, word);
    return *number;
}

Result<std::optional<IpPrefix>> read_network(std::string const& word, std::optional<Family>& family) {
    if (is_any_word(word)) return std::optional<IpPrefix>{};
    auto const prefix = TRY(read_prefix(word, family));
    family = prefix.family();
    if (prefix.length == 0) return std::optional<IpPrefix>{};
    return std::optional(prefix);
}

Result<IpAddress> read_address_of(std::string const& word, std::optional<Family>& family) {
    auto const address = TRY(read_address(word, family));
    family = address.family;
    return address;
}

Result<IpAddress> read_gateway(WordReader& words, std::optional<Family>& family) {
    auto word = TRY(words.value());
    auto wanted = family_in(word);
    if (wanted)
        word = TRY(words.value());
    else
        wanted = family;
    auto const address = TRY(read_address(word, wanted));
    if (!family) family = address.family;
    return address;
}

std::optional<std::uint32_t> read_realms(topology::Names& names, std::string const& word) {
    auto const slash = word.find('/');
    std::uint32_t source = 0;
    if (slash != std::string::npos) {
        auto const read = names.parse(topology::NameKind::realm, word.substr(0, slash));
        if (!read) return {};
        source = *read << 16;
    }
    auto const rest = slash == std::string::npos ? word : word.substr(slash + 1);
    if (rest.empty()) return source;
    if (auto const read = names.parse(topology::NameKind::realm, rest)) return source | *read;
    return parse_number<std::uint32_t>(word);
}

std::optional<RouteType> read_route_type(std::string const& word, TypeNumbers numbers) {
    for (auto const& row : types)
        if (row.name == word || (row.abbreviable && !word.empty() && row.name.starts_with(word)))
            return row.type;
    if (numbers == TypeNumbers::refused) return {};
    auto const number = parse_number<std::uint8_t>(word);
    if (!number) return {};
    return static_cast<RouteType>(*number);
}

std::string network_word(std::optional<IpPrefix> const& network, Family family) {
    if (!network) return family == Family::ipv4 ? "default" : "::/0";
    return network->is_host() ? network->address.to_string() : network->to_string();
}

std::string gateway_family_word(Family family) { return family == Family::ipv4 ? "inet" : "inet6"; }

std::string realms_word(std::uint32_t realms) {
    constexpr std::uint32_t greatest = 255;  // of a realm that is written as one
    auto const source = realms >> 16, destination = realms & 0xffff;
    bool const as_one = source == 0 || source > greatest || destination > greatest;
    return as_one ? std::to_string(realms) : fmt::format("{}/{}", source, destination);
}

std::string route_type_word(RouteType type) {
    for (auto const& row : types)
        if (row.type == type) return std::string(row.name);
    return std::to_string(static_cast<int>(type));
}

std::string built_in_name(topology::NameKind kind, std::uint32_t number) {
    auto const name = topology::built_in_names(kind).name_of(number);
    return name ? std::string(*name) : topology::print_nameless(kind, number);
}

std::string link_word(topology::LinkRef const& link) {
    return link.name.empty() ? fmt::format("if{}", link.index) : link.name;
}

}  // namespace vethwork::plan
