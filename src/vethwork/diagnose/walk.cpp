#include <vethwork/diagnose/walk.hpp>

#include <linux/if.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/base/text.hpp>
#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/check_ip.hpp>
#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/check_neighbour.hpp>
#include <vethwork/diagnose/check_route.hpp>
#include <vethwork/diagnose/check_translation.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/tunnel.hpp>
#include <vethwork/diagnose/words.hpp>
#include <vethwork/observe/routes.hpp>
#include <vethwork/topology/sysctl.hpp>

namespace vethwork::diagnose {

namespace {

using topology::Link;
using topology::Route;
using topology::RouteType;

constexpr std::size_t most_hops = 40;
constexpr int deepest_tunnel = 3;

Link const* vrf_at(Hop const& hop, WalkedPacket const& packet) {
    return hop.in ? hop.site->vrf_of(*hop.in) : packet.vrf;
}

class Walker {
public:
    Walker(Sites& sites, WalkedPacket packet, Direction direction)
        : sites_(&sites), packet_(std::move(packet)), direction_(direction) {}

    Walk run(Site& start) {
        go_on(&start, nullptr);
        if (!walk_.delivered && !explained_) blame_upstream(context(), walk_);
        check_ttl(start);
        compare_legs();
        return std::move(walk_);
    }

private:
    /// The packet as it is once the sender has chosen its address.
    WalkedPacket with_source() {
        auto packet = packet_;
        if (walk_.source) packet.source = walk_.source;
        if (walk_.translated_source && walk_.translator != walk_.hops.back().site)
            packet.source = walk_.translated_source;
        return packet;
    }

    void go_on(Site* site, Link const* in) {
        while (site && walk_.hops.size() < most_hops) {
            walk_.hops.push_back({.site = site, .in = in});
            packet_untracked_ = false;
            if (!step(site, in)) break;
        }
    }

    /// What became of the packet on another way of a route that has several.
    struct OtherWay {
        std::size_t place;  ///< of our own track
        bool delivered;
        std::vector<Finding> losses;
    };

    void try_other_legs() {
        auto const* const route = hop().route;
        if (is_leg_ || !route || route->hops.size() < 2) return;
        for (auto const& way : route->hops) {
            auto const* const out = way.link ? hop().site->link(way.link->index) : nullptr;
            auto const next = way.via.value_or(packet_.destination);
            if (!out || (out == hop().out && next == hop().next)) continue;
            Walker other(*sites_, packet_, direction_);
            other.is_leg_ = true;
            other.walk_.source = walk_.source;
            other.walk_.hops.push_back(hop());
            other.hop().out = out;
            other.hop().next = next;
            Site* site = hop().site;
            Link const* in = nullptr;
            if (other.cross(site, in)) other.go_on(site, in);
            auto losses = losses_in(other.walk_.track, 0);
            // The way is dead, not the namespace where it begins; but that has a gateway that nobody is.
            for (auto& loss : losses)
                if (loss.netns == hop().site->name() && site != hop().site && loss.cause != "wrong-gateway")
                    loss.netns = site->name();
            legs_.push_back({walk_.track.size(), other.walk_.delivered, std::move(losses)});
        }
    }

    static std::vector<Finding> losses_in(Track const& track, std::size_t from) {
        std::vector<Finding> found;
        for (std::size_t i = from; i < track.size(); ++i)
            if (auto const* const finding = std::get_if<Finding>(&track[i]); finding && finding->certain_loss)
                found.push_back(*finding);
        return found;
    }

    static bool holds(std::vector<Finding> const& all, Finding const& one) {
        return std::ranges::any_of(
            all, [&one](auto const& other) { return other.cause == one.cause && other.netns == one.netns; });
    }

