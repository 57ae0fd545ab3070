#include <vethwork/diagnose/change.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vethwork::diagnose {

namespace {

void compare_chains(observe::Ruleset const& before, observe::Ruleset const& after,
                    std::vector<std::string>& changes) {
    auto const words = [](observe::NftChain const& chain) { return chain.words(); };
    for (auto const& chain : after.chains) {
        auto const old = std::ranges::find(before.chains, chain.words(), words);
        if (old == before.chains.end())
            changes.push_back(fmt::format("nft chain {} is new", chain.words()));
        else if (*old != chain)
            changes.push_back(fmt::format("nft chain {} has changed", chain.words()));
    }
    for (auto const& chain : before.chains)
        if (std::ranges::find(after.chains, chain.words(), words) == after.chains.end())
            changes.push_back(fmt::format("nft chain {} is gone", chain.words()));
    if (before.sets != after.sets) changes.push_back("an nft set has changed");
}

/// "tcp:80", in the order of the kernel
std::vector<std::string> ports_of(std::vector<observe::Socket> const& sockets) {
    std::vector<std::string> ports;
    for (auto const& socket : sockets)
        ports.push_back(fmt::format("{}:{}", socket.protocol == observe::SocketProtocol::tcp ? "tcp" : "udp",
                                    socket.port));
    return ports;
}

void compare_servers(std::vector<observe::Socket> const& before, std::vector<observe::Socket> const& after,
                     std::vector<std::string>& changes) {
    auto const had = ports_of(before), has = ports_of(after);
    for (auto const& port : had)
        if (std::ranges::find(has, port) == has.end())
            changes.push_back(fmt::format("nobody listens on {} any more", port));
    for (auto const& port : has)
        if (std::ranges::find(had, port) == had.end())
            changes.push_back(fmt::format("somebody listens on {} now", port));
}

/// Without what they have counted, and what replaces them while a link is down.
std::vector<topology::Qdisc> settings_of(std::vector<topology::Qdisc> disciplines) {
    std::erase_if(disciplines, [](auto const& one) { return one.kind == "noop"; });
    for (auto& one : disciplines) one.statistics.reset();
    return disciplines;
}

}  // namespace

std::vector<std::string> Site::silent_changes_since(Site const& before) const {
    std::vector<std::string> changes;
    for (auto const& [name, value] : sysctls_)
        if (auto const old = before.sysctls_.find(name); old != before.sysctls_.end() && old->second != value)
            changes.push_back(fmt::format("{} {} → {}", name, old->second, value));
    // A setting of the whole namespace takes those of its devices with it.
    std::ranges::stable_partition(
        changes, [](std::string const& one) { return one.find(".conf.") == std::string::npos; });
    if (before.ruleset_ && ruleset_) compare_chains(*before.ruleset_, *ruleset_, changes);
    for (auto const& [protocol, sockets] : listeners_)
        if (auto const old = before.listeners_.find(protocol);
            sockets && old != before.listeners_.end() && old->second)
            compare_servers(*old->second, *sockets, changes);
    if (before.qdiscs_ && qdiscs_ && settings_of(*before.qdiscs_) != settings_of(*qdiscs_))
        changes.emplace_back("a queueing discipline has changed");
    return changes;
}

Change const* turning_point(std::vector<Change> const& changes, std::string_view blamed) {
    auto const rank = [blamed](Change const& one) {
        return std::pair(one.weight, !blamed.empty() && one.netns == blamed);
    };
    auto const found = std::ranges::max_element(changes, {}, rank);  // the first of equals
    return found == changes.end() ? nullptr : &*found;
}

std::vector<Change> silent_changes(Sites& before, Sites& after) {
    std::vector<Change> changes;
    for (auto const& site : after.all())
        if (auto const* const old = before.find(site->name()))
            for (auto& what : site->silent_changes_since(*old))
                changes.push_back({site->name(), std::move(what), Change::Weight::setting});
    return changes;
}

}  // namespace vethwork::diagnose
