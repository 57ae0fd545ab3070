// Short ways to make findings and repairs; for the checks only.
#pragma once

#include <string>
#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

inline Action ip(Site const& site, std::string words) {
    return {Action::Tool::ip, site.name(), std::move(words)};
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

/// Whether a link has an address of IPv4, or one of IPv6 that is not link-local.
[[nodiscard]] inline bool has_address(Site& site, topology::Link const& link) {
    for (auto const& address : site.addresses())
        if (address.link.index == link.index && address.local && !address.local->is_link_local()) return true;
    return false;
}

}  // namespace vethwork::diagnose
