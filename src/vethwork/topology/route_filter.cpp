#include <vethwork/topology/route_filter.hpp>

namespace vethwork::topology {

namespace {

/// Whether the first `length` bits are the same.
bool same_start(IpAddress const& a, IpAddress const& b, std::uint8_t length) {
    return IpPrefix{a, length}.network().address.octets == IpPrefix{b, length}.network().address.octets;
}

IpPrefix prefix_of(std::optional<IpPrefix> const& prefix, Family family) {
    return prefix.value_or(IpPrefix{IpAddress::any(family), 0});
}

bool is_within(PrefixFilter const& filter, IpPrefix const& prefix, Family family) {
    if (!filter.active()) return true;
    if (filter.family && *filter.family != family) return false;
    return filter.prefix.length <= prefix.length &&
           same_start(prefix.address, filter.prefix.address, filter.prefix.length);
}

bool is_match(PrefixFilter const& filter, IpPrefix const& prefix, Family family) {
    if (!filter.active()) return true;
    if (filter.family && *filter.family != family) return false;
    return filter.prefix.length >= prefix.length &&
           same_start(prefix.address, filter.prefix.address, prefix.length);
}

/// An absent address counts as one of zeros.
bool covers(PrefixFilter const& filter, std::optional<IpAddress> const& address, Family family) {
    if (!filter.family) return true;
    auto const known = address.value_or(IpAddress::any(family));
    return known.family == *filter.family && same_start(known, filter.prefix.address, filter.prefix.length);
}

bool is_link(std::optional<LinkRef> const& wanted, std::optional<LinkRef> const& link) {
    return !wanted || (link ? link->index : 0) == wanted->index;
}

template <class T>
bool is_number(std::optional<T> const& wanted, T number) {
    return !wanted || *wanted == number;
}

}  // namespace

bool RouteFilter::accepts(Route const& route) const {
    if (family && route.family != *family) return false;
    if (cached != ((route.flags & route_flag::cloned) != 0)) return false;
    if (table != 0 && route.table != table) return false;
    if (table == main_table && route.family == Family::ipv6 && route.type == RouteType::local) return false;
    if (!is_number(protocol, route.protocol) || !is_number(scope, route.scope) || !is_number(tos, route.tos))
        return false;
    if (type && route.type != *type) return false;
    if (without_local && (route.type == RouteType::local || route.type == RouteType::broadcast)) return false;
    auto const destination = prefix_of(route.destination, route.family);
    auto const source = prefix_of(route.source, route.family);
    if (!is_within(destination_within, destination, route.family) ||
        !is_match(destination_match, destination, route.family))
        return false;
    if (!is_within(source_within, source, route.family) || !is_match(source_match, source, route.family))
        return false;
    if (!covers(via, route.via, route.family) ||
        !covers(preferred_source, route.preferred_source, route.family))
        return false;
    if (((route.realms.value_or(0) ^ realms) & realms_mask) != 0) return false;
    return is_link(link, route.link) && is_link(incoming, route.incoming) &&
           is_number(mark, route.mark.value_or(0)) && is_number(priority, route.priority.value_or(0));
}

}  // namespace vethwork::topology
