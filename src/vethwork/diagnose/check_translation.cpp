#include <vethwork/diagnose/check_translation.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <vethwork/diagnose/check_delivery.hpp>
#include <vethwork/diagnose/findings.hpp>
#include <vethwork/diagnose/neighbourhood.hpp>

namespace vethwork::diagnose {

namespace {

/// Of those in the subnet of an address that nobody has, the one that was probably meant.
std::optional<IpAddress> probably_meant(Sites& sites, Site& site, IpAddress const& wrong, Protocol protocol,
                                        std::uint16_t port) {
    std::optional<IpAddress> right;
    for (auto const& other : sites.all())
        for (auto const& address : other->addresses())
            if (other.get() != &site && address.local && address.local->family == wrong.family &&
                IpPrefix{*address.local, address.prefix_length}.contains(wrong) &&
                (!right || listens(*other, protocol, port)))
                right = address.local;
    return right;
}

/// The rule, with other words in the place of some of its own.
Action translating_to(Site const& site, Translation const& found, std::string const& right,
                      std::string const& old) {
    auto text = found.rule->text;
    if (auto const place = text.find(old); place != std::string::npos) text.replace(place, old.size(), right);
    return {Action::Tool::nft, site.name(),
            fmt::format("'replace rule {} handle {} {}'", found.chain->words(), found.rule->handle, text)};
}

/// Who serves a port at all, next to the translator's networks or not.
std::optional<IpAddress> any_server(Sites& sites, Site& translator, IpAddress const& wrong, Protocol protocol,
                                    std::uint16_t port) {
    for (auto const& other : sites.all()) {
        if (other.get() == &translator || !listens(*other, protocol, port)) continue;
        for (auto const& address : other->addresses())
            if (address.local && address.local->family == wrong.family && !address.local->is_loopback() &&
                !address.local->is_link_local())
                return address.local;
    }
    return {};
}

std::string address_and_port(std::optional<IpAddress> const& address, std::uint16_t port) {
    auto const text = !address                          ? std::string()
                      : address->family == Family::ipv6 ? "[" + address->to_string() + "]"
                                                        : address->to_string();
    return port == 0 ? (address ? address->to_string() : "") : fmt::format("{}:{}", text, port);
}

}  // namespace

std::vector<Finding> translation_obstacles(Sites& sites, Site& site, Translation const& found,
                                           WalkedPacket const& packet) {
    auto right = probably_meant(sites, site, *found.address, packet.protocol,
                                found.port != 0 ? found.port : packet.port);
    if (!right)
        right = any_server(sites, site, *found.address, packet.protocol,
                           found.port != 0 ? found.port : packet.port);
    auto finding =
        about(*found.chain, found.rule,
              misleading("dnat-wrong", site,
                         fmt::format("rule {} of {} sends it to {}, which nobody has", found.rule->handle,
                                     found.chain->words(), found.address->to_string()),
                         {}));
    if (!right) return {std::move(finding)};
    finding.repair = {translating_to(site, found, right->to_string(), found.address->to_string())};
    return {std::move(finding)};
}

/// Nobody listens where the packet was redirected to, but next to it: on another port, or another host.
std::optional<Finding> wrong_service(Sites& sites, Site& target, Walk const& forward, Flow const& flow) {
    auto const& found = *forward.destination_translation;
    auto& translator = *forward.destination_translator;
    bool const redirects = found.kind == Translation::Kind::redirect;
    auto const port = forward.port != 0 ? forward.port : flow.port;
    std::string right;
    if (!redirects)
        if (auto const host = probably_meant(sites, target, *found.address, flow.protocol, port))
            if (auto* const other = owner_of(sites, *host); other && listens(*other, flow.protocol, port))
                right = address_and_port(host, found.port);
    auto const& here = target.listeners(socket_table(flow.protocol));
    auto const same = std::ranges::find(here, flow.port, &observe::Socket::port);
    if (right.empty() && found.port != 0 && (same != here.end() || here.size() == 1))
        right = address_and_port(redirects ? std::nullopt : found.address,
                                 same != here.end() ? same->port : here.front().port);
    if (right.empty()) return {};
    return about(*found.chain, found.rule,
                 misleading("dnat-wrong", translator,
                            fmt::format("rule {} of {} sends it to {}, where nobody listens",
                                        found.rule->handle, found.chain->words(), found.text),
                            {translating_to(translator, found, right, found.text)}));
}

void blame_missing_translation(Walk const& forward, Walk& back) {
    if (back.delivered || back.hops.size() != 1 || forward.translator) return;
    for (std::size_t i = forward.hops.size(); i-- > 1;) {
        auto const& hop = forward.hops[i];
        if (!hop.in || !hop.out) continue;
        for (auto const& chain : hop.site->ruleset().chains) {
            if (chain.hook != "postrouting" || chain.type != "nat") continue;
            auto const what =
                fmt::format("{} translates nothing that leaves by {}", chain.words(), hop.out->name);
            Action const repair{
                Action::Tool::nft, hop.site->name(),
                fmt::format("add rule {} oifname {} masquerade", chain.words(), hop.out->name)};
            back.track.insert(back.track.begin(), misleading("snat-missing", *hop.site, what, {repair}));
            return;
        }
    }
}

void blame_source_translation(Sites& sites, Walk const& forward, Walk& back, Flow const& flow) {
    if (!forward.translator || !forward.source_translation || is_clean(back)) return;
    auto const& found = *forward.source_translation;
    auto const hop = std::ranges::find(forward.hops, forward.translator, &Hop::site);
    if (hop == forward.hops.end() || !hop->out || found.kind != Translation::Kind::source) return;
    auto const* const own = forward.translator->global_address(hop->out->index, flow.destination.family);
    if (!own || own->local == forward.translated_source) return;
    auto const other = walk(
        sites, *forward.hops.back().site,
        {.destination = *own->local, .source = flow.destination, .protocol = flow.protocol}, Direction::back);
    if (!is_clean(other)) return;
    back.track.insert(
        back.track.begin(),
        about(*found.chain, found.rule,
              misleading("snat-wrong", *forward.translator,
                         fmt::format("rule {} of {} makes {} the sender, to which there is no way back",
                                     found.rule->handle, found.chain->words(), found.text),
                         {translating_to(*forward.translator, found, address_and_port(own->local, found.port),
                                         found.text)})));
}

void blame_missing_hairpin(Site& start, Walk const& forward, Walk& back) {
    auto* const translator = forward.destination_translator;
    if (!translator || forward.translator || !back.delivered || back.hops.size() != 2 ||
        translator == &start || back.hops.front().site == translator || !forward.source ||
        !forward.destination)
        return;
    auto const& table = *forward.destination_translation->chain;
    auto const* chain = static_cast<observe::NftChain const*>(nullptr);
    for (auto const& one : translator->ruleset().chains)
        if (one.hook == "postrouting" && one.type == "nat") chain = &one;
    std::vector<Action> repair;
    auto const place = fmt::format("{} {}", table.family, table.table);
    if (!chain)
        repair.push_back(
            {Action::Tool::nft, translator->name(),
             fmt::format("'add chain {} hairpin {{ type nat hook postrouting priority 100; }}'", place)});
    auto const ip_word = forward.source->family == Family::ipv4 ? "ip" : "ip6";
    repair.push_back({Action::Tool::nft, translator->name(),
                      fmt::format("add rule {} {} saddr {} {} daddr {} masquerade",
                                  chain ? chain->words() : place + " hairpin", ip_word,
                                  network_of(start, *forward.source).to_string(), ip_word,
                                  forward.destination->to_string())});
    back.track.insert(
        back.track.begin(),
        misleading("hairpin-snat-missing", *translator,
                   fmt::format("{} answers {} directly, past {} that it was asked through",
                               back.hops.front().site->name(), start.name(), translator->name()),
                   std::move(repair)));
}

}  // namespace vethwork::diagnose
