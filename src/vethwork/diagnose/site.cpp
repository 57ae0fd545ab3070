#include <vethwork/diagnose/site.hpp>

#include <fcntl.h>
#include <sched.h>

#include <algorithm>

#include <vethwork/base/text.hpp>
#include <vethwork/observe/addresses.hpp>
#include <vethwork/observe/links.hpp>
#include <vethwork/observe/namespace_ids.hpp>
#include <vethwork/observe/neighbours.hpp>
#include <vethwork/observe/qdiscs.hpp>
#include <vethwork/observe/routes.hpp>
#include <vethwork/observe/sysctls.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

Result<> Site::enter() const {
    if (::setns(netns_.get(), CLONE_NEWNET) == 0) return {};
    return system_error("enter namespace \"" + name_ + "\"");
}

Result<netlink::Connection*> Site::connection() {
    if (connection_) return &*connection_;
    TRY(enter());
    connection_ = TRY(netlink::Connection::open());
    return &*connection_;
}

template <class T, class Read>
T const& Site::once(std::optional<T>& place, std::string_view what, Read const& read) {
    if (place) return *place;
    auto const get = [&]() -> Result<T> { return read(*TRY(connection())); };
    auto got = get();
    if (!got) gaps_.push_back(std::string(what) + " of " + name_ + ": " + got.error().describe());
    return place.emplace(got ? std::move(*got) : T{});
}

std::vector<topology::Link> const& Site::links() {
    return once(links_, "links", [](auto& connection) -> Result<std::vector<topology::Link>> {
        return TRY(observe::links(connection, {.statistics = false})).links;
    });
}

std::vector<topology::InterfaceAddress> const& Site::addresses() {
    return once(addresses_, "addresses",
                [](auto& connection) -> Result<std::vector<topology::InterfaceAddress>> {
                    return TRY(observe::addresses(connection, {})).addresses;
                });
}

std::vector<topology::Route> const& Site::routes(Family family) {
    return once(routes_[family], "routes",
                [family](auto& connection) { return observe::routes(connection, {.family = family}); });
}

std::vector<topology::Rule> const& Site::rules(Family family) {
    return once(rules_[family], "rules",
                [family](auto& connection) { return observe::rules(connection, family); });
}

std::vector<topology::Neighbour> const& Site::neighbours() {
    return once(neighbours_, "neighbours", [](auto& connection) -> Result<std::vector<topology::Neighbour>> {
        return TRY(observe::neighbours(connection, {})).neighbours;
    });
}

std::vector<observe::ForwardingEntry> const& Site::forwarding() {
    return once(forwarding_, "forwarding entries",
                [](auto& connection) { return observe::forwarding_entries(connection, {}); });
}

std::vector<observe::BridgeMember> const& Site::bridge_members() {
    return once(bridge_members_, "bridge ports",
                [](auto& connection) { return observe::bridge_members(connection); });
}

observe::Ruleset const& Site::ruleset() {
    return once(ruleset_, "nft rules", [this](auto&) -> Result<observe::Ruleset> {
        TRY(enter());
        return observe::ruleset();
    });
}

std::vector<observe::Socket> const& Site::listeners(observe::SocketProtocol protocol) {
    return once(listeners_[protocol], "sockets", [&](auto&) -> Result<std::vector<observe::Socket>> {
        TRY(enter());
        auto tables = TRY(observe::open_socket_tables());
        return observe::sockets(tables, {.protocol = protocol});
    });
}

std::vector<topology::Qdisc> const& Site::qdiscs() {
    return once(qdiscs_, "queueing disciplines",
                [](auto& connection) { return observe::qdiscs(connection); });
}

std::vector<observe::TrafficFilter> const& Site::traffic_filters() {
    auto const& disciplines = qdiscs();
    return once(traffic_filters_, "traffic filters", [&disciplines](auto& connection) {
        return observe::traffic_filters(connection, disciplines);
    });
}

