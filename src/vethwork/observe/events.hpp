// What changes in a namespace, as its kernel tells it. Source: rtnetlink(7), RTNLGRP_….
#pragma once

#include <functional>
#include <map>
#include <string>
#include <variant>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/interface_address.hpp>
#include <vethwork/topology/link.hpp>
#include <vethwork/topology/neighbour.hpp>
#include <vethwork/topology/route.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::observe {

using Changed = std::variant<topology::Link, topology::InterfaceAddress, topology::Route, topology::Neighbour,
                             topology::Rule>;

/// One thing that is new or other than before, or has gone. Links that it speaks of have their names.
struct Event {
    bool gone = false;
    Changed what;
};

/// Hears of links, addresses, routes, neighbours and rules of one namespace.
class EventSource {
public:
    /// Of the namespace that this thread is in.
    [[nodiscard]] static Result<EventSource> open();

    /// Readable where there is something to hear.
    [[nodiscard]] int fd() const { return connection_.fd(); }
    /// Waits for a few events and tells them. An error of ENOBUFS: some were lost, others will come.
    [[nodiscard]] Result<> receive(std::function<void(Event const&)> const& each);

private:
    explicit EventSource(netlink::Connection connection) : connection_(std::move(connection)) {}
    void learn(topology::Link const& link) { names_[link.index] = link.name; }
    void name(topology::LinkRef& link) const;
    [[nodiscard]] Result<std::optional<Event>> read(netlink::Message const& message);

    netlink::Connection connection_;
    std::map<std::uint32_t, std::string> names_;  ///< of links by number
};

}  // namespace vethwork::observe