    /// What is wrong on one way only hits some flows.
    void compare_legs() {
        for (auto leg = legs_.rbegin(); leg != legs_.rend(); ++leg) {
            auto const ours = losses_in(walk_.track, leg->place);
            auto const only_there =
                std::ranges::find_if(leg->losses, [&ours](auto const& one) { return !holds(ours, one); });
            if (only_there != leg->losses.end()) {
                walk_.track.insert(walk_.track.begin() + static_cast<std::ptrdiff_t>(leg->place),
                                   on_one_way(*only_there));
                continue;
            }
            if (!leg->delivered) continue;
            for (auto& item : walk_.track)
                if (auto* const finding = std::get_if<Finding>(&item); finding && finding->certain_loss &&
                                                                       holds(ours, *finding) &&
                                                                       !holds(leg->losses, *finding))
                    *finding = on_one_way(*finding);
        }
    }

    static Finding on_one_way(Finding finding) {
        finding.what = fmt::format("on one of several ways: {}", finding.what);
        finding.cause = "ecmp-leg-dead";
        finding.certain_loss = false;
        finding.misleads = true;
        return finding;
    }

    RouteContext context() { return {sites_, &packet_, direction_}; }
    Hop& hop() { return walk_.hops.back(); }
    void add(std::vector<Finding> findings) {
        for (auto& finding : findings) walk_.track.push_back(std::move(finding));
    }

    /// Through the namespace of the present hop, and to the next.
    bool step(Site*& site, Link const*& in) {
        if (in) arrive(*site, *in);
        if (is_local()) {
            if (!in) add(loopback_obstacles(*site, packet_.destination));
            if (in) filter("input");
            return !(walk_.delivered = true);
        }
        if (in) add(forwarding_obstacles(*site, *in, packet_.destination.family));
        if (came_here_before()) return false;
        if (!choose_route()) return false;
        return cross(site, in);
    }

    void arrive(Site& site, Link const& in) {
        add(traffic_obstacles(site, in, TrafficSide::ingress));
        add(firewall_obstacles(site, "ingress", "netdev", as_filtered()));
        filter("prerouting");
        add(arriving_obstacles(site, in, with_source()));
        translate_destination(site);
        if (packet_.destination.is_loopback()) add(martian_obstacles(site, in));
    }

    /// The packet as rules see it at this hop.
    FirewallPacket as_filtered() {
        FirewallPacket packet{.source = walk_.source.value_or(IpAddress::any(packet_.destination.family)),
                              .destination = packet_.destination,
                              .protocol = packet_.protocol,
                              .source_port = packet_.source_port,
                              .destination_port = packet_.port,
                              .incoming = hop().in ? hop().in->name : std::string(),
                              .outgoing = hop().out ? hop().out->name : std::string()};
        packet.answers = direction_ == Direction::back;
        packet.untracked = packet_untracked_;
        auto const& known = packet_.acquainted;
        packet.unexpected =
            packet.answers && !known.empty() && std::ranges::find(known, hop().site) == known.end();
        if (packet.answers) packet.icmp_type = "echo-reply";
        return packet;
    }

    /// Behind a VRF's port, rules see the packet come in by the VRF; those of prerouting see it twice.
    FirewallPacket as_filtered_in_vrf() {
        auto packet = as_filtered();
        auto const* const vrf = hop().in ? hop().site->vrf_of(*hop().in) : nullptr;
        if (vrf) packet.incoming = vrf->name;
        return packet;
    }

    void filter(std::string_view hook) {
        if ((hook == "prerouting" || hook == "output") && !packet_untracked_)
            packet_untracked_ = is_left_untracked(hop().site->ruleset(), hook, as_filtered());
        auto const behind = as_filtered_in_vrf();
        bool const is_in_vrf = behind.incoming != as_filtered().incoming;
        if (!is_in_vrf || hook == "prerouting") add(firewall_obstacles(*hop().site, hook, "", as_filtered()));
        if (is_in_vrf) add(firewall_obstacles(*hop().site, hook, "", behind));
        add(policy_obstacles(*hop().site, hook, as_filtered()));
        auto const& rules = hop().site->ruleset();
        if (auto const mark = mark_of(rules, hook, as_filtered()); mark != 0) hop().mark = mark;
        if (auto const limit = set_time_to_live(rules, hook, as_filtered()))
            limits_.push_back({walk_.track.size(), walk_.hops.size() - 1, *limit});
    }

