// What a bridge decides about a frame. Source: net/bridge of the kernel's documentation (bridge.rst),
// bridge(8).
#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>

namespace vethwork::diagnose {

namespace {

using observe::BridgeMember;
using topology::Link;

constexpr std::uint8_t forwarding_state = 3;

BridgeMember const* member(Site& site, std::uint32_t index) {
    auto const& all = site.bridge_members();
    auto const found = std::ranges::find(all, index, &BridgeMember::link);
    return found == all.end() ? nullptr : &*found;
}

topology::BridgePort const* port_of(Site& site, Link const& port) {
    if (auto const* const found = member(site, port.index)) return &found->port;
    return std::get_if<topology::BridgePort>(&port.port);
}

bool filters(Link const& bridge) {
    auto const* const kind = std::get_if<topology::Bridge>(&bridge.kind);
    return kind && kind->vlan_filtering.value_or(0) != 0;
}

Action set_port(Site& site, Link const& port, std::string const& words) {
    return bridge(site, fmt::format("link set dev {} {}", port.name, words));
}

std::vector<Finding> state_obstacles(Site& site, Link const& bridge_link, Link const& port) {
    std::vector<Finding> found;
    if (!is_up(port)) return leaving_obstacles(site, port);
    auto const* const flags = port_of(site, port);
    if (!flags || !is_up(bridge_link) || flags->state.value_or(forwarding_state) == forwarding_state)
        return found;
    auto const state = std::min<std::size_t>(*flags->state, topology::bridge_port_states.size() - 1);
    auto const* const kind = std::get_if<topology::Bridge>(&bridge_link.kind);
    std::vector<Action> repair;
    if (kind && kind->stp_state.value_or(0) != 0)
        repair.push_back(ip(site, fmt::format("link set {} type bridge stp_state 0", bridge_link.name)));
    for (auto const& other : site.links()) {
        auto const* const its = port_of(site, other);
        if (other.master && other.master->index == bridge_link.index && its && its->state != forwarding_state)
            repair.push_back(set_port(site, other, "state 3"));
    }
    found.push_back(stopping(
        "bridge-stp-blocking", site,
        fmt::format("port {} of {} is {}", port.name, bridge_link.name, topology::bridge_port_states[state]),
        std::move(repair)));
    return found;
}

std::string vlans_of(BridgeMember const& of) {
    std::string text;
    for (auto const& range : of.vlans) {
        if (!text.empty()) text += ", ";
        text += range.first == range.last ? fmt::format("{}", range.first)
                                          : fmt::format("{}-{}", range.first, range.last);
    }
    return text.empty() ? "none" : text;
}

/// How whoever is at the other end of a port, or on a bridge itself, takes the frames of a VLAN.
FrameForm form_beyond(Sites& sites, Site& site, Link const& port, std::uint16_t vlan) {
    bool const is_self = port.kind_name == "bridge";
    auto const far = is_self ? Sites::Place{&site, &port} : sites.lower_of(site, port);
    if (!far.link) return FrameForm::untagged;
    if (vlan_device_on(sites, *far.site, *far.link, vlan)) return FrameForm::tagged;
    auto const* const master =
        !is_self && far.link->master ? far.site->link(far.link->master->index) : nullptr;
    if (!master || !filters(*master)) return FrameForm::untagged;
    auto const* const theirs = member(*far.site, far.link->index);
    return theirs && theirs->pvid().value_or(0) == vlan ? FrameForm::untagged : FrameForm::tagged;
}

/// What makes a port carry `vlan`; what it had for frames without a tag goes where this VLAN's have none.
std::vector<Action> carry(Site& site, Link const& port, std::uint16_t vlan, FrameForm form) {
    std::vector<Action> repair;
    auto const* const of = member(site, port.index);
    auto const pvid = of ? of->pvid() : std::nullopt;
    bool const untagged = form == FrameForm::untagged;
    std::string_view const self = port.kind_name == "bridge" ? " self" : "";
    if (untagged && pvid && *pvid != vlan)
        repair.push_back(bridge(site, fmt::format("vlan del dev {} vid {}{}", port.name, *pvid, self)));
    repair.push_back(bridge(site, fmt::format("vlan add dev {} vid {}{}{}", port.name, vlan,
                                              untagged ? " pvid untagged" : "", self)));
    return repair;
}

Finding vlan_mismatch(Site& site, Link const& port, std::uint16_t vlan, FrameForm form) {
    auto const* const of = member(site, port.index);
    return stopping(
        "bridge-vlan-mismatch", site,
        fmt::format("the frame is in VLAN {}, {} carries {}", vlan, port.name, of ? vlans_of(*of) : "none"),
        carry(site, port, vlan, form));
}

/// Frames of `vlan` leave by a port, or by the bridge itself: whether they may, and with which tag.
void leave_in_vlan(Sites& sites, Site& site, Link const& port, std::uint16_t vlan, BridgeVerdict& verdict) {
    auto const* const of = member(site, port.index);
    auto const* const range = of ? of->carries(vlan) : nullptr;
    auto const form = of && !range ? form_beyond(sites, site, port, vlan) : FrameForm::untagged;
    if (of && !range) verdict.obstacles.push_back(vlan_mismatch(site, port, vlan, form));
    bool const leaves_tagged = range ? !range->untagged : form == FrameForm::tagged;
    verdict.vlan = leaves_tagged ? vlan : std::uint16_t{0};
}

/// The VLAN that a port without one for untagged frames was probably meant to have.
std::uint16_t likely_pvid(BridgeMember const& of) {
    auto const leaving = std::ranges::find_if(of.vlans, &observe::VlanRange::untagged);
    return leaving == of.vlans.end() ? std::uint16_t{1} : leaving->first;
}

}  // namespace

BridgeVerdict bridge_ingress(Site& site, Link const& bridge_link, Link const* port, std::uint16_t tag) {
    BridgeVerdict verdict;
    if (!is_up(bridge_link)) verdict.obstacles = leaving_obstacles(site, bridge_link);
    if (port) {
        auto more = state_obstacles(site, bridge_link, *port);
        verdict.obstacles.insert(verdict.obstacles.end(), more.begin(), more.end());
        auto const* const flags = port_of(site, *port);
        if (flags && flags->locked.value_or(false))
            verdict.obstacles.push_back(stopping("bridge-port-locked", site,
                                                 fmt::format("port {} is locked", port->name),
                                                 {set_port(site, *port, "locked off")}));
    }
    if (!filters(bridge_link)) {
        verdict.vlan = 0;
        return verdict;
    }
    auto const* const of = member(site, port ? port->index : bridge_link.index);
    if (!of) return verdict;
    if (tag != 0) {
        verdict.vlan = tag;
        if (!of->carries(tag))
            verdict.obstacles.push_back(
                vlan_mismatch(site, port ? *port : bridge_link, tag, FrameForm::tagged));
        return verdict;
    }
    verdict.vlan = of->pvid().value_or(0);
    if (verdict.vlan == 0) {
        verdict.vlan = likely_pvid(*of);
        auto const& name = port ? port->name : bridge_link.name;
        verdict.obstacles.push_back(
            stopping("bridge-vlan-mismatch", site, fmt::format("{} has no VLAN for untagged frames", name),
                     {bridge(site, fmt::format("vlan add dev {} vid {} pvid untagged{}", name, verdict.vlan,
                                               port ? "" : " self"))}));
    }
    return verdict;
}

BridgeVerdict bridge_egress(Sites& sites, Site& site, Link const& bridge_link, Link const* from,
                            Link const& port, std::uint16_t vlan) {
    BridgeVerdict verdict;
    verdict.obstacles = state_obstacles(site, bridge_link, port);
    auto const* const flags = port_of(site, port);
    auto const* const source = from ? port_of(site, *from) : nullptr;
    if (flags && source && flags->isolated.value_or(false) && source->isolated.value_or(false))
        verdict.obstacles.push_back(
            stopping("bridge-port-isolated", site,
                     fmt::format("ports {} and {} are both isolated", from->name, port.name),
                     {set_port(site, port, "isolated off")}));
    if (flags && (!flags->broadcast_flood.value_or(true) || !flags->multicast_flood.value_or(true) ||
                  !flags->flood.value_or(true))) {
        std::string words;
        if (!flags->flood.value_or(true)) words += " flood on";
        if (!flags->multicast_flood.value_or(true)) words += " mcast_flood on";
        if (!flags->broadcast_flood.value_or(true)) words += " bcast_flood on";
        auto finding = stopping("bridge-flood-off", site,
                                fmt::format("port {} gets no floods ({})", port.name, words.substr(1)),
                                {set_port(site, port, words.substr(1))});
        finding.certain_loss = false;
        verdict.obstacles.push_back(std::move(finding));
    }
    if (filters(bridge_link) && vlan != 0)
        leave_in_vlan(sites, site, port, vlan, verdict);
    else
        verdict.vlan = vlan;
    return verdict;
}

BridgeVerdict bridge_to_self(Sites& sites, Site& site, Link const& bridge_link, std::uint16_t vlan) {
    BridgeVerdict verdict;
    if (filters(bridge_link) && vlan != 0) leave_in_vlan(sites, site, bridge_link, vlan, verdict);
    return verdict;
}

Finding tag_mismatch(Site& site, Link const& port, std::uint16_t vlan, FrameForm wanted) {
    bool const untagged = wanted == FrameForm::untagged;
    return stopping(
        "bridge-vlan-mismatch", site,
        fmt::format("{} sends the frames of VLAN {} {} a tag, its other end takes them {} one", port.name,
                    vlan, untagged ? "with" : "without", untagged ? "without" : "with"),
        carry(site, port, vlan, wanted));
}

Link const* vlan_device_on(Sites& sites, Site& site, Link const& link, std::uint16_t vlan) {
    for (auto const& upper : site.links()) {
        auto const* const kind = std::get_if<topology::Vlan>(&upper.kind);
        if (!kind || kind->id != vlan) continue;
        auto const lower = sites.lower_of(site, upper);
        if (lower.site == &site && lower.link == &link) return &upper;
    }
    return nullptr;
}

bool port_carries(Site& site, Link const& port, std::uint16_t vlan) {
    auto const* const of = member(site, port.index);
    return of && of->carries(vlan);
}

}  // namespace vethwork::diagnose
