// One change of a network as a value. It has three faces: iproute2's words (words_of, parse_…), a kernel
// request (apply/), and an inverse.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <vethwork/plan/address_operation.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/plan/namespace_operation.hpp>
#include <vethwork/plan/neighbour_operation.hpp>
#include <vethwork/plan/nexthop_operation.hpp>
#include <vethwork/plan/port_operation.hpp>
#include <vethwork/plan/qdisc_operation.hpp>
#include <vethwork/plan/route_operation.hpp>
#include <vethwork/plan/rule_operation.hpp>
#include <vethwork/plan/setting_operation.hpp>
#include <vethwork/plan/tuntap_operation.hpp>

namespace vethwork::plan {

using Operation = std::variant<                                      //
    AddLink, ChangeLink, DeleteLink, AddLinkNames, DeleteLinkNames,  //
    PutAddress, DeleteAddress,                                       //
    PutNeighbour, DeleteNeighbour,                                   //
    AddNamespace, DeleteNamespace, AttachNamespace, SetNamespaceId,  //
    PutRoute, DeleteRoute, PutRule, DeleteRule,                      //
    PutNexthop, DeleteNexthop,                                       //
    PutBridgeVlan, DeleteBridgeVlan, SetOffload,                     //
    AddQdisc, ChangeQdisc, DeleteQdisc,                              //
    AddTunTap, DeleteTunTap,                                         //
    SetSysctl, LoadRuleset>;

/// What it does, for people: `add link "veth0"`.
[[nodiscard]] std::string describe(Operation const& operation);
/// The words behind `ip` that do the same: {"link", "add", "veth0", …}.
[[nodiscard]] std::vector<std::string> words_of(Operation const& operation);
/// The operation that takes back one that has succeeded; nothing where what it replaced is not known from it
/// alone.
[[nodiscard]] std::optional<Operation> inverse_of(Operation const& operation);

}  // namespace vethwork::plan
