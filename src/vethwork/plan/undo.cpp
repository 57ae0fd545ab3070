#include <vethwork/plan/undo.hpp>

namespace vethwork::plan {

namespace {

using topology::Route;
using topology::RouteType;

bool takes_back_address(DeleteAddress const& deletion, PutAddress const& making) {
    auto const inverse = making.inverse();
    return inverse && *inverse == deletion;
}

/// What the words of a deletion leave open is left open in the route that they are compared with, too.
bool takes_back_route(DeleteRoute const& deletion, PutRoute const& making) {
    Route const& made = making.route;
    Route const& wanted = deletion.route;
    bool const is_first = making.mode == RoutePutMode::add && made.family == Family::ipv4 && !made.priority;
    if (!is_first || !made.hops.empty() || made.nexthop_id || made.destination != wanted.destination)
        return false;
    Route same = delete_route(made).route;
    if (wanted.protocol == topology::unspecified_protocol) same.protocol = wanted.protocol;
    if (wanted.scope == topology::nowhere_scope) same.scope = wanted.scope;
    if (wanted.type == RouteType::unspecified) same.type = wanted.type;
    return same == wanted;
}

}  // namespace

bool takes_back(Operation const& deletion, Operation const& making) {
    if (auto const* const address = std::get_if<DeleteAddress>(&deletion)) {
        auto const* const made = std::get_if<PutAddress>(&making);
        return made && takes_back_address(*address, *made);
    }
    auto const* const route = std::get_if<DeleteRoute>(&deletion);
    auto const* const made = std::get_if<PutRoute>(&making);
    return route && made && takes_back_route(*route, *made);
}

bool changes_only_mtu(Operation const& operation) {
    constexpr std::uint32_t least_for_ipv6 = 1280;
    auto const* const change = std::get_if<ChangeLink>(&operation);
    if (!change || !change->changes.mtu || *change->changes.mtu < least_for_ipv6) return false;
    ChangeLink only{.changes = {}, .group = {}};
    only.changes.name = change->changes.name;
    only.changes.index = change->changes.index;
    only.changes.mtu = change->changes.mtu;
    return only == *change;
}

bool has_inverse(Operation const& operation) {
    if (auto const* const address = std::get_if<PutAddress>(&operation)) return address->mode == PutMode::add;
    if (auto const* const route = std::get_if<PutRoute>(&operation)) return route->has_inverse();
    return inverse_of(operation).has_value();
}

}  // namespace vethwork::plan
