#include <vethwork/diagnose/check_firewall.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_link.hpp>
#include <vethwork/diagnose/findings.hpp>

namespace vethwork::diagnose {

namespace {

using Kind = FirewallVerdict::Kind;

bool has(std::string const& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Whether a rule is about the whole of the packet's protocol.
bool names_protocol(std::string const& text, FirewallPacket const& packet) {
    return std::ranges::any_of(spellings_of(packet.protocol, packet.destination.family),
                               [&](auto const spelling) {
                                   return has(text, fmt::format("l4proto {} ", spelling)) ||
                                          has(text, fmt::format("protocol {} ", spelling));
                               });
}

/// Rules that depend on something are known by it; others by their hook.
std::string cause_of(FirewallVerdict const& verdict, std::string_view hook, std::string_view family,
                     FirewallPacket const& packet) {
    auto const text = verdict.escape ? verdict.escape->text
                      : verdict.rule ? verdict.rule->text
                                     : std::string();
    bool const may_be_invalid = packet.unexpected || !verdict.always;
    if (has(text, "ct state") && has(text, "invalid") && may_be_invalid && !packet.untracked)
        return "conntrack-invalid-drop";
    // Unless the untracked packet is told apart, "established" and "new" would have let it pass.
    if (packet.untracked && (!verdict.rule || has(text, "ct state"))) return "conntrack-untracked-drop";
    if (has(text, "ct count")) return "connection-limit";
    if (has(text, "limit rate")) return "rate-limited";
    if (has(text, "numgen")) return "lossy";
    if (packet.unexpected) return "asymmetric-routing";
    if (verdict.kind == Kind::reject) return "nft-reject";
    if (family == "bridge") return "nft-drop-bridge";
    if (family == "netdev") return "nft-drop-ingress";
    bool const is_named = names_protocol(text, packet);
    if (packet.protocol == Protocol::icmp && (is_named || has(text, "icmp type") || has(text, "icmpv6 type")))
        return "icmp-blocked";
    if (packet.protocol == Protocol::tcp && is_named && !has(text, "dport")) return "tcp-only-drop";
    return "nft-drop-" + std::string(hook);
}

Action nft(Site const& site, std::string words) { return {Action::Tool::nft, site.name(), std::move(words)}; }

Action repair_of(Site const& site, FirewallVerdict const& verdict, FirewallPacket const& packet) {
    auto const chain = verdict.chain->words();
    bool const by_state = packet.answers && !packet.untracked && !packet.unexpected &&
                          verdict.chain->family != "bridge" && verdict.chain->family != "netdev";
    auto const match = packet.is_arp ? std::string("ether type arp")
                       : by_state    ? std::string("ct state established,related")
                                     : match_words(packet);
    if (!verdict.rule) return nft(site, fmt::format("insert rule {} {} accept", chain, match));
    if (!verdict.always && !verdict.escape)
        return nft(site, fmt::format("delete rule {} handle {}", chain, verdict.rule->handle));
    return nft(site, fmt::format("insert rule {} position {} {} accept", chain, verdict.rule->handle, match));
}

std::string what_of(FirewallVerdict const& verdict) {
    if (verdict.escape)
        return fmt::format("chain {} lets only some pass: rule {}: {}", verdict.chain->words(),
                           verdict.escape->handle, verdict.escape->text);
    if (!verdict.rule) return fmt::format("policy drop of chain {}", verdict.chain->words());
    return fmt::format("chain {}, rule {}: {}", verdict.chain->words(), verdict.rule->handle,
                       verdict.rule->text);
}

Action remove_discipline(Site const& site, std::string const& device, TrafficSide side,
                         std::string_view kind) {
    auto const place = side == TrafficSide::egress && kind != "clsact"
                           ? "root"
                           : std::string(kind.empty() ? "clsact" : kind);
    return {Action::Tool::tc, site.name(), fmt::format("qdisc del dev {} {}", device, place)};
}

/// An emulator that loses everything is no lossy link, and one that is only slow loses what comes too fast.
std::string netem_cause(topology::Qdisc const& qdisc) {
    auto const* const netem = std::get_if<topology::Netem>(&qdisc.options);
    if (!netem) return "lossy";
    if (netem->loss.value >= 1) return "tc-drop";
    bool const loses =
        netem->loss.value > 0 || netem->corrupt.value > 0 || netem->burst_loss || netem->four_state_loss;
    return netem->rate.bits_per_second > 0 && !loses ? "rate-limited" : "lossy";
}

std::optional<Finding> discipline_finding(Site& site, topology::Link const& link,
                                          topology::Qdisc const& qdisc) {
    auto const remove = remove_discipline(site, link.name, TrafficSide::egress, qdisc.kind);
    auto const drops = qdisc.statistics ? qdisc.statistics->dropped : 0;
    if (qdisc.kind == "netem")
        return suspicious(netem_cause(qdisc), site, fmt::format("netem on {}", link.name), {remove});
    if (qdisc.kind == "tbf" || qdisc.kind == "blackhole" ||
        ((qdisc.kind == "pfifo" || qdisc.kind == "bfifo") && qdisc.handle != 0))
        return suspicious("tc-drop", site,
                          fmt::format("{} on {}, {} packets dropped so far", qdisc.kind, link.name, drops),
                          {remove});
    return {};
}

/// What a packet meets that a filter has sent to a device instead.
std::optional<Finding> discipline_of(Site& site, topology::Link const& link) {
    for (auto const& qdisc : site.qdiscs())
        if (qdisc.link.index == link.index)
            if (auto found = discipline_finding(site, link, qdisc)) return found;
    return {};
}

/// A filter that ends packets, or gives them to a device that is down.
std::optional<Finding> filter_finding(Site& site, topology::Link const& link,
                                      observe::TrafficFilter const& filter, TrafficSide side,
                                      std::string_view kind) {
    for (auto const& action : filter.actions) {
        if (action.mirror && action.mirror->way == observe::FilterMirror::Way::redirect) {
            auto const* const to = site.link(action.mirror->link);
            if (auto found = to && is_up(*to) ? discipline_of(site, *to) : std::nullopt) return found;
            if (to && is_up(*to)) continue;
            return suspicious(
                "tc-redirect-down", site,
                fmt::format("tc on {} redirects to {}, which is down", link.name,
                            to ? to->name : "a device that is gone"),
                to ? std::vector{ip(site, fmt::format("link set {} up", to->name))} : std::vector<Action>{});
        }
        if (action.drops() || action.police)
            return suspicious("tc-drop", site,
                              fmt::format("a tc filter ({}) on {} drops", filter.kind, link.name),
                              {remove_discipline(site, link.name, side, kind)});
    }
    if (filter.bpf_decides)
        return suspicious("tc-drop", site,
                          fmt::format("a tc filter (bpf) on {} decides about packets", link.name),
                          {remove_discipline(site, link.name, side, kind)});
    return {};
}

/// Conntrack leaves neighbour discovery alone.
FirewallPacket discovery_packet(Discovery const& discovery, std::string const& type) {
    bool const asks = type == "nd-neighbor-solicit";
    FirewallPacket packet{.source = asks ? discovery.source : discovery.target,
                          .destination = asks ? discovery.target : discovery.source,
                          .incoming = {},
                          .outgoing = {},
                          .icmp_type = type};
    packet.untracked = true;
    packet.is_arp = discovery.target.family == Family::ipv4;
    return packet;
}
FirewallPacket sent_by(FirewallPacket packet, std::string const& device) {
    packet.outgoing = device;
    return packet;
}
FirewallPacket got_by(FirewallPacket packet, std::string const& device) {
    packet.incoming = device;
    return packet;
}

std::optional<Finding> discovery_finding(Site& site, std::string_view hook, FirewallPacket const& packet) {
    auto const verdict = firewall_verdict(site.ruleset(), hook, packet.is_arp ? "arp" : "", packet);
    if (!verdict || !verdict->always) return {};
    auto const match =
        packet.is_arp ? std::string() : "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ";
    return about(
        *verdict->chain, verdict->rule,
        stopping("nft-drop-nd", site,
                 what_of(*verdict) + (packet.is_arp ? " (of ARP)" : " (neighbour discovery too)"),
                 {nft(site, fmt::format("insert rule {} {}accept", verdict->chain->words(), match))}));
}

/// "src 10.0.1.0/24 dst 10.0.9.0/24 proto tcp dport 80", as `ip xfrm policy` takes it.
std::string selector_words(observe::XfrmSelector const& selector) {
    auto words = fmt::format("src {} dst {}", selector.source.to_string(), selector.destination.to_string());
    if (selector.protocol != 0) words += fmt::format(" proto {}", selector.protocol);
    if (selector.source_port_mask != 0) words += fmt::format(" sport {}", selector.source_port);
    if (selector.destination_port_mask != 0) words += fmt::format(" dport {}", selector.destination_port);
    return words;
}

bool fits_ports(observe::XfrmSelector const& selector, FirewallPacket const& packet) {
    auto const fits = [](std::uint16_t wanted, std::uint16_t mask, std::uint16_t port) {
        return mask == 0 || port == 0 || (wanted & mask) == (port & mask);
    };
    return fits(selector.source_port, selector.source_port_mask, packet.source_port) &&
           fits(selector.destination_port, selector.destination_port_mask, packet.destination_port);
}

}  // namespace

std::vector<Finding> firewall_obstacles(Site& site, std::string_view hook, std::string_view family,
                                        FirewallPacket const& packet) {
    auto seen = packet;
    seen.unexpected = false;
    auto verdict = firewall_verdict(site.ruleset(), hook, family, seen);
    if (packet.unexpected && (!verdict || !verdict->always)) {
        // It would pass, had the question come this way.
        seen.unexpected = true;
        verdict = firewall_verdict(site.ruleset(), hook, family, seen);
    }
    if (!verdict) return {};
    return {firewall_finding(site, hook, family, *verdict, seen)};
}

Finding firewall_finding(Site& site, std::string_view hook, std::string_view family,
                         FirewallVerdict const& verdict, FirewallPacket const& packet) {
    auto finding = about(*verdict.chain, verdict.escape ? verdict.escape : verdict.rule,
                         losing(cause_of(verdict, hook, family, packet), site, what_of(verdict),
                                {repair_of(site, verdict, packet)}));
    finding.certain_loss = verdict.always;
    return finding;
}

std::vector<Finding> policy_obstacles(Site& site, std::string_view hook, FirewallPacket const& packet) {
    using observe::XfrmDirection;
    if (hook != "output" && hook != "forward" && hook != "input") return {};
    auto const direction = hook == "output"    ? XfrmDirection::out
                           : hook == "forward" ? XfrmDirection::forward
                                               : XfrmDirection::in;
    for (auto const& policy : site.xfrm_policies()) {
        auto const& selector = policy.selector;
        bool const ours = policy.direction == direction && selector.source.family() == packet.source.family &&
                          selector.source.contains(packet.source) &&
                          selector.destination.contains(packet.destination) &&
                          (selector.protocol == 0 ||
                           selector.protocol == protocol_number(packet.protocol, packet.source.family)) &&
                          fits_ports(selector, packet);
        if (!ours || policy.verdict != observe::XfrmVerdict::block) continue;
        std::string_view const dir = direction == XfrmDirection::out       ? "out"
                                     : direction == XfrmDirection::forward ? "fwd"
                                                                           : "in";
        return {
            losing("xfrm-policy-block", site,
                   fmt::format("an xfrm policy blocks {} to {} ({})", selector.source.to_string(),
                               selector.destination.to_string(), dir),
                   {ip(site, fmt::format("xfrm policy delete {} dir {}", selector_words(selector), dir))})};
    }
    return {};
}

std::vector<Finding> discovery_obstacles(Discovery const& discovery) {
    auto const question = discovery_packet(discovery, "nd-neighbor-solicit");
    auto const answer = discovery_packet(discovery, "nd-neighbor-advert");
    std::vector<Finding> found;
    for (auto finding :
         {discovery_finding(*discovery.asker, "output", sent_by(question, discovery.asking_device)),
          discovery_finding(*discovery.owner, "input", got_by(question, discovery.owning_device)),
          discovery_finding(*discovery.owner, "output", sent_by(answer, discovery.owning_device)),
          discovery_finding(*discovery.asker, "input", got_by(answer, discovery.asking_device))})
        if (finding) found.push_back(std::move(*finding));
    return found;
}

std::vector<Finding> traffic_obstacles(Site& site, topology::Link const& link, TrafficSide side) {
    std::vector<Finding> found;
    std::string_view kind;
    for (auto const& qdisc : site.qdiscs()) {
        if (qdisc.link.index != link.index) continue;
        if (qdisc.kind == "clsact" || qdisc.kind == "ingress") kind = qdisc.kind;
        if (side == TrafficSide::ingress) continue;
        if (auto finding = discipline_finding(site, link, qdisc)) found.push_back(std::move(*finding));
    }
    for (auto const& filter : site.traffic_filters()) {
        bool const ingress = filter.parent == observe::filters_ingress || filter.parent == 0xffff0000;
        if (filter.link != link.index || ingress != (side == TrafficSide::ingress)) continue;
        if (auto finding = filter_finding(site, link, filter, side,
                                          filter.parent == observe::filters_egress || ingress ? kind : ""))
            found.push_back(std::move(*finding));
    }
    return found;
}

}  // namespace vethwork::diagnose
