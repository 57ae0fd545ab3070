// Merging trees.
#pragma once

#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {

/// `under` with the keys of `over` laid over it: maps merge key by key, `links` and `tests` are appended, any
/// other value replaces.
void merge_over(YamlNode& under, YamlNode const& over);

}  // namespace vethwork::topology
