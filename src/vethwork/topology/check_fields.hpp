// Compares a tree with the table of fields.
#pragma once

#include <string_view>

#include <vethwork/topology/complaint.hpp>
#include <vethwork/topology/yaml.hpp>

namespace vethwork::topology {

/// Complains of everything in `node` that is not of `type` (E201 to E235); true where there was nothing.
bool check_type(YamlNode const& node, std::string_view type, Complaints& complaints);

}  // namespace vethwork::topology