    /// What was meant for this namespace may be meant for another behind it.
    void translate_destination(Site& site) {
        if (direction_ == Direction::back) return;
        auto found = translation(site.ruleset(), "prerouting", as_filtered());
        if (found && found->kind == Translation::Kind::redirect) {
            auto const* const own = site.global_address(hop().in->index, packet_.destination.family);
            found->address = own ? own->local : std::nullopt;
        } else if (!found || found->kind != Translation::Kind::destination) {
            return;
        }
        if (!found->address) return;
        if (!found->address->is_loopback() && !owner_of(*sites_, *found->address))
            add(translation_obstacles(*sites_, site, *found, packet_));
        walk_.destination_translator = &site;
        walk_.destination_translation = found;
        packet_.destination = *found->address;
        if (found->port != 0) packet_.port = found->port;
        walk_.destination = packet_.destination;
        walk_.port = packet_.port;
    }

    void translate_source() {
        if (direction_ == Direction::back || !hop().out || walk_.translator) return;
        auto const found = translation(hop().site->ruleset(), "postrouting", as_filtered());
        if (!found) return;
        auto address = found->address;
        if (found->kind == Translation::Kind::masquerade) {
            auto const* const own = hop().site->global_address(hop().out->index, packet_.destination.family);
            address = own ? own->local : std::nullopt;
        }
        if (!address) return;
        walk_.translator = hop().site;
        walk_.translated_source = address;
        walk_.source_translation = found;
    }

    /// Addresses of another VRF are not those of this one.
    bool owns(Site& site, IpAddress const& address) {
        auto const* const here = vrf_at(hop(), packet_);
        return std::ranges::any_of(site.addresses(), [&](auto const& one) {
            auto const* const link = one.local == address ? site.link(one.link.index) : nullptr;
            auto const* const vrf = link ? site.vrf_of(*link) : nullptr;
            return link && (!vrf || vrf == here);
        });
    }

    bool is_local() {
        auto const& to = packet_.destination;
        if (to.is_loopback() || owns(*hop().site, to)) return true;
        auto const key = key_at(hop(), packet_, known_source());
        auto const& routes = hop().site->routes(to.family);
        auto const* const local = best_route(routes, topology::local_table, key);
        return local && local->type == RouteType::local;
    }

    bool came_here_before() {
        auto const& hops = walk_.hops;
        return std::any_of(hops.begin(), hops.end() - 1,
                           [this](Hop const& one) { return one.site == hop().site && one.in == hop().in; });
    }

    /// The kernel's own answer; nothing where it refuses.
    std::optional<Route> kernel_route() {
        auto connection = hop().site->connection();
        if (!connection) return {};
        observe::PacketQuery query{
            .family = packet_.destination.family,
            .destination = IpPrefix::host(packet_.destination),
            .ip_protocol = protocol_number(packet_.protocol, packet_.destination.family)};
        if (auto const source = known_source()) query.source = IpPrefix::host(*source);
        if (hop().in) query.incoming = hop().in->index;
        if (!hop().in && packet_.vrf) query.outgoing = packet_.vrf->index;
        query.mark = hop().mark;
        if (packet_.port != 0 && packet_.protocol != Protocol::icmp) query.destination_port = packet_.port;
        auto found = observe::route_of(**connection, query);
        if (!found) return {};
        return std::move(*found);
    }

    /// Programs ask for a way without an address of their own first; connected sockets ask again with it.
    std::optional<IpAddress> known_source() {
        if (hop().in || (walk_.source && packet_.protocol != Protocol::icmp)) return walk_.source;
        return packet_.source;
    }

