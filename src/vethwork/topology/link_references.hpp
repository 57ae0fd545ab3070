// The links and namespaces that a link refers to, wherever in it they stand, so that whoever turns names into
// numbers needs to know no kinds.
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/link.hpp>

namespace vethwork::topology {

/// What a referred link is to the one that refers.
enum class LinkRole {
    lower,        ///< what it is made upon (`link DEV`)
    master,       ///< what it is a port of
    vrf,          ///< the same, and it must be a vrf
    underlay,     ///< what a tunnel sends over (`dev DEV`)
    port,         ///< one of a bond's own ports
    backup_port,  ///< another port of the same bridge
};

struct LinkReference {
    LinkRole role;
    LinkRef* link;
};

/// Everything within `link`, peers included; the pointers point into it.
[[nodiscard]] std::vector<LinkReference> link_references(Link& link);
/// The names of the links that this one stands on or sends over.
[[nodiscard]] std::vector<std::string> links_below(Link const& link);
[[nodiscard]] std::vector<NamespaceRef*> namespace_references(Link& link);

}  // namespace vethwork::topology
