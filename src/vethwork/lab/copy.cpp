#include <vethwork/lab/copy.hpp>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/apply/settings.hpp>
#include <vethwork/apply/transaction.hpp>
#include <vethwork/lab/lab.hpp>
#include <vethwork/netns/name.hpp>
#include <vethwork/observe/state.hpp>
#include <vethwork/observe/sysctls.hpp>
#include <vethwork/plan/lab_plan.hpp>

namespace vethwork::lab {

namespace {

using topology::Link;
using topology::NamespaceState;
using topology::NetworkState;

constexpr char const* elsewhere = "elsewhere";  ///< where cables end that lead out of what is copied

/// What can be set of a bridge and matters to packets; the rest of what the kernel tells are its own counts
/// and timers.
topology::Bridge settings_of(topology::Bridge const& bridge) {
    topology::Bridge settings;
    settings.stp_state = bridge.stp_state;
    if (bridge.vlan_filtering.value_or(0) != 0) {  // kernels without it refuse even "off"
        settings.vlan_filtering = bridge.vlan_filtering;
        settings.vlan_protocol = bridge.vlan_protocol;
        settings.vlan_default_pvid = bridge.vlan_default_pvid;
    }
    settings.group_forward_mask = bridge.group_forward_mask;
    settings.ageing_time = bridge.ageing_time;
    return settings;
}

topology::BridgePort settings_of(topology::BridgePort const& port) {
    topology::BridgePort settings;
    settings.hairpin = port.hairpin;
    settings.learning = port.learning;
    settings.flood = port.flood;
    settings.multicast_flood = port.multicast_flood;
    settings.broadcast_flood = port.broadcast_flood;
    settings.isolated = port.isolated;
    settings.locked = port.locked;
    settings.neighbour_suppression = port.neighbour_suppression;
    settings.proxy_arp = port.proxy_arp;
    return settings;
}

void keep_settings(Link& link) {
    if (auto* const bridge = std::get_if<topology::Bridge>(&link.kind)) *bridge = settings_of(*bridge);
    if (auto* const macvlan = std::get_if<topology::Macvlan>(&link.kind)) macvlan->address_count.reset();
}

/// The link as somebody would ask for it.
Link wanted_link(Link const& there) {
    Link link;
    link.name = there.name;
    link.flags_mask = IFF_UP;
    link.flags = there.flags & IFF_UP;
    if (there.name == "lo") return link;
    link.kind = there.kind;
    link.mtu = there.mtu;
    link.master = there.master;
    if (!std::holds_alternative<topology::Veth>(there.kind) && !there.lower_nsid) link.lower = there.lower;
    if (there.address && !std::holds_alternative<topology::Vrf>(there.kind)) link.address = there.address;
    if ((there.flags & IFF_NOARP) != 0 && std::holds_alternative<topology::Veth>(there.kind)) {
        link.flags |= IFF_NOARP;
        link.flags_mask |= IFF_NOARP;
    }
    keep_settings(link);
    return link;
}

/// A cable whose other end is not copied gets one elsewhere.
void lead_elsewhere(NamespaceState const& netns, Link& link, NamespaceState& rest) {
    Link end;
    end.name = fmt::format("end{}", rest.links.size());
    end.flags = end.flags_mask = IFF_UP;
    Link back;
    back.name = link.name;
    back.netns = topology::NamespaceRef{.name = netns.name};
    Link there;
    there.name = end.name;
    there.netns = topology::NamespaceRef{.name = elsewhere};
    end.kind = topology::Veth{{back}};
    link.kind = topology::Veth{{there}};
    rest.links.push_back(std::move(end));
}

/// What ports are to be set to once they are ports.
std::vector<plan::Operation> port_settings(NamespaceState const& netns) {
    std::vector<plan::Operation> changes;
    for (auto const& link : netns.links) {
        auto const* const port = std::get_if<topology::BridgePort>(&link.port);
        if (!port) continue;
        Link change;
        change.name = link.name;
        change.port = settings_of(*port);
        changes.emplace_back(plan::ChangeLink{.changes = std::move(change), .group = {}});
    }
    return changes;
}

Result<> prepare(NamespaceState& netns, NamespaceState& rest) {
    for (auto& link : netns.links) {
        if (link.lower_nsid && !std::holds_alternative<topology::Veth>(link.kind))
            return lookup_error(
                fmt::format("device {} of {} stands on a link of another namespace", link.name, netns.name));
        link = wanted_link(link);
        if (auto const* const veth = std::get_if<topology::Veth>(&link.kind); veth && veth->peer.empty())
            lead_elsewhere(netns, link, rest);
    }
    // Nobody else has them in here, and nobody wants to wait.
    for (auto& address : netns.addresses)
        if (address.family == Family::ipv6) address.flags |= IFA_F_NODAD;
    netns.sysctls.insert_or_assign("net.ipv6.conf.default.accept_dad", std::string("0"));
    // Of other disciplines only the kind is known.
    std::erase_if(netns.qdiscs, [](topology::Qdisc const& qdisc) {
        return !std::holds_alternative<topology::Netem>(qdisc.options);
    });
    for (auto& route : netns.routes) route = plan::delete_route(std::move(route)).route;
    return {};
}

std::vector<std::string> names_of_links(NamespaceState const& netns) {
    std::vector<std::string> names;
    for (auto const& link : netns.links) names.push_back(link.name);
    return names;
}

/// What is to be copied, and what the plan does not carry: settings by the names that observe reads.
struct Original {
    NetworkState state;
    std::vector<std::vector<plan::Operation>> ports;
    std::vector<observe::Sysctls> sysctls;  ///< of each namespace of `state`
    std::vector<std::string> rulesets;
};

Result<Original> read_originals(std::vector<CopySource> const& sources) {
    apply::Network network("", "");
    for (auto const& source : sources) {
        Fd copy(::fcntl(source.netns, F_DUPFD_CLOEXEC, 0));
        if (!copy.is_open()) return system_error("hold namespace \"" + source.name + "\"");
        TRY(network.attach(source.name, std::move(copy)));
    }
    auto const members = members_of(network);
    Original original{
        .state = TRY(observe::network_state(members, {})), .ports = {}, .sysctls = {}, .rulesets = {}};
    for (auto const& netns : original.state.namespaces) {
        original.ports.push_back(port_settings(netns));
        TRY(network.enter(netns.name));
        original.sysctls.push_back(observe::sysctls(observe::sysctls_of_packets(names_of_links(netns))));
        auto ruleset = apply::list_ruleset();
        original.rulesets.push_back(ruleset ? *std::move(ruleset) : std::string());
    }
    return original;
}

Result<> hide_names() {
    if (::unshare(CLONE_NEWNS) != 0) return system_error("make a mount namespace");
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return system_error("make mounts private");
    ::mkdir(netns::run_dir, 0755);
    if (::mount("tmpfs", netns::run_dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") != 0)
        return system_error(std::string("mount a folder of names over ") + netns::run_dir);
    return {};
}

/// Of the whole namespace, or of all of its links.
bool is_of_all(std::string const& setting) {
    return setting.find("/conf/") == std::string::npos || setting.find("/conf/all/") != std::string::npos;
}

/// Settings go over where they differ; the kernel refuses some that only look settable.
Result<> set_like(apply::Network& network, std::string const& name, observe::Sysctls const& wanted,
                  std::string const& ruleset) {
    TRY(network.enter(name));
    std::vector<std::string> settings;
    for (auto const& [setting, value] : wanted)
        if (!setting.ends_with("/accept_dad"))
            settings.push_back(setting);  // nobody waits for duplicates in here
    // Those of all change those of every link.
    std::ranges::stable_partition(settings, is_of_all);
    for (auto const& setting : settings) {
        auto const now = observe::sysctls(std::vector{setting});
        auto const found = now.find(setting);
        if (found != now.end() && found->second != wanted.at(setting))
            (void)write_file("/proc/sys/" + setting, wanted.at(setting));
    }
    if (!ruleset.empty()) TRY(apply::load_ruleset(ruleset));
    return {};
}

}  // namespace

Result<> copy_namespaces(std::vector<CopySource> const& sources) {
    auto original = TRY(read_originals(sources));
    NamespaceState rest{.name = elsewhere};
    for (auto& netns : original.state.namespaces) TRY(prepare(netns, rest));
    auto wanted = original.state;
    if (!rest.links.empty()) wanted.namespaces.push_back(std::move(rest));
    TRY(hide_names());
    apply::Network network(netns::run_dir, "");
    if (auto failure = apply::carry_out(plan::make_plan(wanted, {}), network, {})) {
        failure->error.attempt = failure->step.netns + ": " + failure->error.attempt;
        return std::move(failure->error);
    }
    for (std::size_t i = 0; i < original.state.namespaces.size(); ++i) {
        auto const& name = original.state.namespaces[i].name;
        std::vector<apply::Task> tasks;
        for (auto const& change : original.ports[i]) tasks.push_back({.operation = &change, .outcome = {}});
        network.perform(name, tasks);  // where one is refused, the copy is seen not to be like the original
        TRY(set_like(network, name, original.sysctls[i], original.rulesets[i]));
    }
    return {};
}

}  // namespace vethwork::lab
