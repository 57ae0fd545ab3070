// Network namespaces as one of them knows the others: by small numbers, and by name. Source: ip-netns(8),
// <linux/net_namespace.h>.
#pragma once

#include <optional>
#include <string>

namespace vethwork::topology {

/// A namespace with a name, and the id it has in the observing namespace where it has one.
struct NamedNamespace {
    std::string name;
    std::optional<int> nsid;

    bool operator==(NamedNamespace const&) const = default;
};

/// An id that a namespace (the observing one, or the target of the question) has for another.
struct NamespaceId {
    std::optional<int> nsid;          ///< nothing: unassigned
    bool tells_current = false;       ///< an answer about another namespace also tells the id here
    std::optional<int> current_nsid;  ///< the id that the observing namespace has for the same namespace
    std::string name;                 ///< where it has one, as the observing namespace knows it

    bool operator==(NamespaceId const&) const = default;
};

}  // namespace vethwork::topology
