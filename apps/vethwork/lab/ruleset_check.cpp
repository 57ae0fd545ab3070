#include "lab/ruleset_check.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include <vethwork/apply/linux_kernel.hpp>
#include <vethwork/base/text.hpp>
#include <vethwork/netlink/nft_trouble.hpp>

#include "child_json.hpp"
#include "lab/probes.hpp"

namespace vethwork::app {

namespace {

using Json = nlohmann::ordered_json;
using netlink::NftTrouble;
using topology::NamespaceState;
using topology::Place;

constexpr std::string_view no_interface = "Interface does not exist";

/// The names of a node's links that its rules may speak of, in an included file too.
std::vector<std::string> names_in(NamespaceState const& netns) {
    auto const has = [&netns](std::string_view word) {
        return netns.ruleset.find(word) != std::string::npos;
    };
    std::vector<std::string> names;
    for (auto const& link : netns.links)
        if (link.name != "lo" && (has(link.name) || has("include"))) names.push_back(link.name);
    return names;
}

/// `iif` wants a link that is there; any kind will do.
Result<> add_links(std::vector<std::string> const& names) {
    auto connection = TRY(netlink::Connection::open());
    apply::LinuxKernel kernel(connection);
    for (std::size_t i = 0; i < names.size(); ++i) {
        topology::Link link, peer;
        link.name = names[i];
        peer.name = fmt::format("peer~{}", i);
        link.kind = topology::Veth{{peer}};
        TRY(kernel.perform(plan::AddLink{.link = std::move(link)}));
    }
    return {};
}

struct Trial {
    NamespaceState const* netns;
    std::vector<std::string> names;
};

/// What is to be tried: the same text among the same names once.
std::vector<Trial> trials_of(LoadedLab const& loaded, std::string_view node) {
    std::vector<Trial> trials;
    std::set<std::pair<std::string_view, std::vector<std::string>>> seen;
    for (auto const& netns : loaded.state.namespaces) {
        if (netns.ruleset.empty() || (!node.empty() && netns.name != node)) continue;
        auto names = names_in(netns);
        if (seen.emplace(netns.ruleset, names).second) trials.push_back({&netns, std::move(names)});
    }
    return trials;
}

/// In a lab's space, where /proc is not this process's own, files in /tmp are to end with it.
Result<> have_own_files() {
    if (::access("/proc/self/fd", R_OK) == 0) return {};
    if (::unshare(CLONE_NEWNS) != 0) return system_error("make a mount namespace");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700") != 0)
        return system_error("mount a /tmp of one's own");
    return {};
}

/// In the child: an object for each trial, in their order.
Result<Json> carry_out(std::vector<Trial> const& trials) {
    TRY(have_own_files());
    TRY(enter_fresh_namespace());
    if (auto const none = TRY(netlink::try_nft("table inet probe { }\n")); !none.empty())
        return lookup_error("use nf_tables: " + none.front().message);
    auto all = Json::array();
    for (auto const& trial : trials) {
        TRY(enter_fresh_namespace());
        TRY(add_links(trial.names));
        auto list = Json::array();
        for (auto const& one : TRY(netlink::try_nft(trial.netns->ruleset)))
            list.push_back(
                {{"line", one.line}, {"column", one.column}, {"width", one.width}, {"message", one.message}});
        all.push_back(std::move(list));
    }
    return all;
}

/// Where in its line it is, in bytes; behind the end it is the last word that was not understood.
std::pair<std::size_t, std::size_t> stretch_of(std::string_view line, NftTrouble const& trouble) {
    auto const text = line.substr(0, line.find_last_not_of(" \t;") + 1);
    std::size_t const begin = trouble.column == 0 ? 0 : trouble.column - 1;
    if (begin < text.size()) return {begin, std::min<std::size_t>(trouble.width, text.size() - begin)};
    auto const word = text.find_last_of(" \t") + 1;
    return {word, text.size() - word};
}

/// Where a line of a node's ruleset is written. A block of YAML has its lines below the one that begins it.
Place place_of(topology::Lab const& lab, topology::LabNode const& node, NftTrouble const& trouble) {
    if (!node.nft) return node.nat.empty() ? node.place : node.nat[0].place;
    auto const lines = split(node.nft->text, '\n');
    if (trouble.line == 0) return node.nft->place;
    if (trouble.line > lines.size()) return node.nat.empty() ? node.nft->place : node.nat[0].place;
    auto const line = lines[trouble.line - 1];
    for (std::uint32_t const below : {0u, 1u}) {
        auto place = node.nft->place;
        place.line += trouble.line - 1 + below;
        auto const source = lab.sources.line(place.file, place.line);
        auto const at = source.find(line);
        if (trim(line).empty() || at == std::string_view::npos) continue;
        auto const [begin, width] = stretch_of(line, trouble);
        place.column = topology::count_characters(source.substr(0, at + begin)) + 1;
        place.width = topology::count_characters(source.substr(at + begin, width));
        return place;
    }
    return node.nft->place;
}

/// What stands there, if it is one word.
std::string_view word_at(topology::Lab const& lab, Place const& place) {
    auto const source = lab.sources.line(place.file, place.line);
    auto const column = place.column == 0 ? 0 : place.column - 1;
    return column < source.size() ? source.substr(column, place.width) : std::string_view{};
}

std::string hint_for(topology::Lab const& lab, NamespaceState const& netns, NftTrouble const& trouble,
                     Place const& place) {
    static std::vector<std::string_view> const words{
        "accept",   "drop",     "reject",   "return",      "jump",    "goto",       "arp",      "bridge",
        "chain",    "continue", "counter",  "ct",          "daddr",   "dnat",       "dport",    "egress",
        "elements", "ether",    "filter",   "flags",       "forward", "hook",       "icmp",     "icmpv6",
        "iif",      "iifname",  "inet",     "ingress",     "input",   "ip",         "ip6",      "limit",
        "log",      "map",      "mark",     "masquerade",  "meta",    "nat",        "netdev",   "oif",
        "oifname",  "output",   "policy",   "postrouting", "prefix",  "prerouting", "priority", "protocol",
        "queue",    "rate",     "redirect", "route",       "saddr",   "set",        "snat",     "sport",
        "state",    "table",    "tcp",      "type",        "udp",     "vmap"};
    if (trouble.message == no_interface) {
        std::vector<std::string> names;
        for (auto const& link : netns.links) names.push_back(link.name);
        return fmt::format("iif and oif take the node's own links ({}), iifname and oifname any name",
                           join(names, ", "));
    }
    if (trouble.message.find("resolve hostname") != std::string::npos)
        return "an address is meant, as 10.0.0.3, and rules know no names";
    if (trouble.message.find("No such file") != std::string::npos)
        return "a chain or set of that name is not there, or this kernel lacks a module";
    if (trouble.message.find("not supported") != std::string::npos)
        return "this kernel lacks what that takes";
    auto near = topology::did_you_mean(word_at(lab, place), words);
    return near.empty() ? "nft(8) has its words" : near;
}

/// Of a namespace that is not the lab's own nobody knows here what else is in it.
bool depends_on_what_is_there(NamespaceState const& netns, NftTrouble const& trouble) {
    return netns.outside &&
           (trouble.message == no_interface || trouble.message.starts_with("Could not process rule"));
}

void complain_of(LoadedLab const& loaded, Trial const& trial, NftTrouble const& trouble,
                 topology::Complaints& complaints) {
    auto const& netns = *trial.netns;
    if (depends_on_what_is_there(netns, trouble)) return;
    auto const node = std::ranges::find(loaded.lab.nodes, netns.name, &topology::LabNode::name);
    if (node == loaded.lab.nodes.end()) return;
    auto const place = place_of(loaded.lab, *node, trouble);
    complaints.error("E508", place, "nft: " + trouble.message, hint_for(loaded.lab, netns, trouble, place));
}

}  // namespace

RulesetCheck check_rulesets(LoadedLab const& loaded, std::string_view node) {
    auto const trials = trials_of(loaded, node);
    if (trials.empty()) return {};
    auto const found = json_of_child("the trial", [&trials] { return carry_out(trials); });
    if (!found) return {{}, found.error().describe()};
    topology::Complaints complaints(loaded.lab.sources);
    for (std::size_t i = 0; i < trials.size(); ++i)
        for (auto const& one : (*found)[i])
            complain_of(loaded, trials[i], {one["line"], one["column"], one["width"], one["message"]},
                        complaints);
    return {complaints.take(), {}};
}

}  // namespace vethwork::app
