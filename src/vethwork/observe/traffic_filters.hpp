// Filters that links have before and behind their stack (tc): what is done to packets there. Source:
// <linux/pkt_cls.h>, <linux/tc_act/…>, tc(8), tc-actions(8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vethwork/netlink/connection.hpp>
#include <vethwork/topology/qdisc.hpp>

namespace vethwork::observe {

/// What "mirred" does: gives the packet, or a copy, to another link.
struct FilterMirror {
    enum class Way : std::uint8_t { redirect, mirror };
    enum class Side : std::uint8_t { egress, ingress };
    Way way = Way::redirect;
    Side side = Side::egress;  ///< as if that link sent it, or received it
    std::uint32_t link = 0;

    bool operator==(FilterMirror const&) const = default;
};

/// What "police" lets pass; of what is above, the verdict tells.
struct FilterPolice {
    topology::BitRate rate;
    std::uint64_t burst = 0;  ///< bytes
    std::uint32_t mtu = 0;    ///< bytes; larger packets are always above

    bool operator==(FilterPolice const&) const = default;
};

struct FilterAction {
    std::string kind;                     ///< "gact", "mirred", "police", "vlan", …
    std::optional<std::int32_t> verdict;  ///< TC_ACT_…: what becomes of the packet behind it
    std::optional<FilterMirror> mirror;
    std::optional<FilterPolice> police;
    std::optional<topology::QueueStatistics> statistics;

    /// Whether it ends packets (TC_ACT_SHOT): all of them, but for "police".
    [[nodiscard]] bool drops() const;

    bool operator==(FilterAction const&) const = default;
};

/// Parents of filters before and behind the stack (TC_H_CLSACT with TC_H_MIN_INGRESS, TC_H_MIN_EGRESS).
inline constexpr std::uint32_t filters_ingress = 0xfffffff2, filters_egress = 0xfffffff3;

struct TrafficFilter {
    std::uint32_t link = 0;
    std::uint32_t parent = 0;  ///< filters_ingress, filters_egress, or the handle of a discipline or class
    std::uint32_t handle = 0;
    std::uint16_t priority = 0;  ///< "pref" of tc(8)
    std::uint16_t protocol = 0;  ///< ETH_P_…, ETH_P_ALL
    std::uint32_t chain = 0;
    std::string kind;                          ///< "u32", "flower", "matchall", "bpf", …
    std::optional<std::uint32_t> bpf_program;  ///< of "bpf"
    bool bpf_decides = false;                  ///< its program's result is the verdict ("direct-action")
    std::vector<FilterAction> actions;

    bool operator==(TrafficFilter const&) const = default;
};

/// The filters at one place of one link.
[[nodiscard]] Result<std::vector<TrafficFilter>> traffic_filters(netlink::Connection& connection,
                                                                 std::uint32_t link, std::uint32_t parent);
/// The filters of everything that can have some, among these disciplines.
[[nodiscard]] Result<std::vector<TrafficFilter>> traffic_filters(netlink::Connection& connection,
                                                                 std::span<topology::Qdisc const> qdiscs);

/// Out of an RTM_NEWTFILTER message; nothing where it only heads those of one priority.
[[nodiscard]] Result<std::optional<TrafficFilter>> read_traffic_filter(netlink::Message const& message);

}  // namespace vethwork::observe
