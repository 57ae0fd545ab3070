// How one value refers to another: by name. The number the kernel knows it by is filled in by apply/ (on the
// way down) and observe/ (on the way up), and by nobody else; it takes no part in comparison once a name is
// there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace vethwork::topology {

/// A link: "eth0". Index 0 means not resolved yet.
struct LinkRef {
    std::string name;
    std::uint32_t index = 0;

    bool operator==(LinkRef const& other) const {
        return name == other.name && (!name.empty() || index == other.index);
    }
};

/// A network namespace: a name under /run/netns, a path, or a process in it.
struct NamespaceRef {
    std::string name;                 ///< "vnet", or a path that begins with '/'; empty where `pid` tells
    std::optional<std::int32_t> pid;  ///< a process that lives in it
    std::optional<int> fd;            ///< open descriptor, filled in by apply/; not owned
    std::optional<int> nsid;          ///< the id that the observing namespace has for it

    bool operator==(NamespaceRef const& other) const { return name == other.name && pid == other.pid; }
};

}  // namespace vethwork::topology
