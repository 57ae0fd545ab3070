// The links of a namespace, as values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/link.hpp>

namespace vethwork::observe {

/// Which links; what is absent does not restrict. The kernel filters by `master` and `kind` itself.
struct LinkQuery {
    /// Links as one family sees them: IPv6 tells only of links it is on, and little of them. The kernel then
    /// filters by nothing else.
    std::optional<Family> family;
    std::optional<topology::LinkRef> master;  ///< index resolved
    std::string kind;                         ///< "veth"
    bool statistics = true;                   ///< false asks the kernel to leave them out
};

/// What a dump gave, and whether the state changed meanwhile.
struct LinkSet {
    std::vector<topology::Link> links;
    bool interrupted = false;
};

[[nodiscard]] Result<LinkSet> links(netlink::Connection& connection, LinkQuery const& query);
/// The same, each as it comes; of IPv6's view the transmit queues' lengths are missing. Whether the state
/// changed meanwhile. `take` may not ask anything over the same connection.
[[nodiscard]] Result<bool> for_each_link(netlink::Connection& connection, LinkQuery const& query,
                                         std::function<void(topology::Link&&)> const& take);
/// One link by name (or alternative name), or by index where the name is empty.
/// The error is one of lookup: `Device "x" does not exist.`
[[nodiscard]] Result<topology::Link> link(netlink::Connection& connection, topology::LinkRef const& which);

/// Names of links by index, remembered; one dump fills it, or each name is asked for when it is needed.
class LinkNames {
public:
    explicit LinkNames(netlink::Connection& connection) : connection_(&connection) {}

    /// Whether nothing needs to be asked about this link.
    [[nodiscard]] bool knows(std::uint32_t index) const { return index < known_.size() && known_[index]; }
    /// The name, or "if7" where there is no such link. After a few questions all links are asked for at once.
    [[nodiscard]] std::string const& name(std::uint32_t index);
    /// Flags (IFF_…) of a link; 0 where there is none.
    [[nodiscard]] std::uint32_t flags(std::uint32_t index);
    /// ARPHRD_… of a link; 0 where there is none.
    [[nodiscard]] std::uint16_t hardware_type(std::uint32_t index);
    void learn(topology::Link const& link);
    /// Asks for all links at once; worthwhile before many names are needed.
    [[nodiscard]] Result<> learn_all();
    void forget() {
        known_.clear();
        questions_ = 0;
    }

private:
    struct Facts {
        std::string name;
        std::uint32_t flags = 0;
        std::uint16_t hardware_type = 0;
    };
    Facts const& facts(std::uint32_t index);

    netlink::Connection* connection_;
    std::vector<std::optional<Facts>> known_;
    int questions_ = 0;  ///< about single links
};

}  // namespace vethwork::observe
