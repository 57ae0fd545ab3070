#include <vethwork/diagnose/told_by_kernel.hpp>

#include <poll.h>

#include <fmt/format.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/diagnose/probe.hpp>
#include <vethwork/observe/legacy_rules.hpp>
#include <vethwork/observe/packet.hpp>

namespace vethwork::diagnose {

namespace {

/// The chain of a namespace that a packet of the exchange passes.
enum class Chain : std::uint8_t { input, output, forward };
Chain chain_at(Site const& site, Walks const& walks, bool is_request) {
    bool const begins = !walks.forward.hops.empty() && &site == walks.forward.hops.front().site;
    if (begins) return is_request ? Chain::output : Chain::input;
    if (&site == walks.target) return is_request ? Chain::input : Chain::output;
    return Chain::forward;
}

/// An exception at the head of a chain of the older tables. `chain` is what iptables takes: "-t raw -I X".
Action legacy_exception(Site const& site, std::string_view chain, Walks const& walks, Flow const& flow,
                        bool is_request) {
    auto const asked = walks.forward.destination.value_or(flow.destination);
    auto const asker = walks.forward.translated_source.value_or(walks.forward.source.value_or(asked));
    auto const &from = is_request ? asker : asked, &to = is_request ? asked : asker;
    auto words =
        fmt::format("{} {} -s {} -d {}", to.family == Family::ipv4 ? "iptables-legacy" : "ip6tables-legacy",
                    chain, from.to_string(), to.to_string());
    if (flow.protocol == Protocol::icmp)
        words += to.family == Family::ipv4 ? " -p icmp" : " -p ipv6-icmp";
    else
        words += fmt::format(" -p {} --{} {}", flow.protocol == Protocol::tcp ? "tcp" : "udp",
                             is_request ? "dport" : "sport", flow.port);
    return {Action::Tool::program, site.name(), words + " -j ACCEPT"};
}

/// A filter that nft's rules do not explain: the older tables, or rules that could not be read.
Finding unread_filter(Site& site, Walks const& walks, Flow const& flow, bool is_request) {
    (void)site.enter();
    auto const chain = chain_at(site, walks, is_request);
    bool const v4 = flow.destination.family == Family::ipv4;
    auto const tables =
        read_file(v4 ? "/proc/thread-self/net/ip_tables_names" : "/proc/thread-self/net/ip6_tables_names");
    Finding finding{
        .cause = {}, .netns = site.name(), .what = {}, .repair = {}, .certainty = Certainty::observed};
    if (!tables || tables->empty()) {
        static constexpr std::string_view causes[] = {"nft-drop-input", "nft-drop-output",
                                                      "nft-drop-forward"};
        finding.cause = causes[static_cast<std::size_t>(chain)];
        return finding;
    }
    finding.cause = "iptables-legacy-drop";
    static constexpr std::string_view names[] = {"-I INPUT", "-I OUTPUT", "-I FORWARD"};
    finding.repair = {
        legacy_exception(site, names[static_cast<std::size_t>(chain)], walks, flow, is_request)};
    return finding;
}

/// Whether a dropped packet was on its way to the destination.
bool is_request(observe::Drop const& drop, Walks const& walks, Flow const& flow) {
    auto const packet = observe::decode_packet(
        drop.protocol == observe::ethertype::ipv6 ? observe::LinkType::ipv6 : observe::LinkType::ipv4,
        drop.bytes, drop.bytes.size());
    auto const goes_to = [&](IpAddress const& to) {
        return to == flow.destination || to == walks.forward.destination;
    };
    if (auto const* const ip = packet.find<observe::Ipv4>()) return goes_to(ip->destination);
    auto const* const ip6 = packet.find<observe::Ipv6>();
    return !ip6 || goes_to(ip6->destination);
}

}  // namespace

std::optional<Finding> told_by_kernel(std::vector<std::pair<Site*, observe::Drop>> const& drops,
                                      Walks const& walks, Flow const& flow) {
    struct Meaning {
        std::string_view reason, cause;
    };
    static constexpr Meaning meanings[] = {{"IP_RPFILTER", "rp-filter-drop"},
                                           {"IP_LOCALNET", "route-localnet-off"},
                                           {"TC_INGRESS", "tc-drop"},
                                           {"TC_EGRESS", "tc-drop"},
                                           {"QDISC_DROP", "tc-drop"},
                                           {"XFRM_POLICY", "xfrm-policy-block"},
                                           {"OTHERHOST", "neighbour-stale-mac"},
                                           {"XDP", "xdp-drop"},
                                           {"IP_INHDR", "ttl-expired"},
                                           {"VXLAN_VNI_NOT_FOUND", "vxlan-vni-mismatch"},
                                           {"BRIDGE_INGRESS_STP_STATE", "bridge-stp-blocking"},
                                           {"IP_INADDRERRORS", "ip-forward-off"},
                                           {"NO_SOCKET", "port-closed"},
                                           {"PKT_TOO_BIG", "mtu-blackhole"}};
    for (auto const& [site, drop] : drops) {
        Finding finding{.cause = {},
                        .netns = site->name(),
                        .what = fmt::format("the kernel drops it on {}: {}", drop.device, drop.reason_name),
                        .repair = {},
                        .certainty = Certainty::observed};
        if (drop.reason_name == "NETFILTER_DROP") {
            auto filter = unread_filter(*site, walks, flow, is_request(drop, walks, flow));
            filter.what = finding.what;
            return filter;
        }
        for (auto const& meaning : meanings)
            if (drop.reason_name == meaning.reason &&
                !(meaning.cause == "port-closed" && flow.protocol == Protocol::icmp)) {
                finding.cause = meaning.cause;
                return finding;
            }
    }
    return {};
}

std::optional<Finding> vanished_before_a_filter(Sites& sites, Walks const& walks, Progress const& progress,
                                                Flow const& flow) {
    auto const& track = walks.story.track;
    if (!progress.packet || *progress.packet >= track.size()) return {};
    auto const* const last = std::get_if<Crossing>(&track[*progress.packet]);
    auto* const site = last && last->way == Way::in ? sites.find(last->netns) : nullptr;
    if (!site) return {};
    auto finding = unread_filter(*site, walks, flow, *progress.packet < walks.story.boundary);
    if (finding.cause != "iptables-legacy-drop") return {};
    finding.what =
        fmt::format("it comes in by {} and no further, and there are older tables of rules", last->device);
    return finding;
}

namespace {

/// A namespace's rules before a probe, and what the probe has met since.
struct Counted {
    Site* site = nullptr;
    std::vector<observe::LegacyRule> before, after;

