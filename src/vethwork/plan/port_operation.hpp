// Changes that `ip` has no words for: VLANs of bridge ports (bridge(8)) and offload (ethtool(8)).
#pragma once

#include <string>
#include <vector>

#include <vethwork/topology/bridge_vlan.hpp>

namespace vethwork::plan {

struct DeleteBridgeVlan {
    topology::BridgeVlan vlan;

    [[nodiscard]] std::string describe() const;
    /// Behind `bridge`: {"vlan", "del", "dev", "eth0", "vid", "10"}.
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteBridgeVlan const&) const = default;
};

/// Adds it, or makes one that is there so.
struct PutBridgeVlan {
    topology::BridgeVlan vlan;

    [[nodiscard]] std::string describe() const;
    /// Behind `bridge`: {"vlan", "add", "dev", "eth0", "vid", "10", "pvid", "untagged"}.
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteBridgeVlan inverse() const { return {vlan}; }
    bool operator==(PutBridgeVlan const&) const = default;
};

/// Checksums and segmentation by the device, or by the kernel before it.
struct SetOffload {
    std::string link;
    bool on = true;

    [[nodiscard]] std::string describe() const;
    /// Behind `ethtool`: {"-K", "eth0", "tx", "off", …}.
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] SetOffload inverse() const { return {link, !on}; }
    bool operator==(SetOffload const&) const = default;
};

}  // namespace vethwork::plan
