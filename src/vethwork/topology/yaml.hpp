// YAML as a tree of untyped text with places. What a text means is decided by the field that holds it, never
// by its looks. Source: YAML 1.2.2; less tags, merge keys, keys that are not text, and second documents.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <vethwork/topology/complaint.hpp>

namespace vethwork::topology {

enum class YamlKind : std::uint8_t { empty, scalar, list, map };

struct YamlEntry;

struct YamlNode {
    YamlKind kind = YamlKind::empty;
    bool quoted = false;  ///< '…' or "…"
    bool block = false;   ///< | or >: `place` is the first line of the content
    std::string text;     ///< of a scalar
    Place place;          ///< of a scalar its text, of a list or map its first character
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;  ///< in the order of the file; no key twice

    /// The value of a key of a map; nothing where there is none.
    [[nodiscard]] YamlNode const* find(std::string_view key) const;
    [[nodiscard]] YamlNode* find(std::string_view key);
    [[nodiscard]] YamlEntry const* entry(std::string_view key) const;
};

struct YamlEntry {
    std::string key;
    Place place;  ///< of the key
    YamlNode value;
};

/// Limits of what is read, far above what labs need.
inline constexpr std::size_t most_yaml_bytes = 4u << 20, most_yaml_nodes = 400'000, most_yaml_depth = 40;

/// File `file` of `sources` as a tree. Nothing, and at least one complaint (E101 to E111), where it is no
/// YAML.
[[nodiscard]] std::optional<YamlNode> parse_yaml(Sources const& sources, std::uint16_t file,
                                                 Complaints& complaints);

/// "a map", "a list", "a text", "nothing".
[[nodiscard]] std::string_view describe(YamlKind kind);

}  // namespace vethwork::topology
