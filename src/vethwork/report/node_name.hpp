// Names of namespaces as people call their nodes.
#pragma once

#include <string>
#include <string_view>

namespace vethwork::report {

/// The name of a namespace without what all of its lab begin with.
[[nodiscard]] inline std::string node_name(std::string const& netns, std::string_view prefix) {
    return netns.starts_with(prefix) ? netns.substr(prefix.size()) : netns;
}

}  // namespace vethwork::report
