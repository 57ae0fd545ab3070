#include <vethwork/diagnose/traced_rules.hpp>

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <map>

#include <fmt/format.h>

#include <vethwork/diagnose/check_firewall.hpp>
#include <vethwork/diagnose/probe.hpp>
#include <vethwork/observe/packet.hpp>
#include <vethwork/observe/rule_trace.hpp>

namespace vethwork::diagnose {

namespace {

using Clock = std::chrono::steady_clock;
using observe::NftChain;
using observe::NftRule;
using observe::RuleStep;
using std::chrono::milliseconds;

/// Neighbours are known by now, so that a packet gets on at once, and comes back.
constexpr milliseconds patience{250};

/// A packet within one hook of a namespace.
struct Passage {
    Relation relation = Relation::none;
    FirewallPacket packet;
    NftChain const* base = nullptr;  ///< the last base chain that it came to
};

void read_ports(observe::Packet const& packet, FirewallPacket& seen) {
    if (auto const* const tcp = packet.find<observe::Tcp>()) {
        seen.protocol = Protocol::tcp;
        seen.source_port = tcp->source;
        seen.destination_port = tcp->destination;
    } else if (auto const* const udp = packet.find<observe::Udp>()) {
        seen.protocol = Protocol::udp;
        seen.source_port = udp->source;
        seen.destination_port = udp->destination;
    }
}

/// As rules see it; its addresses are those of this place, whatever was translated before.
FirewallPacket as_filtered(observe::Packet const& packet, Relation relation, Flow const& flow) {
    FirewallPacket seen{.protocol = flow.protocol};
    if (auto const* const ip = packet.find<observe::Ipv4>()) {
        seen.source = ip->source;
        seen.destination = ip->destination;
    } else if (auto const* const ip6 = packet.find<observe::Ipv6>()) {
        seen.source = ip6->source;
        seen.destination = ip6->destination;
    }
    read_ports(packet, seen);
    seen.answers = relation == Relation::reply;
    if (seen.answers) seen.icmp_type = "echo-reply";
    // The other port is chosen anew each time.
    (seen.answers ? seen.destination_port : seen.source_port) = 0;
    return seen;
}

/// Whether a rule of a hook that both ways pass takes no notice of the direction.
bool stops_both_ways(NftChain const& base, NftRule const* rule) {
    if (!rule || (base.hook != "forward" && base.hook != "prerouting" && base.hook != "postrouting"))
        return false;
    if (base.family == "bridge" || rule->text.starts_with("fib ")) return base.family != "bridge";
    constexpr std::string_view words[] = {"addr", "sport", "dport", "iif", "oif", "ct ", "vmap", "type"};
    return std::ranges::none_of(
        words, [rule](auto const word) { return rule->text.find(word) != std::string::npos; });
}

class TracedSite {
public:
    TracedSite(Site& site, observe::RuleTrace trace) : site_(&site), trace_(std::move(trace)) {}

    [[nodiscard]] int fd() const { return trace_.fd(); }

    std::optional<Finding> collect(Probe& probe, Flow const& flow) {
        for (auto const& step : trace_.read()) {
            auto& passage = passages_[step.packet];
            if (!step.headers.empty()) recognize(step, passage, probe, flow);
            auto const* const chain = chain_of(step);
            if (!chain) continue;
            if (chain->is_base()) passage.base = chain;
            if (!step.drops || !passage.base || passage.relation == Relation::none ||
                passage.relation == Relation::error)
                continue;
            return finding(step, passage, *chain);
        }
        return {};
    }

private:
    void recognize(RuleStep const& step, Passage& passage, Probe& probe, Flow const& flow) {
        bool const v6 = (step.headers[0] >> 4) == 6;
        auto const packet = observe::decode_packet(v6 ? observe::LinkType::ipv6 : observe::LinkType::ipv4,
                                                   step.headers, step.headers.size());
        passage.relation = probe.relation(packet);
        passage.packet = as_filtered(packet, passage.relation, flow);
        if (step.incoming != 0) passage.packet.incoming = site_->device(step.incoming);
        if (step.outgoing != 0) passage.packet.outgoing = site_->device(step.outgoing);
    }

    NftChain const* chain_of(RuleStep const& step) {
        auto const& chains = site_->ruleset().chains;
        auto const found = std::ranges::find_if(chains, [&step](NftChain const& chain) {
            return chain.family == step.family && chain.table == step.table && chain.name == step.chain;
        });
        return found == chains.end() ? nullptr : &*found;
    }

    std::optional<Finding> finding(RuleStep const& step, Passage const& passage, NftChain const& chain) {
        FirewallVerdict verdict{.chain = &chain};
        if (step.kind == RuleStep::Kind::rule) {
            auto const rule = std::ranges::find(chain.rules, step.handle, &NftRule::handle);
            if (rule == chain.rules.end()) return {};
            verdict.rule = &*rule;
            if (rule->text.find("reject") != std::string::npos) verdict.kind = FirewallVerdict::Kind::reject;
        } else {
            verdict.chain = passage.base;
        }
        auto const& base = *passage.base;
        bool const below_ip = base.family == "bridge" || base.family == "netdev";
        auto found =
            firewall_finding(*site_, base.hook, below_ip ? base.family : "", verdict, passage.packet);
        found.certainty = Certainty::proven;
        if (stops_both_ways(base, verdict.rule) && !passage.packet.answers)
            found.repair.push_back(
                {Action::Tool::nft, site_->name(),
                 fmt::format("insert rule {} position {} ct state established,related accept",
                             verdict.chain->words(), verdict.rule->handle)});
        return found;
    }

    Site* site_;
    observe::RuleTrace trace_;
    std::map<std::uint32_t, Passage> passages_;
};

/// The first to see a connection's number is the start, which is traced without rules too: the number tells
/// the connection behind a translation.
std::vector<TracedSite> open_traces(std::vector<Site*> const& sites, Site& start, Flow const& flow) {
    // By number: a machine without /etc/protocols knows few names.
    constexpr std::string_view protocols[] = {"{ 1, 58 }", "6", "17"};
    std::vector<TracedSite> traced;
    for (auto* const site : sites) {
        if ((site != &start && site->ruleset().chains.empty()) || !site->enter()) continue;
        auto trace =
            observe::RuleTrace::open(std::string(protocols[static_cast<std::size_t>(flow.protocol)]));
        if (trace) traced.emplace_back(*site, std::move(*trace));
    }
    return traced;
}

}  // namespace

std::optional<Finding> rule_that_drops(std::vector<Site*> const& sites, Site& start, Flow const& flow) {
    if (std::ranges::all_of(sites, [](Site* site) { return site->ruleset().chains.empty(); })) return {};
    auto traced = open_traces(sites, start, flow);
    if (traced.empty() || !start.enter()) return {};
    Probe probe(flow, 56);
    probe.send();
    for (auto const end = Clock::now() + patience; Clock::now() < end;) {
        std::vector<pollfd> waiting;
        for (auto const& one : traced) waiting.push_back({.fd = one.fd(), .events = POLLIN, .revents = 0});
        auto const left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
        (void)::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()) + 1);
        for (auto& one : traced)
            if (auto found = one.collect(probe, flow)) return found;
    }
    return {};
}

}  // namespace vethwork::diagnose
