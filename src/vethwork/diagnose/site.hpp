// A namespace that a diagnosis looks at. Nothing is read before it is asked for, so that namespaces off the
// path cost nothing; what cannot be read is noted, never guessed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/observe/bridge.hpp>
#include <vethwork/observe/ruleset.hpp>
#include <vethwork/observe/sockets.hpp>
#include <vethwork/observe/traffic_filters.hpp>
#include <vethwork/observe/xfrm.hpp>
#include <vethwork/topology/interface_address.hpp>
#include <vethwork/topology/link.hpp>
#include <vethwork/topology/neighbour.hpp>
#include <vethwork/topology/route.hpp>
#include <vethwork/topology/rule.hpp>

namespace vethwork::diagnose {

class Site {
public:
    Site(std::string name, Fd netns) : name_(std::move(name)), netns_(std::move(netns)) {}

    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] int netns() const { return netns_.get(); }
    /// Whether it had a part in the diagnosis: its links were read.
    [[nodiscard]] bool was_looked_at() const { return links_.has_value(); }
    /// Moves this thread into the namespace.
    [[nodiscard]] Result<> enter() const;
    [[nodiscard]] Result<netlink::Connection*> connection();

    [[nodiscard]] std::vector<topology::Link> const& links();
    [[nodiscard]] std::vector<topology::InterfaceAddress> const& addresses();
    [[nodiscard]] std::vector<topology::Route> const& routes(Family family);
    [[nodiscard]] std::vector<topology::Rule> const& rules(Family family);
    [[nodiscard]] std::vector<topology::Neighbour> const& neighbours();
    [[nodiscard]] std::vector<observe::ForwardingEntry> const& forwarding();
    [[nodiscard]] std::vector<observe::BridgeMember> const& bridge_members();
    [[nodiscard]] observe::Ruleset const& ruleset();
    /// Those that wait for anybody, of TCP or UDP.
    [[nodiscard]] std::vector<observe::Socket> const& listeners(observe::SocketProtocol protocol);
    [[nodiscard]] std::vector<topology::Qdisc> const& qdiscs();
    [[nodiscard]] std::vector<observe::XfrmPolicy> const& xfrm_policies();
    [[nodiscard]] std::vector<observe::TrafficFilter> const& traffic_filters();
    /// Names as sysctl(8) has them: a dot in the name of a link is written as a slash. Without its
    /// surrounding blanks; empty where there is no such name.
    [[nodiscard]] std::string const& sysctl(std::string const& name);
    /// What could not be read, each as a clause.
    [[nodiscard]] std::vector<std::string> const& gaps() const { return gaps_; }

    /// What both have read, the kernel sends no event about, and is other here: "net.ipv4.ip_forward 1 → 0".
    [[nodiscard]] std::vector<std::string> silent_changes_since(Site const& before) const;

    [[nodiscard]] topology::Link const* link(std::uint32_t index);
    [[nodiscard]] topology::Link const* link(std::string_view name);
    /// "eth0"; "if7" where there is no such link.
    [[nodiscard]] std::string device(std::uint32_t index);
    /// The VRF that a link belongs to, or is; null: none.
    [[nodiscard]] topology::Link const* vrf_of(topology::Link const& link);
    /// The address as it stands on a link; nothing where this namespace does not have it.
    [[nodiscard]] topology::InterfaceAddress const* address(IpAddress const& address);
    /// The first address of a family on a link that is good beyond the link; null: it has none.
    [[nodiscard]] topology::InterfaceAddress const* global_address(std::uint32_t link, Family family);
    /// net.FAMILY.conf.{all,DEVICE}.NAME as the kernel combines them: the greater of the two.
    [[nodiscard]] int interface_setting(Family family, std::string const& device, std::string const& name);

private:
    template <class T, class Read>
    T const& once(std::optional<T>& place, std::string_view what, Read const& read);

    std::string name_;
    Fd netns_;
    std::optional<netlink::Connection> connection_;
    std::optional<std::vector<topology::Link>> links_;
    std::optional<std::vector<topology::InterfaceAddress>> addresses_;
    std::map<Family, std::optional<std::vector<topology::Route>>> routes_;
    std::map<Family, std::optional<std::vector<topology::Rule>>> rules_;
    std::optional<std::vector<topology::Neighbour>> neighbours_;
    std::optional<std::vector<observe::ForwardingEntry>> forwarding_;
    std::optional<std::vector<observe::BridgeMember>> bridge_members_;
    std::optional<observe::Ruleset> ruleset_;
    std::map<observe::SocketProtocol, std::optional<std::vector<observe::Socket>>> listeners_;
    std::optional<std::vector<topology::Qdisc>> qdiscs_;
    std::optional<std::vector<observe::XfrmPolicy>> xfrm_policies_;
    std::optional<std::vector<observe::TrafficFilter>> traffic_filters_;
    std::map<std::string, std::string> sysctls_;
    std::vector<std::string> gaps_;
};

/// The namespaces that may be looked at, by name.
class Sites {
public:
    void add(std::string name, Fd netns);
    /// The same namespaces, of which nothing has been read.
    [[nodiscard]] Sites again() const;
    [[nodiscard]] Site* find(std::string_view name);
    [[nodiscard]] std::vector<std::unique_ptr<Site>>& all() { return sites_; }
    /// The namespace that `site` knows by an id; nothing where it is none of ours.
    [[nodiscard]] Site* by_id(Site& site, int nsid);
    /// The other end of a cable or the link that a link stands on: where, and which.
    struct Place {
        Site* site = nullptr;
        topology::Link const* link = nullptr;
    };
    [[nodiscard]] Place lower_of(Site& site, topology::Link const& link);

private:
    std::vector<std::unique_ptr<Site>> sites_;
    std::map<Site*, std::map<int, Site*>> ids_;
};

}  // namespace vethwork::diagnose
