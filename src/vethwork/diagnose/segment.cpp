#include <vethwork/diagnose/segment.hpp>

#include <linux/if.h>

#include <algorithm>
#include <deque>
#include <set>
#include <tuple>

#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/tunnel.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;

/// A frame at a device.
struct Spot {
    Site* site;
    Link const* link;
    Way way;
    std::uint16_t vlan;  ///< of the tag that the frame carries there; 0: none
};

/// The last port by which a bridge with VLANs sent a frame, and the VLAN that it was in.
struct Sender {
    Site* site = nullptr;
    Link const* port = nullptr;  ///< null: no such bridge was passed
    std::uint16_t vlan = 0;
};

/// A spot and how it was come to.
struct Journey {
    Spot spot;
    Track way;
    unsigned obstacles = 0;
    Sender sender;
};

/// Whether a bond sends by one of its ports; where one is the active, only by that.
bool sends(Link const& bond, Link const& port) {
    auto const* const kind = std::get_if<topology::Bond>(&bond.kind);
    return !kind || !kind->active_port || kind->active_port->index == 0 ||
           kind->active_port->index == port.index;
}

class Explorer {
public:
    Explorer(Sites& sites, FrameKind const& frame) : sites_(&sites), frame_(frame) {}

    std::vector<Landing> explore(Site& site, Link const& link) {
        waiting_.push_back({{&site, &link, Way::out, 0}, {}, 0, {}});
        while (!waiting_.empty()) {
            auto journey = std::move(waiting_.front());
            waiting_.pop_front();
            auto const& spot = journey.spot;
            if (!seen_.insert({spot.site, spot.link->index, spot.way, spot.vlan}).second) continue;
            journey.way.push_back(Crossing{spot.site->name(), spot.link->name, spot.link->index, spot.way});
            if (spot.way == Way::out)
                leave(journey);
            else
                arrive(journey);
        }
        std::ranges::stable_sort(landings_, {}, &Landing::obstacles);
        return std::move(landings_);
    }

private:
    /// The journey goes on to `next`; what stands in the way costs.
    void go_on(Journey const& journey, Spot next, std::vector<Finding> obstacles = {}) {
        go_on(journey, next, std::move(obstacles), journey.sender);
    }
    void go_on(Journey const& journey, Spot next, std::vector<Finding> obstacles, Sender const& sender) {
        if (!next.site || !next.link) return;
        Journey further{next, journey.way, journey.obstacles + static_cast<unsigned>(obstacles.size()),
                        sender};
        bool const free = obstacles.empty();
        for (auto& obstacle : obstacles) further.way.push_back(std::move(obstacle));
        if (free)
            waiting_.push_front(std::move(further));
        else
            waiting_.push_back(std::move(further));
    }

    void leave(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto stops = leaving_obstacles(*site, *link);
        if (journey.way.size() > 1) meet_traffic_control(*site, *link, TrafficSide::egress, stops);
        if (frame_.everywhere && journey.way.size() == 1) leave_upwards(journey);
        auto const kind = std::string_view(link->kind_name);
        if (kind == "veth") {
            auto const peer = sites_->lower_of(*site, *link);
            if (!peer.link) return;
            auto const more = cable_obstacles(*site, *link, *peer.site, *peer.link, frame_.size);
            stops.insert(stops.end(), more.begin(), more.end());
            go_on(journey, {peer.site, peer.link, Way::in, vlan}, std::move(stops));
        } else if (kind == "vlan") {
            auto const lower = sites_->lower_of(*site, *link);
            auto const* const tag = std::get_if<topology::Vlan>(&link->kind);
            go_on(journey, {lower.site, lower.link, Way::out, tag && tag->id ? *tag->id : std::uint16_t{1}},
                  std::move(stops));
        } else if (kind == "bridge") {
            flood(journey, *site, *link, nullptr, vlan, std::move(stops));
        } else if (kind == "macvlan" || kind == "macvtap" || kind == "ipvlan") {
            leave_shared(journey, std::move(stops));
        } else if (kind == "vxlan") {
            for (auto& end : vxlan_ends(*sites_, *site, *link)) {
                auto obstacles = stops;
                obstacles.insert(obstacles.end(), end.obstacles.begin(), end.obstacles.end());
                go_on(journey, {end.site, end.link, Way::in, vlan}, std::move(obstacles));
            }
        } else if (kind == "bond") {
            for (auto const& port : site->links())
                if (port.master && port.master->index == link->index && sends(*link, port))
                    go_on(journey, {site, &port, Way::out, vlan}, stops);
        } else if (is_tunnel(*link)) {
            for (auto& end : tunnel_ends(*sites_, *site, *link))
                go_on(journey, {end.site, end.link, Way::in, 0}, std::move(end.obstacles));
        }
    }

    /// A device does not reach the macvlans that stand on it; that is found, not passed.
    void leave_upwards(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        for (auto const& other : sites_->all())
            for (auto const& upper : other->links()) {
                if (upper.kind_name != "macvlan" && upper.kind_name != "ipvlan") continue;
                auto const lower = sites_->lower_of(*other, upper);
                if (lower.site == site && lower.link && lower.link->index == link->index)
                    go_on(journey, {other.get(), &upper, Way::in, 0},
                          {host_isolation(*site, *link, *other, upper)});
            }
    }

