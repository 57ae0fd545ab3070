// The way out of a lab by `internet: { mode: nat }`: a cable between the node and the network namespace where
// the lab is brought up, which forwards and masquerades for it. It is the one thing of a lab that lies in
// that namespace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/lab.hpp>

namespace vethwork::topology {

/// The name that this machine has among a lab's namespaces; no node can be called that.
inline constexpr std::string_view machine_namespace = "this machine";

/// What the way out is made of. The lab's name decides all of it.
struct NatWayOut {
    std::string link;        ///< the cable's end in the machine; no longer than 15 bytes
    IpPrefix machine, node;  ///< the cable's addresses, a /30 out of 100.126.0.0/16 (RFC 6598)
    std::string table;       ///< of nft, family inet
};

/// Whether the lab has such a way out, whoever brings it up.
[[nodiscard]] bool leads_through_machine(Lab const& lab);
[[nodiscard]] NatWayOut nat_way_out(std::string_view lab);

/// The machine's table, as text that replaces it where it is there. `opened` are links of the machine that
/// did not forward before: what arrives there is forwarded only as an answer, so that the machine is no
/// router for others than the lab.
[[nodiscard]] std::string nat_way_out_ruleset(NatWayOut const& way, std::vector<std::string> const& opened);
/// Text that takes the table away.
[[nodiscard]] std::string nat_way_out_removal(std::string_view table);
/// "net.ipv4.conf.eth0.forwarding"
[[nodiscard]] std::string forwarding_setting(std::string_view link);

}  // namespace vethwork::topology
