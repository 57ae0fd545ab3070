// Numbers of routing that people give names to: tables, protocols, scopes, realms, DS fields, link groups.
// Source: ip-route(8), ip-link(8), the files of /etc/iproute2.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vethwork::topology {

enum class NameKind : std::uint8_t {
    route_table,       ///< "main", any 32-bit number
    route_protocol,    ///< "kernel", at most 255; also of rules, addresses, neighbours and nexthops
    scope,             ///< "link", at most 255
    realm,             ///< "cosmos", at most 255
    ds_field,          ///< "AF11", at most 255; numbers are read and written in hexadecimal
    group,             ///< "default", a group of links
    protodown_reason,  ///< at most 31
};
inline constexpr std::size_t name_kinds = 7;

/// Names of one kind. A number may have several; the latest one is told, all are understood.
class NameTable {
public:
    void add(std::uint32_t number, std::string name) { entries_.emplace_back(number, std::move(name)); }
    [[nodiscard]] std::optional<std::string_view> name_of(std::uint32_t number) const;
    /// Where one name stands for several numbers, the smallest.
    [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view name) const;

    bool operator==(NameTable const&) const = default;

private:
    std::vector<std::pair<std::uint32_t, std::string>> entries_;
};

/// The names that are known without any file.
[[nodiscard]] NameTable const& built_in_names(NameKind kind);

/// Names of all kinds, each loaded when first needed: parsers and printers get this and stay pure.
class Names {
public:
    /// Gives what is to be known besides the built-in names.
    using Loader = std::function<NameTable(NameKind)>;

    /// Without a loader only built-in names are known.
    explicit Names(Loader loader = {}) : loader_(std::move(loader)) {}

    /// The number that a word stands for: a name, or a number within the kind's range.
    [[nodiscard]] std::optional<std::uint32_t> parse(NameKind kind, std::string_view word);
    /// The name, or nothing.
    [[nodiscard]] std::optional<std::string_view> find(NameKind kind, std::uint32_t number);
    /// The name, or the number as iproute2 writes it for this kind ("100", "0x10").
    [[nodiscard]] std::string print(NameKind kind, std::uint32_t number);

private:
    NameTable const& loaded(NameKind kind);

    Loader loader_;
    std::array<std::optional<NameTable>, name_kinds> loaded_;
};

/// A number without a name, as iproute2 writes it for this kind.
[[nodiscard]] std::string print_nameless(NameKind kind, std::uint32_t number);

}  // namespace vethwork::topology