    /// macvlan and ipvlan: siblings on the same device, then the device itself.
    void leave_shared(Journey const& journey, std::vector<Finding> stops) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto const lower = sites_->lower_of(*site, *link);
        if (!lower.link) return;
        for (auto const& other : sites_->all())
            for (auto const& sibling : other->links()) {
                if (sibling.kind_name != link->kind_name || &sibling == link) continue;
                auto const its = sites_->lower_of(*other, sibling);
                if (its.site != lower.site || !its.link || its.link->index != lower.link->index) continue;
                auto obstacles = sibling_obstacles(*site, *link, *other, sibling);
                obstacles.insert(obstacles.begin(), stops.begin(), stops.end());
                go_on(journey, {other.get(), &sibling, Way::in, 0}, std::move(obstacles));
            }
        auto const* const mode = std::get_if<topology::Macvlan>(&link->kind);
        auto own = stops;
        own.push_back(host_isolation(*lower.site, *lower.link, *site, *link));
        if (mode || link->kind_name == "ipvlan") go_on(journey, {lower.site, lower.link, Way::in, 0}, own);
        go_on(journey, {lower.site, lower.link, Way::out, vlan}, std::move(stops));
    }

    void arrive(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto const* const master = link->master ? site->link(link->master->index) : nullptr;
        if (master && master->kind_name == "bridge") {
            std::vector<Finding> stops;
            meet_traffic_control(*site, *link, TrafficSide::ingress, stops);
            flood(journey, *site, *master, link, vlan, std::move(stops));
            return;
        }
        if (master && master->kind_name == "bond") {
            go_on(journey, {site, master, Way::in, vlan});
            return;
        }
        if (vlan != 0)
            land_in_spite_of_tag(journey);
        else if (!waits_for_tag(journey))
            land(journey);
        arrive_above(journey);
        if (!master) missing_port(journey);
    }

    /// Queues and filters of devices between the sender's and the receiver's, which the walk itself looks at.
    void meet_traffic_control(Site& site, Link const& link, TrafficSide side,
                              std::vector<Finding>& obstacles) {
        if (!frame_.packet) return;
        for (auto& finding : traffic_obstacles(site, link, side)) obstacles.push_back(std::move(finding));
    }

    void land(Journey const& journey) {
        landings_.push_back({journey.spot.site, journey.spot.link, journey.way, journey.obstacles});
    }

    /// Nobody here takes the tag that a bridge has sent.
    void land_in_spite_of_tag(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto const& from = journey.sender;
        if (!from.port || from.vlan != vlan || vlan_device_on(*sites_, *site, *link, vlan)) return;
        auto landing = journey;
        landing.way.push_back(tag_mismatch(*from.site, *from.port, vlan, FrameForm::untagged));
        ++landing.obstacles;
        land(landing);
    }

    /// The device that waits for the tag that a bridge has taken off; null: none.
    Link const* misses_tag(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto const& from = journey.sender;
        return from.port && vlan == 0 ? vlan_device_on(*sites_, *site, *link, from.vlan) : nullptr;
    }

    /// Whether nobody but that device is meant.
    bool waits_for_tag(Journey const& journey) {
        return misses_tag(journey) && !has_address(*journey.spot.site, *journey.spot.link);
    }

    void arrive_in_spite_of_no_tag(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        auto const& from = journey.sender;
        auto const* const upper = misses_tag(journey);
        if (!upper) return;
        go_on(journey, {site, upper, Way::in, 0},
              {tag_mismatch(*from.site, *from.port, from.vlan, FrameForm::tagged)});
    }

    /// Devices that stand on this one: VLANs by their tags, macvlans.
    void arrive_above(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        for (auto const& other : sites_->all()) {
            if (other.get() != site && (!frame_.everywhere || !shares_devices(*other))) continue;
            for (auto const& upper : other->links()) {
                auto const* const tag = std::get_if<topology::Vlan>(&upper.kind);
                bool const macvlan = upper.kind_name == "macvlan" || upper.kind_name == "ipvlan";
                if ((!tag && !macvlan) || (tag && tag->id != vlan) || (macvlan && vlan != 0)) continue;
                auto const lower = sites_->lower_of(*other, upper);
                if (lower.site == site && lower.link == link)
                    go_on(journey, {other.get(), &upper, Way::in, 0}, leaving_obstacles(*other, upper));
            }
        }
        arrive_in_spite_of_no_tag(journey);
    }

    /// Whether a namespace was looked at already: others are not read only to find devices standing on ours.
    bool shares_devices(Site& other) {
        return std::ranges::any_of(other.links(), [](Link const& link) {
            return link.lower_nsid && *link.lower_nsid >= 0 && link.kind_name != "veth";
        });
    }

    /// A cable that ends in a switch without being one of its ports.
    void missing_port(Journey const& journey) {
        auto const& [site, link, way, vlan] = journey.spot;
        if (!ends_unused(*site, *link)) return;
        for (auto const& bridge : site->links())
            if (bridge.kind_name == "bridge")
                flood(journey, *site, bridge, link, vlan, {port_missing(*site, *link, bridge)});
    }

    /// Through a bridge, from one of its ports (or the bridge device itself) to all others.
    void flood(Journey const& journey, Site& site, Link const& bridge, Link const* from, std::uint16_t vlan,
               std::vector<Finding> stops) {
        auto ingress = bridge_ingress(site, bridge, from, vlan);
        ingress.obstacles.insert(ingress.obstacles.begin(), stops.begin(), stops.end());
        if (auto const meant = in_the_vlan_meant(journey, site, from, vlan, ingress))
            flood_in_vlan(journey, site, bridge, from, *meant);
        flood_in_vlan(journey, site, bridge, from, ingress);
    }

    /// A frame that lost its tag on the way to a port that has the same VLAN with tags.
    static std::optional<BridgeVerdict> in_the_vlan_meant(Journey const& journey, Site& site,
                                                          Link const* from, std::uint16_t tag,
                                                          BridgeVerdict const& ingress) {
        auto const& sender = journey.sender;
        if (!from || !sender.port || tag != 0 || ingress.vlan == 0 || ingress.vlan == sender.vlan ||
            !port_carries(site, *from, sender.vlan))
            return {};
        BridgeVerdict meant{sender.vlan, ingress.obstacles};
        meant.obstacles.push_back(tag_mismatch(*sender.site, *sender.port, sender.vlan, FrameForm::tagged));
        return meant;
    }

    void flood_in_vlan(Journey const& journey, Site& site, Link const& bridge, Link const* from,
                       BridgeVerdict const& ingress) {
        for (auto const& port : site.links()) {
            bool const ours = port.master && port.master->index == bridge.index;
            if (&port == from || (!ours && !(from && is_stray_port(site, port, bridge)))) continue;
            auto egress = bridge_egress(*sites_, site, bridge, from, port, ingress.vlan);
            auto obstacles = ingress.obstacles;
            if (!ours) obstacles.push_back(port_missing(site, port, bridge));
            obstacles.insert(obstacles.end(), egress.obstacles.begin(), egress.obstacles.end());
            if (from && frame_.packet) filter_bridged(site, bridge, *from, port, obstacles);
            bool const has_vlan = ours && ingress.vlan != 0;
            go_on(journey, {&site, &port, Way::out, egress.vlan}, std::move(obstacles),
                  has_vlan ? Sender{&site, &port, ingress.vlan} : Sender{});
        }
        if (!from) return;
        auto to_self = bridge_to_self(*sites_, site, bridge, ingress.vlan);
        to_self.obstacles.insert(to_self.obstacles.begin(), ingress.obstacles.begin(),
                                 ingress.obstacles.end());
        bool const has_vlan = ingress.vlan != 0;
        go_on(journey, {&site, &bridge, Way::in, to_self.vlan}, std::move(to_self.obstacles),
              has_vlan ? Sender{&site, &bridge, ingress.vlan} : Sender{});
    }

    /// Rules for bridged packets, and those for routed ones where the bridge calls them.
    void filter_bridged(Site& site, Link const& bridge, Link const& from, Link const& to,
                        std::vector<Finding>& obstacles) {
        auto packet = *frame_.packet;
        packet.incoming = from.name;
        packet.outgoing = to.name;
        auto question = packet;
        question.is_arp = true;
        bool const is_arp_needed = packet.destination.family == Family::ipv4;
        for (auto const* const hook : {"prerouting", "forward", "postrouting"}) {
            if (is_arp_needed)
                for (auto& finding : firewall_obstacles(site, hook, "bridge", question)) {
                    finding.stops_everything = true;
                    obstacles.push_back(std::move(finding));
                }
            for (auto& finding : firewall_obstacles(site, hook, "bridge", packet))
                obstacles.push_back(std::move(finding));
        }
        bool const v4 = packet.destination.family == Family::ipv4;
        auto const* const kind = std::get_if<topology::Bridge>(&bridge.kind);
        auto const own = kind ? (v4 ? kind->call_iptables : kind->call_ip6tables).value_or(0) : 0;
        bool const called = own != 0 || site.sysctl(v4 ? "net.bridge.bridge-nf-call-iptables"
                                                       : "net.bridge.bridge-nf-call-ip6tables") == "1";
        if (!called) return;
        packet.incoming = packet.outgoing = bridge.name;
        for (auto const* const hook : {"prerouting", "forward", "postrouting"})
            for (auto& finding : firewall_obstacles(site, hook, "", packet)) {
                finding.cause = "bridge-netfilter-drop";
                obstacles.push_back(std::move(finding));
            }
    }

    Sites* sites_;
    FrameKind frame_;
    std::deque<Journey> waiting_;
    std::set<std::tuple<Site*, std::uint32_t, Way, std::uint16_t>> seen_;
    std::vector<Landing> landings_;
};

}  // namespace

std::vector<Landing> landings(Sites& sites, Site& site, Link const& link, FrameKind const& frame) {
    return Explorer(sites, frame).explore(site, link);
}

}  // namespace vethwork::diagnose