    Lookup find_route() {
        auto const& routes = hop().site->routes(packet_.destination.family);
        auto const key = key_at(hop(), packet_, known_source());
        if (packet_.table != 0 && walk_.hops.size() == 1)
            return {nullptr, best_route(routes, packet_.table, key)};
        return look_up(hop().site->rules(packet_.destination.family), routes, key);
    }

    std::optional<Route> ask_kernel() {
        return packet_.table != 0 && walk_.hops.size() == 1 ? std::nullopt : kernel_route();
    }

    bool choose_route() {
        auto& here = hop();
        // Rules put their marks before the packet is sent; they count when its way is chosen.
        if (!here.in) here.mark = mark_of(here.site->ruleset(), "output", as_filtered());
        auto found = find_route();
        auto answer = ask_kernel();
        if (!here.in && !walk_.source && packet_.protocol != Protocol::icmp && answer && answer->link) {
            here.out = here.site->link(answer->link->index);
            choose_source(answer->preferred_source);
            found = find_route();
            answer = ask_kernel();
        }
        here.rule = found.rule;
        here.route = found.route;
        bool const usable = found.route && found.route->type == RouteType::unicast;
        if (answer && answer->type == RouteType::unicast && answer->link) {
            here.out = here.site->link(answer->link->index);
            here.next = answer->via ? answer->via : packet_.destination;
            if (!walk_.source) choose_source(answer->preferred_source);
        } else if (usable) {
            take(*found.route);
        } else {
            return go_on_without_route(found);
        }
        if (!here.out) return false;
        walk_.track.push_back(Decision{here.site->name(), decision_words(here, packet_.destination)});
        add(source_obstacles(*here.site, *here.out, walk_, packet_));
        if (here.in == here.out) not_a_router();
        filter(here.in ? "forward" : "output");
        filter("postrouting");
        translate_source();
        add(traffic_obstacles(*here.site, *here.out, TrafficSide::egress));
        try_other_legs();
        return true;
    }

    /// It would send the packet back over the segment that it came from, and does not forward: whoever chose
    /// it as a gateway meant the next one.
    void not_a_router() {
        if (walk_.track.size() < 2 || walk_.hops.size() < 2) return;
        auto const place = walk_.track.end() - 2;
        auto* const finding = std::get_if<Finding>(&*place);
        auto const& before = walk_.hops[walk_.hops.size() - 2];
        if (!finding || !finding->cause.ends_with("off") || !before.route || !hop().next) return;
        *finding = misleading(
            "wrong-gateway", *before.site,
            fmt::format("{} is {}, which is no router", before.next->to_string(), hop().site->name()),
            {ip(*before.site, packet_.destination.family,
                fmt::format("route replace {} via {}", prefix_words(*before.route),
                            hop().next->to_string()))});
    }

    void take(Route const& route) {
        auto const& first = route.hops.empty() ? RouteHop{} : route.hops.front();
        auto const link = route.link ? route.link : first.link;
        auto const via = route.via ? route.via : first.via;
        if (link) hop().out = hop().site->link(link->index);
        hop().next = via ? via : packet_.destination;
        if (!walk_.source) choose_source(route.preferred_source);
    }

    using RouteHop = topology::RouteHop;

    void choose_source(std::optional<IpAddress> const& preferred) {
        walk_.source = packet_.source ? packet_.source : preferred;
        if (walk_.source || !hop().out) return;
        for (auto const& address : hop().site->addresses())
            if (address.link.index == hop().out->index && address.local &&
                address.local->family == packet_.destination.family) {
                walk_.source = address.local;
                if (!address.local->is_link_local()) return;
            }
    }