    [[nodiscard]] std::uint64_t met(std::size_t i) const {
        return i < before.size() && i < after.size() ? after[i].packets - before[i].packets : 0;
    }
    /// Whether a packet came to the end of a chain.
    [[nodiscard]] bool has_passed(std::string_view table, std::string_view chain) const {
        for (std::size_t i = 0; i < after.size(); ++i)
            if (after[i].table == table && after[i].chain == chain && after[i].number == 0)
                return met(i) != 0;
        return false;
    }
};

/// In chains that somebody has made it is the second of the two packets where the first has passed.
bool is_request_at(Counted const& counted, observe::LegacyRule const& rule, Walks const& walks,
                   bool on_the_way_back) {
    bool const comes_in = rule.chain == "INPUT" || rule.chain == "PREROUTING";
    bool const is_built_in = comes_in || rule.chain == "OUTPUT" || rule.chain == "POSTROUTING";
    if (counted.site == walks.forward.hops.front().site)
        return is_built_in ? !comes_in : !counted.has_passed(rule.table, "OUTPUT");
    if (counted.site == walks.target)
        return is_built_in ? comes_in : !counted.has_passed(rule.table, "INPUT");
    return !on_the_way_back;
}

Finding counted_finding(Counted const& counted, observe::LegacyRule const& rule, Walks const& walks,
                        Flow const& flow, bool on_the_way_back) {
    auto const where = rule.number == 0 ? fmt::format("policy of {} {}", rule.table, rule.chain)
                                        : fmt::format("{} {}, rule {}", rule.table, rule.chain, rule.number);
    auto const chain =
        (rule.table == "filter" ? std::string() : "-t " + rule.table + " ") + "-I " + rule.chain;
    return {.cause = "iptables-legacy-drop",
            .netns = counted.site->name(),
            .what = fmt::format("{} of the older tables ends it", where),
            .repair = {legacy_exception(*counted.site, chain, walks, flow,
                                        is_request_at(counted, rule, walks, on_the_way_back))},
            .certainty = Certainty::proven};
}

/// Time for a packet to get there and back where neighbours are known.
void probe_briefly(Site& start, Flow const& flow) {
    constexpr int times = 3, pause_ms = 25;
    if (!start.enter()) return;
    Probe probe(flow, 56);
    for (int i = 0; i < times; ++i) {
        probe.send();
        (void)::poll(nullptr, 0, pause_ms);
    }
}

}  // namespace

std::optional<Finding> older_rule_that_drops(std::vector<Site*> const& sites, Walks const& walks,
                                             Flow const& flow, bool on_the_way_back) {
    std::vector<Counted> all;
    for (auto* const site : sites) {
        if (!site->enter()) continue;
        if (auto rules = observe::legacy_rules(flow.destination.family); !rules.empty())
            all.push_back({site, std::move(rules), {}});
    }
    if (all.empty() || walks.forward.hops.empty()) return {};
    probe_briefly(*walks.forward.hops.front().site, flow);
    for (auto& counted : all)
        if (counted.site->enter()) counted.after = observe::legacy_rules(flow.destination.family);
    for (auto const& counted : all)
        for (std::size_t i = 0; i < counted.after.size(); ++i)
            if (counted.after[i].ends && counted.met(i) != 0)
                return counted_finding(counted, counted.after[i], walks, flow, on_the_way_back);
    return {};
}

std::optional<Finding> refused_at_home(Walks const& walks, Flow const& flow) {
    if (walks.forward.hops.empty()) return {};
    auto finding = unread_filter(*walks.forward.hops.front().site, walks, flow, true);
    finding.what = "the sender's own filter does not let it out";
    return finding;
}

}  // namespace vethwork::diagnose
