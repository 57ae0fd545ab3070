// Where the other ends of tunnels are: found by who owns the remote address, and where nobody does, by who
// looks as if he were meant.
#pragma once

#include <vector>

#include <vethwork/diagnose/finding.hpp>
#include <vethwork/diagnose/site.hpp>

namespace vethwork::diagnose {

struct TunnelEnd {
    Site* site = nullptr;
    topology::Link const* link = nullptr;
    std::vector<Finding> obstacles;
};

[[nodiscard]] std::vector<TunnelEnd> vxlan_ends(Sites& sites, Site& site, topology::Link const& link);

/// A way is looked for below tunnels while one of these is alive.
class BelowTunnels {
public:
    BelowTunnels();
    ~BelowTunnels();
    BelowTunnels(BelowTunnels const&) = delete;
    BelowTunnels& operator=(BelowTunnels const&) = delete;
    [[nodiscard]] static int depth();
};

/// gre, ipip, sit and their like.
[[nodiscard]] bool is_tunnel(topology::Link const& link);
/// Where such a tunnel ends; nothing where its packets go to several places, or to none.
[[nodiscard]] std::optional<IpAddress> tunnel_remote(topology::Link const& link);
[[nodiscard]] std::vector<TunnelEnd> tunnel_ends(Sites& sites, Site& site, topology::Link const& link);

}  // namespace vethwork::diagnose