    /// No usable route: the finding, and the leg that was probably meant.
    bool go_on_without_route(Lookup const& found) {
        auto verdict = missing_route(context(), walk_, found);
        if (verdict.findings.empty()) return false;
        explained_ = true;
        add(std::move(verdict.findings));
        if (!verdict.leg) return false;
        explained_ = false;
        hop().out = verdict.leg->out;
        hop().next = verdict.next ? verdict.next : packet_.destination;
        if (!walk_.source) choose_source({});
        return true;
    }

    /// Namespaces that are not on the way are only read where nobody on it has the next hop's address.
    std::vector<Landing> landings_from(Hop const& here) {
        auto const filtered = as_filtered();
        FrameKind frame{.family = packet_.destination.family, .packet = &filtered};
        auto found = landings(*sites_, *here.site, *here.out, frame);
        auto const owns = [&here](Landing const& one) { return one.site->address(*here.next) != nullptr; };
        if (std::ranges::any_of(found, owns)) return found;
        frame.everywhere = true;
        return landings(*sites_, *here.site, *here.out, frame);
    }

    /// Over layer 2 to whoever has the next hop's address.
    bool cross(Site*& site, Link const*& in) {
        auto& here = hop();
        auto const found = landings_from(here);
        auto verdict = next_hop(context(), walk_, found);
        walk_.asks_proxies = walk_.asks_proxies || verdict.by_proxy;
        // What is wrong with the route itself comes before the cable.
        bool const explained = !verdict.route_findings.empty();
        add(std::move(verdict.route_findings));
        if (!verdict.landing) {
            explained_ = explained;
            if (found.empty()) append_dead_end();
            return false;
        }
        if (walk_.hops.size() == 1) offer_address(*verdict.landing);
        walk_.track.insert(walk_.track.end(), verdict.landing->way.begin(), verdict.landing->way.end());
        add(std::move(verdict.findings));
        site = verdict.landing->site;
        in = verdict.landing->link;
        if (!verdict.ends_there) return true;
        walk_.hops.push_back({.site = site, .in = in});
        explained_ = true;
        return false;
    }

    /// A sender that lacks a global address gets one of its gateway's subnet.
    void offer_address(Landing const& landing) {
        for (auto& item : walk_.track) {
            auto* const finding = std::get_if<Finding>(&item);
            if (!finding || finding->cause != "link-local-only" || !finding->repair.empty()) continue;
            auto const* const theirs =
                landing.site->global_address(landing.link->index, packet_.destination.family);
            if (!theirs) return;
            auto const address = free_address(*sites_, {*theirs->local, theirs->prefix_length});
            finding->repair = {add_address(*hop().site, address, theirs->prefix_length, hop().out->name)};
        }
    }

    /// A device that leads nowhere that is known.
    void append_dead_end() {
        auto const& here = hop();
        walk_.track.push_back(Crossing{here.site->name(), here.out->name, here.out->index, Way::out});
        add(leaving_obstacles(*here.site, *here.out));
    }

    void check_ttl(Site& start) {
        check_set_limits();
        auto const* const out = walk_.hops.front().out;
        auto const name =
            packet_.destination.family == Family::ipv4
                ? std::string("net.ipv4.ip_default_ttl")
                : topology::interface_sysctl(Family::ipv6, out ? out->name : "all", "hop_limit");
        auto const ttl = parse_number<std::size_t>(start.sysctl(name)).value_or(64);
        auto const routers = walk_.hops.size() > 2 ? walk_.hops.size() - 2 : 0;
        if (ttl > routers || !walk_.delivered) return;
        // Before the router at which it ends.
        auto finding = losing("ttl-expired", start,
                              fmt::format("{} = {}, but {} routers are on the way", name, ttl, routers),
                              {sysctl(start, name + "=64")});
        std::size_t place = 0, seen = 0;
        for (std::size_t i = 0; i < walk_.track.size() && seen < ttl; ++i)
            if (auto const* const crossing = std::get_if<Crossing>(&walk_.track[i]))
                if (crossing->way == Way::in && crossing->netns != start.name() && is_hop(crossing->netns))
                    ++seen, place = i + 1;
        walk_.track.insert(walk_.track.begin() + static_cast<std::ptrdiff_t>(place), std::move(finding));
    }

