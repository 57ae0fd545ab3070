// Names and ids of network namespaces, as the namespace of a connection knows them. Source: ip-netns(8).
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/namespace.hpp>

namespace vethwork::observe {

/// Every name under /run/netns in the order of the folder, with its id; all ids are asked for at once.
[[nodiscard]] Result<std::vector<topology::NamedNamespace>> named_namespaces(netlink::Connection& connection);

/// All ids that this namespace (or the one whose id here is `target`) has for others; names are not filled.
[[nodiscard]] Result<std::vector<topology::NamespaceId>> namespace_ids(netlink::Connection& connection,
                                                                       std::optional<int> target);
/// What this namespace (or `target`) knows under one id.
[[nodiscard]] Result<topology::NamespaceId> namespace_id(netlink::Connection& connection, int nsid,
                                                         std::optional<int> target);

/// The ids that this namespace has for open ones, in their order; nothing where it has none.
[[nodiscard]] Result<std::vector<std::optional<int>>> ids_of(netlink::Connection& connection,
                                                             std::span<int const> namespaces);

/// Names of namespaces by id, learnt at once when the first is needed.
class NamespaceNames {
public:
    explicit NamespaceNames(netlink::Connection& connection) : connection_(&connection) {}

    /// The first name of the namespace that has this id; empty where it has no name.
    [[nodiscard]] std::string name(int nsid);
    void forget() { known_.reset(); }

private:
    netlink::Connection* connection_;
    std::optional<std::map<int, std::string>> known_;
};

}  // namespace vethwork::observe
