// From names to the kernel's numbers, on the way down.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/link_references.hpp>

namespace vethwork::apply {

/// Finds links by name in the namespace of a connection; remembers until forget().
class Resolver {
public:
    explicit Resolver(netlink::Connection& connection) : connection_(&connection) {}

    /// Sets `link.index`; a name also finds alternative names, and "if7" the link of index 7.
    /// The error is one of lookup: `Cannot find device "x"`.
    [[nodiscard]] Result<> resolve(topology::LinkRef& link);
    /// The same; the error is the one that iproute2 has for a link of this role.
    [[nodiscard]] Result<> resolve(topology::LinkRef& link, topology::LinkRole role);
    /// All that the kernel tells of one link.
    [[nodiscard]] Result<topology::Link> link(std::uint32_t index);
    [[nodiscard]] Result<std::uint32_t> index_of(std::string const& name);
    /// Opens the namespace and keeps it open until forget(); sets `netns.fd`, unless a process tells it.
    [[nodiscard]] Result<> resolve(topology::NamespaceRef& netns);
    /// The id that this namespace has for another, which gets one if need be.
    [[nodiscard]] Result<int> namespace_id(topology::NamespaceRef netns);
    /// Who opens namespaces instead of /run/netns: gives a descriptor that stays open, by the name that is
    /// asked for.
    void set_namespaces(std::function<Result<int>(std::string const&)> open) {
        open_namespace_ = std::move(open);
    }
    /// A link whose number is known without asking.
    void learn(std::string const& name, std::uint32_t index) { indices_[name] = index; }
    /// Names may stand for other links; closes namespaces, too.
    void forget();
    /// What resolve() has opened is no longer in use.
    void close_namespaces() { namespaces_.clear(); }

private:
    netlink::Connection* connection_;
    std::map<std::string, std::uint32_t, std::less<>> indices_;
    std::vector<Fd> namespaces_;
    std::function<Result<int>(std::string const&)> open_namespace_;
};

}  // namespace vethwork::apply
