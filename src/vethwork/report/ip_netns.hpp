// Namespaces as `ip netns` shows them.
#pragma once

#include <span>

#include <vethwork/report/ip_writer.hpp>
#include <vethwork/topology/namespace.hpp>

namespace vethwork::report {

/// `ip netns list`
void write_namespaces(IpWriter& writer, std::span<topology::NamedNamespace const> namespaces);

enum class Change { present, deleted };
/// `ip netns list-id`
void write_namespace_ids(IpWriter& writer, std::span<topology::NamespaceId const> ids);
/// One of them, as an event tells it.
void write_namespace_id(IpWriter& writer, topology::NamespaceId const& id, Change change);

}  // namespace vethwork::report
