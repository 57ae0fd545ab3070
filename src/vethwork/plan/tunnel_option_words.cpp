#include <vethwork/plan/encapsulation_words.hpp>

namespace vethwork::plan {

namespace {

using topology::ErspanOption;
using topology::GeneveOption;
using topology::TunnelOptions;
using topology::VxlanOption;

/// Pairs of hexadecimal digits; a last single one is passed over.
std::optional<std::vector<std::uint8_t>> read_octets(std::string_view text) {
    std::vector<std::uint8_t> octets;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        auto const octet = parse_number<std::uint8_t>(text.substr(i, 2), 16);
        if (!octet) return {};
        octets.push_back(*octet);
    }
    return octets;
}

/// CLASS:TYPE:DATA, each of which may be empty.
std::optional<GeneveOption> read_geneve(std::string_view text) {
    GeneveOption option;
    auto const parts = split(text, ':');
    if (parts.size() > 3) return {};
    if (!parts[0].empty()) {
        auto const number = parse_number<std::uint16_t>(parts[0]);
        if (!number) return {};
        option.option_class = *number;
    }
    if (parts.size() > 1 && !parts[1].empty()) {
        auto const number = parse_number<std::uint8_t>(parts[1]);
        if (!number) return {};
        option.type = *number;
    }
    if (parts.size() > 2) {
        auto octets = read_octets(parts[2]);
        if (!octets) return {};
        option.data = std::move(*octets);
    }
    return option;
}

template <class T>
bool read_part(std::string_view text, std::optional<T>& into) {
    if (text.empty()) return true;
    into = parse_number<T>(text);
    return into.has_value();
}

/// VERSION:INDEX:DIRECTION:HARDWARE-ID, each of which may be empty.
std::optional<TunnelOptions> read_erspan(std::string_view text) {
    ErspanOption option;
    auto parts = split(text, ':');
    if (parts.size() > 4) return {};
    parts.resize(4);
    if (!read_part(parts[0], option.version) || !read_part(parts[1], option.index) ||
        !read_part(parts[2], option.direction) || !read_part(parts[3], option.hardware_id))
        return {};
    return option;
}

std::optional<TunnelOptions> read_geneve_list(std::string_view text) {
    std::vector<GeneveOption> options;
    for (auto const part : split(text, ',')) {
        auto option = read_geneve(part);
        if (!option) return {};
        options.push_back(std::move(*option));
    }
    return options;
}

std::string geneve_word(GeneveOption const& option) {
    auto word = fmt::format("{}:{}:", option.option_class, option.type);
    for (auto const octet : option.data) word += fmt::format("{:02x}", octet);
    return word;
}

template <class T>
std::string part_word(std::optional<T> const& part) {
    return part ? std::to_string(*part) : std::string();
}

struct Printer {
    std::vector<std::string>& words;

    void operator()(std::monostate) const {}
    void operator()(std::vector<GeneveOption> const& options) const {
        std::string list;
        for (auto const& option : options) list += (list.empty() ? "" : ",") + geneve_word(option);
        words.insert(words.end(), {"geneve_opts", list});
    }
    void operator()(VxlanOption const& option) const {
        words.insert(words.end(), {"vxlan_opts", std::to_string(option.group_policy)});
    }
    void operator()(ErspanOption const& option) const {
        words.insert(
            words.end(),
            {"erspan_opts", fmt::format("{}:{}:{}:{}", part_word(option.version), part_word(option.index),
                                        part_word(option.direction), part_word(option.hardware_id))});
    }
};

}  // namespace

std::optional<TunnelOptions> read_tunnel_options(std::string_view keyword, std::string_view value) {
    if (keyword == "geneve_opts") return read_geneve_list(value);
    if (keyword == "erspan_opts") return read_erspan(value);
    auto const policy = parse_number<std::uint32_t>(value);
    if (!policy) return {};
    return VxlanOption{*policy};
}

void print_tunnel_options(TunnelOptions const& options, std::vector<std::string>& words) {
    std::visit(Printer{words}, options);
}

}  // namespace vethwork::plan