/// A kernel without IPsec has no policies.
std::vector<observe::XfrmPolicy> const& Site::xfrm_policies() {
    return once(xfrm_policies_, "IPsec policies", [this](auto&) -> Result<std::vector<observe::XfrmPolicy>> {
        TRY(enter());
        auto ipsec = netlink::Connection::open(NETLINK_XFRM);
        if (!ipsec) return std::vector<observe::XfrmPolicy>{};
        auto policies = observe::xfrm_policies(*ipsec);
        return policies ? std::move(*policies) : std::vector<observe::XfrmPolicy>{};
    });
}

std::string const& Site::sysctl(std::string const& name) {
    if (auto const known = sysctls_.find(name); known != sysctls_.end()) return known->second;
    auto const path = topology::path_of_sysctl(name);
    auto const found = enter() ? observe::sysctls({&path, 1}) : observe::Sysctls{};
    return sysctls_[name] = found.empty() ? std::string() : found.begin()->second;
}

topology::Link const* Site::link(std::uint32_t index) {
    auto const& all = links();
    auto const found = std::ranges::find(all, index, &topology::Link::index);
    return found == all.end() ? nullptr : &*found;
}

topology::Link const* Site::link(std::string_view name) {
    auto const& all = links();
    auto const found = std::ranges::find(all, name, &topology::Link::name);
    return found == all.end() ? nullptr : &*found;
}

std::string Site::device(std::uint32_t index) {
    auto const* const found = link(index);
    return found ? found->name : "if" + std::to_string(index);
}

topology::Link const* Site::vrf_of(topology::Link const& one) {
    auto const* const master = one.kind_name == "vrf" ? &one : one.master ? link(one.master->index) : nullptr;
    return master && master->kind_name == "vrf" ? master : nullptr;
}

topology::InterfaceAddress const* Site::address(IpAddress const& address) {
    auto const& all = addresses();
    auto const found =
        std::ranges::find_if(all, [&address](auto const& one) { return one.local == address; });
    return found == all.end() ? nullptr : &*found;
}

topology::InterfaceAddress const* Site::global_address(std::uint32_t link, Family family) {
    auto const& all = addresses();
    auto const found = std::ranges::find_if(all, [link, family](auto const& one) {
        return one.link.index == link && one.local && one.local->family == family &&
               !one.local->is_link_local();
    });
    return found == all.end() ? nullptr : &*found;
}

int Site::interface_setting(Family family, std::string const& device, std::string const& name) {
    auto const read = [&](std::string const& of) {
        return parse_number<int>(sysctl(topology::interface_sysctl(family, of, name))).value_or(0);
    };
    return std::max(read("all"), read(device));
}

void Sites::add(std::string name, Fd netns) {
    sites_.push_back(std::make_unique<Site>(std::move(name), std::move(netns)));
}

Sites Sites::again() const {
    Sites others;
    for (auto const& site : sites_)
        if (Fd copy(::fcntl(site->netns(), F_DUPFD_CLOEXEC, 3)); copy.is_open())
            others.add(site->name(), std::move(copy));
    return others;
}

Site* Sites::find(std::string_view name) {
    auto const found = std::ranges::find(sites_, name, [](auto const& site) { return site->name(); });
    return found == sites_.end() ? nullptr : found->get();
}

Site* Sites::by_id(Site& site, int nsid) {
    auto& known = ids_[&site];
    if (known.empty()) {
        std::vector<int> namespaces;
        for (auto const& other : sites_) namespaces.push_back(other->netns());
        auto connection = site.connection();
        if (!connection) return nullptr;
        auto const ids = observe::ids_of(**connection, namespaces);
        for (std::size_t i = 0; ids && i < ids->size(); ++i)
            if (auto const id = (*ids)[i]; id && *id >= 0) known[*id] = sites_[i].get();
        known.try_emplace(-2, nullptr);  // asked
    }
    auto const found = known.find(nsid);
    return found == known.end() ? nullptr : found->second;
}

Sites::Place Sites::lower_of(Site& site, topology::Link const& link) {
    if (!link.lower) return {};
    Site* const there = link.lower_nsid && *link.lower_nsid >= 0 ? by_id(site, *link.lower_nsid) : &site;
    if (!there) return {};
    return {there, there->link(link.lower->index)};
}

}  // namespace vethwork::diagnose
