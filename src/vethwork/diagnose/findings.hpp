// Short ways to make findings and repairs; for the checks only.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

inline Action ip(Site const& site, std::string words) {
    return {Action::Tool::ip, site.name(), std::move(words)};
}
/// Words that are of IPv4 unless `ip` is told otherwise: about routes and rules.
inline Action ip(Site const& site, Family family, std::string const& words) {
    return ip(site, (family == Family::ipv6 ? "-6 " : "") + words);
}
/// An address that can be used at once.
inline Action add_address(Site const& site, IpAddress const& address, unsigned length,
                          std::string_view device) {
    return ip(site, fmt::format("addr add {}/{} dev {}{}", address.to_string(), length, device,
                                address.family == Family::ipv6 ? " nodad" : ""));
}
inline Action sysctl(Site const& site, std::string assignment) {
    return {Action::Tool::sysctl, site.name(), std::move(assignment)};
}
inline Action bridge(Site const& site, std::string words) {
    return {Action::Tool::bridge, site.name(), std::move(words)};
}

/// Stops ARP and neighbour discovery too.
inline Finding stopping(std::string cause, Site const& site, std::string what, std::vector<Action> repair) {
    return {std::move(cause), site.name(), std::move(what), std::move(repair), Certainty::likely, true, true};
}
/// Stops the packet, while neighbours still find each other.
inline Finding losing(std::string cause, Site const& site, std::string what, std::vector<Action> repair) {
    return {
        std::move(cause), site.name(), std::move(what), std::move(repair), Certainty::likely, false, true};
}
/// Sends the packet where it cannot arrive.
inline Finding misleading(std::string cause, Site const& site, std::string what, std::vector<Action> repair) {
    auto finding = losing(std::move(cause), site, std::move(what), std::move(repair));
    finding.misleads = true;
    return finding;
}
/// May be the cause where the packet is lost here and nothing better explains it.
inline Finding suspicious(std::string cause, Site const& site, std::string what, std::vector<Action> repair) {
    return {
        std::move(cause), site.name(), std::move(what), std::move(repair), Certainty::likely, false, false};
}

/// The same finding, which is about a rule of a chain (null: about its policy).
inline Finding about(observe::NftChain const& chain, observe::NftRule const* rule, Finding finding) {
    RulePlace place{.chain = chain.words(), .rules = {}, .index = {}};
    for (auto const& one : chain.rules) place.rules.push_back(one.text);
    if (rule) place.index = static_cast<std::size_t>(rule - chain.rules.data());
    finding.rule = std::move(place);
    return finding;
}

/// Whether a link has an address that is good beyond it.
[[nodiscard]] inline bool has_address(Site& site, topology::Link const& link) {
    return site.global_address(link.index, Family::ipv4) || site.global_address(link.index, Family::ipv6);
}

}  // namespace vethwork::diagnose
