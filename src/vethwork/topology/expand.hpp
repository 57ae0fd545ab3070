// From the tree that is written to the tree that is meant: includes merged, variables and expressions
// replaced, `for`, `count`, `if`, `use` and `defaults` carried out. What is left has only plain nodes and
// links, each value with the place it came from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {

/// The text of a file named in `include`, `nft-file` or `files`, relative to the file that names it; nothing
/// where it cannot be read.
using FileReader = std::function<std::optional<std::string>(std::string const& path)>;

/// Variables given by the caller, NAME and VALUE; they win over those of `vars`.
using Overrides = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::size_t most_lab_nodes = 20'000, most_lab_links = 100'000, most_rounds = 150'000,
                             most_include_depth = 8;

/// The tree of `sources`' file 0; files that it includes are added to `sources`. Complains E2xx.
[[nodiscard]] std::optional<YamlNode> read_tree(Sources& sources, FileReader const& reader,
                                                Complaints& complaints);
/// What it means. Nothing only where the tree has no shape at all; else look at `complaints`.
[[nodiscard]] std::optional<YamlNode> expand(YamlNode tree, Overrides const& overrides,
                                             Complaints& complaints);

}  // namespace vethwork::topology