    /// Rules on the way that let it pass fewer routers than there are.
    void check_set_limits() {
        if (!walk_.delivered) return;
        auto const routers = walk_.hops.size() > 2 ? walk_.hops.size() - 2 : 0;
        for (auto limit = limits_.rbegin(); limit != limits_.rend(); ++limit) {
            bool const counts_here = limit->set.chain->hook == "prerouting" && limit->hop > 0;
            auto const left = routers - std::min(routers, limit->hop) + (counts_here ? 1 : 0);
            if (limit->set.value > left) continue;
            auto const& site = *walk_.hops[limit->hop].site;
            walk_.track.insert(
                walk_.track.begin() + static_cast<std::ptrdiff_t>(limit->place),
                about(*limit->set.chain, limit->set.rule,
                      misleading("ttl-expired", site,
                                 fmt::format("chain {}, rule {}: {}, but {} routers are still to come",
                                             limit->set.chain->words(), limit->set.rule->handle,
                                             limit->set.rule->text, left),
                                 {{Action::Tool::nft, site.name(),
                                   fmt::format("delete rule {} handle {}", limit->set.chain->words(),
                                               limit->set.rule->handle)}})));
        }
    }

    bool is_hop(std::string const& netns) {
        return std::ranges::any_of(walk_.hops, [&](Hop const& one) { return one.site->name() == netns; });
    }

    Sites* sites_;
    WalkedPacket packet_;
    Direction direction_;
    Walk walk_;
    std::vector<OtherWay> legs_;
    struct Limit {
        std::size_t place, hop;
        TimeToLive set;
    };
    std::vector<Limit> limits_;
    bool is_leg_ = false;            ///< another walk's other way
    bool packet_untracked_ = false;  ///< in the present namespace
    bool explained_ = false;         ///< the end of the walk has a finding of its own
};

}  // namespace

std::vector<Finding> Walk::findings() const {
    std::vector<Finding> found;
    for (auto const& item : track)
        if (auto const* const finding = std::get_if<Finding>(&item)) found.push_back(*finding);
    return found;
}

PacketKey key_at(Hop const& hop, WalkedPacket const& packet, std::optional<IpAddress> const& source) {
    PacketKey key{.destination = packet.destination,
                  .source = source,
                  .incoming = hop.in ? hop.in->name : std::string(),
                  .ip_protocol = protocol_number(packet.protocol, packet.destination.family),
                  .source_port = packet.source_port,
                  .destination_port = packet.port,
                  .mark = hop.mark};
    auto const* const vrf = vrf_at(hop, packet);
    auto const* const kind = vrf ? std::get_if<topology::Vrf>(&vrf->kind) : nullptr;
    if (kind) key.vrf_table = kind->table.value_or(0);
    return key;
}

Walk walk(Sites& sites, Site& start, WalkedPacket const& packet, Direction direction) {
    return Walker(sites, packet, direction).run(start);
}

std::vector<Finding> walk_underlay(Sites& sites, Site& site, IpAddress const& to, std::uint16_t port) {
    if (BelowTunnels::depth() >= deepest_tunnel) return {};
    BelowTunnels const below;
    auto found =
        walk(sites, site, {.destination = to, .protocol = Protocol::udp, .port = port}, Direction::forward)
            .findings();
    for (auto& finding : found) finding.stops_everything = true;
    return found;
}

bool is_clean(Walk const& walk) { return walk.delivered && !has_certain_loss(walk.track); }

Site* owner_of(Sites& sites, IpAddress const& address) {
    for (auto const& site : sites.all())
        if (site->address(address)) return site.get();
    return nullptr;
}

}  // namespace vethwork::diagnose
